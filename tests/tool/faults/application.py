"""Faults of code that is ported to another engine, and of goldens that are made to fit.

Where only PostgreSQL is hurt, the reference must stay green.
"""

from faults.fault import (
    ADOPTED_TWICE,
    FORGOTTEN,
    GRATITUDE,
    LOGIN,
    MANIFEST,
    MOOD,
    MOOD_SHOWN,
    MOOD_TWICE,
    MOODS,
    PET,
    REGISTERED,
    REPLAY,
    REWARDED,
    Fault,
    on_both,
    on_postgres,
    on_sqlite,
    saying,
)

ORDER_BY_DROPPED = Fault(
    name="ORDER BY dropped",
    file="api/wellbeing/gratitude.py",
    old='" ORDER BY entry_timestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3"',
    new='" LIMIT $2 OFFSET $3"',
    tests=REPLAY,
    red=saying(
        on_both(GRATITUDE),
        "answer.json.logs: the same items in another order",
        "FROM gratitude_logs",
    ),
)

NULL_SORTED_BY_THE_ENGINE = Fault(
    name="NULL sorted as the engine likes",
    file="api/wellbeing/mood.py",
    old='" ORDER BY entrestamp DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3"',
    new='" ORDER BY entrestamp DESC, id DESC LIMIT $2 OFFSET $3"',
    tests=REPLAY,
    red=saying([on_postgres(MOODS)], "answer.json.logs[0]", "ORDER BY entrestamp DESC, id DESC"),
)

BOOLEAN_AS_NUMBER = Fault(
    name="boolean as 0 or 1",
    file="api/db/types/boolean.py",
    old="return bool(value)",
    new="return int(value)",
    tests=REPLAY,
    red=saying(
        on_both(LOGIN),
        "answer.json.disclaimer_accepted: another type",
        "expected  true (boolean)",
        "got       1 (integer)",
    ),
)

MOMENT_WITH_ITS_ZONE = Fault(
    name="moment in the engine's spelling",
    file="api/db/types/timestamp.py",
    old='found.replace(tzinfo=None).isoformat(" ", "seconds")',
    new='(found if found is value else found.replace(tzinfo=None)).isoformat(" ", "seconds")',
    tests=REPLAY,
    red={
        on_postgres(MOOD_SHOWN): (
            "answer.json.log.timestamp: another value",
            'expected  "2026-02-04 10:30:00" (text)',
            'got       "2026-02-04 10:30:00+00:00" (text)',
        ),
        **saying(
            [on_postgres(MOODS), on_postgres(GRATITUDE)],
            "answer.json.logs[0].timestamp: another value",
        ),
    },
)

BLANK_FOR_NULL = Fault(
    name="'' for NULL",
    file="api/db/postgres.py",
    old="return [bound(value) for value in params]",
    new='return ["" if value is None else bound(value) for value in params]',
    tests=REPLAY,
    red={
        on_postgres(REGISTERED): (
            'rows["therapist_app.users"].inserted[0].professional_id: another type',
            "expected  null (null)",
            'got       "" (text)',
        ),
        on_postgres(REWARDED): (
            'rows["pet_game.pet"].updated[0].after.hat',
            'got       "" (text)',
        ),
    },
)

COMMIT_LOST = Fault(
    name="commit lost after the answer 201",
    file="api/wellbeing/mood.py",
    old='commit(PET, MAIN)\n    return {"success": True, "message": "Mood logged."',
    new='commit(PET)\n    return {"success": True, "message": "Mood logged."',
    tests=REPLAY,
    red=saying(
        on_both(MOOD, MOOD_TWICE, MOOD_SHOWN),
        "something is missing",
        'rows["therapist_app.mood_logs"]',
    ),
)

UPSERT_TURNED_INTO_INSERT = Fault(
    name="upsert turned into an insert",
    file="api/pet/care.py",
    old="""\
 ON CONFLICT (username) DO UPDATE SET name = excluded.name, species = excluded.species,"
        " gender = excluded.gender, hunger = excluded.hunger, happiness = excluded.happiness,"
        " energy = excluded.energy, hygiene = excluded.hygiene, coins = excluded.coins,"
        " xp = excluded.xp, stage = excluded.stage, adventure_end = excluded.adventure_end,"
        " last_updated = excluded.last_updated, hygiene_updated = excluded.hygiene_updated,"
        " hat = excluded.hat",
""",
    new='",\n',
    tests=REPLAY,
    red={
        on_sqlite(ADOPTED_TWICE): ("got       409", "UNIQUE constraint failed: pet.username"),
        on_postgres(ADOPTED_TWICE): ("got       409", 'unique constraint "pet_username_key"'),
    },
)

ERROR_SWALLOWED = Fault(
    name="error swallowed inside a transaction",
    file="api/wellbeing/mood.py",
    old='raise Conflict("You have logged your mood today already.", "ALREADY_LOGGED") from None',
    new="log_id = 0",
    tests=REPLAY,
    red=saying(
        on_both(MOOD_TWICE),
        "expected  409",
        "got       500",
        "TransactionAborted: An earlier statement of this transaction failed",
    ),
)

MAIL_NOT_SENT = Fault(
    name="mail not sent",
    file="api/auth/password_reset.py",
    old="        _mail_link(body.username, email, token)\n",
    new="",
    tests=REPLAY,
    red=saying(on_both(FORGOTTEN), "effects[0]: something is missing", '"kind": "mail"'),
)

GOLDEN_EDITED = Fault(
    name="golden edited by hand",
    file="fixtures/goldens/pet/GET api.pet.status ~ success.json",
    old='"coins": 120',
    new='"coins": 121',
    tests=REPLAY,
    red={
        MANIFEST: ("GET api.pet.status ~ success.json: was edited by hand",),
        **saying(on_both(PET), "reading the golden of GET /api/pet/status", "edited by hand"),
    },
)

FAULTS = (
    ORDER_BY_DROPPED,
    NULL_SORTED_BY_THE_ENGINE,
    BOOLEAN_AS_NUMBER,
    MOMENT_WITH_ITS_ZONE,
    BLANK_FOR_NULL,
    COMMIT_LOST,
    UPSERT_TURNED_INTO_INSERT,
    ERROR_SWALLOWED,
    MAIL_NOT_SENT,
    GOLDEN_EDITED,
)
