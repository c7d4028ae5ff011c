"""Faults that only PostgreSQL shows: SQLite forgives them, so the reference must stay green."""

from faults.fault import (
    DASHBOARD,
    DOMAINS,
    HOME,
    POST_DELETED,
    TOOL_SAVED,
    Fault,
    on_postgres,
    saying,
)

CHILDREN_LEFT_BEHIND = Fault(
    name="references not carried over",
    file="migration/schema/tables.py",
    old="                    source.foreign_keys,",
    new="                    (),",
    tests=DOMAINS,
    red=saying(
        [on_postgres(POST_DELETED)],
        'rows["therapist_app.community_likes"]',
        'rows["therapist_app.community_replies"]',
        "something is missing",
    ),
)

MOMENT_OF_THE_DRIVER = Fault(
    name="moment as the driver hands it out",
    file="api/home/overview.py",
    old='return [{**row, "completed_at": timestamp.text(row["completed_at"])} for row in rows]',
    new="return rows",
    tests=DOMAINS,
    red=saying([on_postgres(HOME)], "got       500", "datetime in an answer"),
)

DOCUMENT_READ_TWICE = Fault(
    name="document parsed by the driver, then again",
    file="api/db/postgres.py",
    old='connection.adapters.register_loader("jsonb", TextLoader)',
    new="del connection",
    tests=DOMAINS,
    red=saying([on_postgres(TOOL_SAVED)], "got       500", "JSONDecodeError"),
)

ORDER_LEFT_TO_THE_PLANNER = Fault(
    name="order left to GROUP BY",
    file="api/professional/analytics.py",
    old='" GROUP BY log_date ORDER BY log_date",',
    new='" GROUP BY log_date",',
    tests=DOMAINS,
    red=saying(
        [on_postgres(DASHBOARD)], "answer.json.mood_trends: the same items in another order"
    ),
)

FAULTS = (
    CHILDREN_LEFT_BEHIND,
    MOMENT_OF_THE_DRIVER,
    DOCUMENT_READ_TWICE,
    ORDER_LEFT_TO_THE_PLANNER,
)
