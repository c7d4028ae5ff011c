"""Faults of a careless change to a domain: both engines show them, only the golden knows better."""

from faults.fault import (
    ALERT_SEEN,
    BOOKED,
    CALL_FOR_HELP,
    CHAT,
    CONVERSATION,
    DOMAINS,
    FHIR,
    INSIGHTS,
    REACTED_TWICE,
    SUMMARY,
    WIPED,
    Fault,
    on_both,
    saying,
)

ONE_OF_THREE_COMMITS_LOST = Fault(
    name="one of three commits lost",
    file="api/therapy/chat.py",
    old="commit(TRAINING, PET, MAIN)\n    return _answer",
    new="commit(PET, MAIN)\n    return _answer",
    tests=DOMAINS,
    red=saying(
        on_both(CHAT, CALL_FOR_HELP),
        "something is missing",
        'rows["ai_training_data.training_',
    ),
)

ALERT_THAT_TELLS_NOBODY = Fault(
    name="alert that tells nobody",
    file="api/risk.py",
    old="""\
    for clinician in clinicians_of(username):
        notify(clinician, f"⚠️ Crisis alert for {username} ({source})", "crisis_alert")
""",
    new="",
    tests=DOMAINS,
    red=saying(
        on_both(CALL_FOR_HELP, ALERT_SEEN),
        'rows["therapist_app.notifications"]',
        "something is missing",
    ),
)

PROMPT_WITHOUT_NOTES = Fault(
    name="prompt without the clinician's notes",
    file="api/therapy/prompt.py",
    old="if notes := _clinicians_notes(username):",
    new="if False and (notes := _clinicians_notes(username)):",
    tests=DOMAINS,
    red=saying(
        on_both(CHAT, CALL_FOR_HELP, INSIGHTS), "effects[0].messages[0].content: another value"
    ),
)

READ_BY_THE_WRONG_SIDE = Fault(
    name="message read by the wrong side",
    file="api/messages/mailbox.py",
    old='f" WHERE recipient_username = $1 AND NOT is_read',
    new='f" WHERE sender_username = $1 AND NOT is_read',
    tests=DOMAINS,
    red=saying(
        on_both(CONVERSATION),
        "answer.json.messages[1].is_read: another value",
        'rows["therapist_app.messages"]',
    ),
)

REACTION_COUNTED_FOR_EVER = Fault(
    name="reaction that is taken back still counts",
    file="api/community/reactions.py",
    old='"UPDATE community_posts SET likes = $1 WHERE id = $2", sum(counts.values()), post_id',
    new='"UPDATE community_posts SET likes = likes + 1 WHERE id = $1", post_id',
    tests=DOMAINS,
    red=saying(
        on_both(REACTED_TWICE), 'rows["therapist_app.community_posts"].updated[0].after.likes'
    ),
)

TABLE_NOT_WIPED = Fault(
    name="table that the wipe forgets",
    file="api/wiping.py",
    old='        "verification_codes",\n',
    new="",
    tests=DOMAINS,
    red=saying(on_both(WIPED), "verification_codes", "something is missing"),
)

TIME_OF_THE_SERVER = Fault(
    name="time told in the server's zone",
    file="api/appointments/record.py",
    old=".astimezone(settings.current().timezone)",
    new="",
    tests=DOMAINS,
    red=saying(on_both(BOOKED), "message: another value", "at 00:30", "at 23:30"),
)

FHIR_TIME_WITH_A_BLANK = Fault(
    name="FHIR time with a blank",
    file="api/integrations/fhir.py",
    old='f"{time:%Y-%m-%dT%H:%M:%SZ}"',
    new='f"{time:%Y-%m-%d %H:%M:%S}"',
    tests=DOMAINS,
    red=saying(on_both(FHIR), "effectiveDateTime"),
)

MEAN_ROUNDED_IN_SQL = Fault(
    name="mean rounded in SQL",
    file="api/cbt/summary.py",
    old="AVG(sleep_quality) AS avg_quality",
    new="ROUND(AVG(sleep_quality), 1) AS avg_quality",
    tests=DOMAINS,
    red=saying(
        on_both(SUMMARY),
        "answer.json.summary.sleep_diary.avg_quality: another value",
        "expected  5.2 (real)",
        "got       5.3 (real)",
    ),
)

FAULTS = (
    ONE_OF_THREE_COMMITS_LOST,
    ALERT_THAT_TELLS_NOBODY,
    PROMPT_WITHOUT_NOTES,
    READ_BY_THE_WRONG_SIDE,
    REACTION_COUNTED_FOR_EVER,
    TABLE_NOT_WIPED,
    TIME_OF_THE_SERVER,
    FHIR_TIME_WITH_A_BLANK,
    MEAN_ROUNDED_IN_SQL,
)
