"""The rules by name: what may happen to a row on its way. `docs/upgrade.md` lists them all.

A row to which none applies is kept as it was. Who applies them: `values.py` for the types that
columns declare, `accounts.py` and `tables.py` for what is special to a table, `target.py` for
the constraints of the new schema.
"""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule; `loses` says that the new value does not tell the old one, which is then kept aside.

    A rule that `rejects` sends the row to `upgrade_rejects` instead of changing it.
    """

    name: str
    does: str
    loses: bool = False
    rejects: bool = False


class Rejected(Exception):
    """A row cannot be stored under the new schema; `reason` shows no value of the row."""

    def __init__(self, rule: Rule, reason: str) -> None:
        super().__init__(rule.name, reason)
        self.rule, self.reason = rule, reason


class Later(Exception):
    """A row must wait until the others of its table are settled."""


# Values of any table
NUMBER_RESPELLED = Rule("number_respelled", "text that is exactly a number became the number")
FLAG_RESPELLED = Rule("flag_respelled", "a flag spelled otherwise, or never set, became 0 or 1")
TIME_RESPELLED = Rule("time_respelled", "a moment spelled otherwise has the one spelling, in UTC")
LOCAL_TO_UTC = Rule("local_to_utc", "a moment of the old server's zone is in UTC")
DATE_RESPELLED = Rule("date_respelled", "a day spelled otherwise is spelled YYYY-MM-DD")
BLANK_TO_NULL = Rule("blank_to_null", "empty text where a number or time belongs became NULL")
BLANK_DOCUMENT = Rule("blank_document", "an empty JSON document became {}")
NULL_TO_DEFAULT = Rule("null_to_default", "NULL where it is forbidden became the default")
COLUMN_MISSING = Rule("column_missing", "a column that the old file lacks got its default")
COLUMN_LEFT_OUT = Rule("column_left_out", "a column that the new schema lacks", loses=True)
REFERENCE_CLEARED = Rule(
    "reference_cleared", "an optional reference to a row that is not there became NULL", loses=True
)

# Accounts
FIELD_ENCRYPTED = Rule("field_encrypted", "a plain profile field was encrypted")
FIELD_CLEARED = Rule(
    "field_cleared", "a profile field encrypted with a lost key became NULL", loses=True
)
LOOKUP_FILLED = Rule("lookup_filled", "the keyed hash of e-mail or phone was filled in")
LOOKUP_TAKEN = Rule(
    "lookup_taken", "an earlier account has this e-mail or phone: kept without the hash"
)
PIN_HASHED = Rule("pin_hashed", "a PIN in plain text was hashed")
PASSWORD_EMPTIED = Rule("password_emptied", "no hash that any password fits became empty")
TOKEN_HASHED = Rule("token_hashed", "a reset token in plain text was hashed")
CODE_HASHED = Rule("code_hashed", "a verification code and where it was sent were hashed")

# Other tables
DAY_DERIVED = Rule("day_derived", "the users' day of a mood was derived from its time")
DAY_AS_BEFORE = Rule(
    "day_as_before", "the users' day has a mood: the day in UTC, as the old program counted it"
)
ID_ASSIGNED = Rule("id_assigned", "a row without an id got one, in the order of writing")
LIKES_RECOUNTED = Rule("likes_recounted", "the number of reactions is that of those kept")
PET_FRACTION_DROPPED = Rule("pet_fraction_dropped", "a pet's fraction was dropped", loses=True)
PET_STAGE_DERIVED = Rule(
    "pet_stage_derived", "an unknown stage became the one of the pet's experience", loses=True
)

# Rejections
UNREADABLE = Rule("unreadable", "a value is not what its column says", rejects=True)
NULL_FORBIDDEN = Rule("null_forbidden", "a value is missing", rejects=True)
OUT_OF_RANGE = Rule("out_of_range", "a value is outside its range", rejects=True)
DUPLICATE = Rule("duplicate", "an earlier row has the same key", rejects=True)
ORPHAN = Rule("orphan", "the row that this one belongs to is not there", rejects=True)
TABLE_UNKNOWN = Rule("table_unknown", "the new schema has no such table", rejects=True)

OF_VIOLATION = {
    sqlite3.SQLITE_CONSTRAINT_CHECK: OUT_OF_RANGE,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: NULL_FORBIDDEN,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_ROWID: DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ORPHAN,
}
