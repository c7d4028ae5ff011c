"""What each database of another program's needs in migration.toml, and what the audit says first.

A database that needs nothing is fit as it is. Of the others every problem is told with the setting
that solves it, and these are the settings here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """Which program left it, what it needs, and by what beginnings its problems are known."""

    program: str
    columns: Mapping[str, str] = field(default_factory=dict)
    leave_out: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


_JULIAN = (
    "rcvfrom.mtime", "reportfmt.mtime", "plink.mtime", "event.mtime", "event.omtime",
    "tagxref.mtime", "ticket.tkt_mtime", "ticket.tkt_ctime", "ticketchng.tkt_mtime",
)  # fmt: skip
_EPOCH = ("user.mtime", "config.mtime")

EXPECTED = {
    "django": Expected("a Django project with its contributed applications"),
    "alembic": Expected(
        "SQLAlchemy's models, changed by Alembic",
        columns={"account.at": "text"},
        problems=("error: account.at: the declared type 'TIME' allows any value",),
    ),
    "sqlite_utils": Expected(
        "sqlite-utils, with full-text search",
        leave_out={
            "virtual table creatures_fts": "searched by PostgreSQL's own means",
            "trigger creatures_ai": "feeds the full-text search",
            "trigger creatures_ad": "feeds the full-text search",
            "trigger creatures_au": "feeds the full-text search",
        },
        problems=(
            "the virtual table creatures_fts: PostgreSQL has no module that keeps it",
            "the trigger creatures_ai: there is no table creatures_fts",
            "the trigger creatures_ad: there is no table creatures_fts",
            "the trigger creatures_au: there is no table creatures_fts",
        ),
    ),
    "trac": Expected("a Trac project"),
    "fossil": Expected(
        "a Fossil repository",
        columns={
            **dict.fromkeys(_JULIAN, "real"),
            **dict.fromkeys(_EPOCH, "integer"),
            "shun.uuid": "text",
        },
        leave_out={"reference of tagxref (srcid)": "0 stands for no origin"},
        problems=(
            *(f"error: {name}: real is stored where text belongs" for name in _JULIAN),
            *(f"error: {name}: integer is stored where text belongs" for name in _EPOCH),
            "error: shun.uuid: no type is declared",
            "error: tagxref.srcid: rows without their row in blob",
            "foreign_key_check: row ",
        ),
    ),
    "chromium_history": Expected("Chromium: the history of a profile"),
    "chromium_cookies": Expected("Chromium: the cookies of a profile"),
    "chromium_favicons": Expected("Chromium: the icons of a profile"),
    "chromium_web_data": Expected(
        "Chromium: the forms of a profile",
        columns={"offer_data.expiry": "integer"},
        problems=("error: offer_data.expiry: the declared type 'UNSIGNED LONG' allows any value",),
    ),
}
