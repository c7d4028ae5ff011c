"""What is special to single tables other than accounts, and which steps each table has.

A step before the types are read sees the old values, one after them sees what will be stored.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import floor, isfinite

from api.db.types import timestamp
from api.db.upgrade import rules
from api.db.upgrade.accounts import hash_code, protect_account
from api.db.upgrade.draft import Draft, Step, Surroundings
from api.db.upgrade.ledger import Ledger
from api.db.upgrade.rules import Later, Rejected
from api.db.upgrade.values import Unreadable, in_utc
from api.pets import ADULT_XP, CHILD_XP

PET_NUMBERS = ("hunger", "happiness", "energy", "hygiene", "coins", "xp")
PET_STAGES = ("Baby", "Child", "Adult")
SESSION = "_session"


def take_down_line(draft: Draft, around: Surroundings) -> None:
    """Give a chat line without an id one; bring the welcome, the one line in local time, to UTC."""
    if "id" not in draft.values:
        draft.change("id", draft.row.number, rules.ID_ASSIGNED)
    written = draft.values.get("timestamp")
    if not (_is_welcome(draft, around) and isinstance(written, str)):
        return
    try:
        moment = in_utc(written, around.zones.program)
    except Unreadable:
        return  # the reading of the types says so
    if moment != in_utc(written, UTC):
        draft.change("timestamp", moment, rules.LOCAL_TO_UTC)


def belongs_to_somebody(draft: Draft, around: Surroundings) -> None:
    """Reject a chat line of no account: whoever took that name next would read it."""
    owner = draft.text("session_id").removesuffix(SESSION)
    known = owner != draft.text("session_id") and around.new.has("users", username=owner)
    if not known and not around.new.has("chat_sessions", id=draft.values["chat_session_id"]):
        raise Rejected(rules.ORPHAN, "session_id: no account has this conversation")


def mend_pet(draft: Draft, _around: Surroundings) -> None:
    """Drop the fractions that prices with one left behind; know an unknown stage by experience."""
    for column in PET_NUMBERS:
        value = draft.values.get(column)
        if isinstance(value, float) and isfinite(value):
            draft.change(column, floor(value), rules.PET_FRACTION_DROPPED)
    stage, experience = draft.values.get("stage"), draft.values.get("xp") or 0
    if stage is None or stage in PET_STAGES or not isinstance(experience, int):
        return
    reached = (experience >= CHILD_XP) + (experience >= ADULT_XP)
    draft.change("stage", PET_STAGES[reached], rules.PET_STAGE_DERIVED)


def recount_likes(around: Surroundings, ledger: Ledger) -> None:
    """Set the number of reactions of each post to that of those which were kept."""
    tally = ledger.tally(around.new.logical, "community_posts")
    for number in around.new.recount_likes():
        tally.change(number, rules.LIKES_RECOUNTED)


def has_owner(draft: Draft, around: Surroundings) -> None:
    """Reject a pet of no account: whoever took that name next would have it."""
    owner = draft.values.get("username")
    if owner is not None and around.accounts and not around.accounts.has("users", username=owner):
        raise Rejected(rules.ORPHAN, "username: no account has this name")


def give_day(draft: Draft, around: Surroundings) -> None:
    """Give a mood its day: the users' day, else the day in UTC, which the old program went by.

    Moods of which the two differ, those around midnight, wait until the others have theirs.
    """
    moment = timestamp.moment(draft.text("entrestamp") or None)
    if moment is None:
        return
    days = _days(moment, around)
    if len(set(days)) > 1 and not draft.last_chance:
        raise Later
    owner = draft.values["username"]
    taken = [around.new.has("mood_logs", username=owner, log_date=day) for day in days]
    if taken[0] and not taken[1]:
        draft.change("log_date", days[1], rules.DAY_AS_BEFORE)
    else:
        draft.change("log_date", days[0], rules.DAY_DERIVED)


def _is_welcome(draft: Draft, around: Surroundings) -> bool:
    return (
        draft.row.number in around.old.first_lines
        and draft.values.get("sender") == "ai"
        and draft.values.get("chat_session_id") is None
    )


def _days(moment: datetime, around: Surroundings) -> tuple[str, str]:
    users = moment.astimezone(around.zones.users)
    return users.date().isoformat(), moment.date().isoformat()


BEFORE: Mapping[str, Step] = {"chat_history": take_down_line, "pet": mend_pet}
AFTER: Mapping[str, Step] = {
    "chat_history": belongs_to_somebody,
    "mood_logs": give_day,
    "pet": has_owner,
    "users": protect_account,
    "verification_codes": hash_code,
}
