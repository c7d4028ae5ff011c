"""Faults of what converts the schema and moves the rows."""

from faults.fault import (
    DATA,
    DECLARED,
    GENERATED,
    MOOD,
    MOOD_SHOWN,
    MOOD_TWICE,
    NEW_IDS,
    REPLAY,
    SAME_ROWS,
    SCHEMA,
    Fault,
    on_postgres,
    saying,
)

TABLE_LEFT_OUT = Fault(
    name="table that the application writes left out of the schema",
    file="migration/schema/convert.py",
    old="for table in work.catalogue.tables]\n    made",
    new='for table in work.catalogue.tables if table.name != "ai_memory"]\n    made',
    tests=REPLAY,
    red=saying(
        map(on_postgres, [MOOD, MOOD_TWICE, MOOD_SHOWN]),
        'relation "ai_memory" does not exist',
        "INSERT INTO ai_memory",
    ),
)

UNIQUE_KEY_DROPPED = Fault(
    name="unique key dropped",
    file="migration/schema/tables.py",
    old='uniques=tuple(self._key(key, *key.columns, "key") for key in source.uniques),',
    new="uniques=(),",
    tests=SCHEMA,
    red={
        GENERATED: ('-    ADD CONSTRAINT "users_email_hash_key" UNIQUE ("email_hash");',),
        DECLARED: ("users: unique key (email_hash): SQLite has it, PostgreSQL lacks it",),
    },
)

DEFAULT_FROZEN = Fault(
    name="default frozen",
    file="migration/schema/clocks.py",
    old="""return f"date_trunc('{unit}', {_NOW})\"""",
    new="""return "'now'::timestamp with time zone\"""",
    tests=SCHEMA,
    red={
        GENERATED: ("DEFAULT 'now'::timestamp with time zone",),
        DECLARED: ("sessions.created_at: default", "a value fixed when the table was made"),
    },
)

FLOAT_OF_HALF_THE_BITS = Fault(
    name="float of half the bits",
    file="migration/schema/types.py",
    old='LogicalType.REAL: "double precision"',
    new='LogicalType.REAL: "real"',
    tests=SCHEMA,
    red={
        GENERATED: ('+    "sleep_val" real,',),
        DECLARED: ("mood_logs.sleep_val: type: SQLite double precision, PostgreSQL real",),
    },
)

FLOAT_ROUNDED = Fault(
    name="float rounded in the copy",
    file="migration/copy/columns.py",
    old="NULL if value is None else real(8, value)",
    new="NULL if value is None else real(8, round(value, 2))",
    tests=DATA,
    red={SAME_ROWS: ("total_sleep_hours", "SQLite '7.333333333333333', PostgreSQL '7.33'")},
)

SEQUENCE_LEFT_AT_1 = Fault(
    name="sequence left at 1",
    file="migration/copy/sequences.py",
    old="[name, id, max(highest, 1), highest >= 1]",
    new="[name, id, 1, False]",
    tests=DATA,
    red={
        SAME_ROWS: ("audit_logs.id: sequence", "PostgreSQL gives out 1 next"),
        NEW_IDS: ("would give out the id 1 again",),
    },
)

PATIENT_NAMED = Fault(
    name="patient named in the training data",
    file="fixtures/seed/training.py",
    old="Welcome, [NAME].",
    new="Welcome, Ada Marlow.",
    tests=DATA,
    red=saying(
        [check.partition("::")[2] for check in DATA],
        "ai_training_data.training_chats.message_content (id=1) holds a value of",
        "therapist_app.users.full_name",
    ),
)

FAULTS = (
    TABLE_LEFT_OUT,
    UNIQUE_KEY_DROPPED,
    DEFAULT_FROZEN,
    FLOAT_OF_HALF_THE_BITS,
    FLOAT_ROUNDED,
    SEQUENCE_LEFT_AT_1,
    PATIENT_NAMED,
)
