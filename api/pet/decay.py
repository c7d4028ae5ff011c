"""Decay: hunger and energy lose 0.3 points an hour, hygiene a third of that.

Only whole points are taken, and a clock moves on by just the time that they stand for; the rest
waits for the next call. There are two clocks, `last_updated` for hunger and energy and
`hygiene_updated` (NULL in older rows: the same), and no other route touches them, so nothing a
user does makes time disappear.
"""

from flask import Blueprint

from api.access import own_name
from api.db import PET, Row, get_db
from api.pet import state
from api.pet.state import Mine
from api.web import ANY_ROLE, Caller, Reply, endpoint

bp = Blueprint("decay", __name__)

SECONDS_PER_POINT = 12_000
SECONDS_PER_HYGIENE_POINT = 36_000
LEAST = 20


@bp.post("/api/pet/apply-decay")
@endpoint(auth=ANY_ROLE, body=Mine, answers=(200, 404))
def apply_decay(caller: Caller, body: Mine) -> Reply:
    """Take from the needs what time has worn off, never below 20; less than that stays."""
    pet = state.require(own_name(caller, body.username))
    _wear(pet, state.epoch())
    get_db(PET).commit()
    return {"success": True}


def _wear(pet: Row, now: float) -> None:
    """Settle the decay up to `now`, unless a parallel call has done so since `pet` was read."""
    clock, hygiene_clock = pet["last_updated"], pet["hygiene_updated"]
    points, settled = elapsed(clock, now, SECONDS_PER_POINT)
    hygiene_points, hygiene_settled = elapsed(
        clock if hygiene_clock is None else hygiene_clock, now, SECONDS_PER_HYGIENE_POINT
    )
    get_db(PET).run(
        "UPDATE pet SET"
        " hunger = CASE WHEN hunger < $2 THEN hunger"
        " WHEN hunger - $3 < $2 THEN $2 ELSE hunger - $3 END,"
        " energy = CASE WHEN energy < $2 THEN energy"
        " WHEN energy - $3 < $2 THEN $2 ELSE energy - $3 END,"
        " hygiene = CASE WHEN hygiene < $2 THEN hygiene"
        " WHEN hygiene - $4 < $2 THEN $2 ELSE hygiene - $4 END,"
        " last_updated = $5, hygiene_updated = $6"
        " WHERE id = $1 AND COALESCE(last_updated, 0) = $7 AND COALESCE(hygiene_updated, 0) = $8",
        pet["id"],
        LEAST,
        points,
        hygiene_points,
        settled,
        hygiene_settled,
        clock or 0.0,
        hygiene_clock or 0.0,
    )


def elapsed(since: float | None, now: float, seconds_per_point: int) -> tuple[int, float]:
    """Return the whole points worn off since then, and the moment up to which that settles."""
    if since is None:
        return 0, now
    points = max(0, int((now - since) // seconds_per_point))
    return points, since + points * seconds_per_point
