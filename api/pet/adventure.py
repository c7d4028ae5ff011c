"""Adventures: half an hour away for some energy, and coins at the return."""

from flask import Blueprint

from api import runtime
from api.access import own_name
from api.db import PET, Row, get_db
from api.errors import ApiError, BadRequest, Conflict
from api.pet import state
from api.pet.state import Mine
from api.web import ANY_ROLE, Caller, Reply, endpoint

bp = Blueprint("adventure", __name__)

SECONDS = 1800
ENERGY = 20
COINS = (10, 50)
XP = 20


@bp.post("/api/pet/adventure")
@endpoint(auth=ANY_ROLE, body=Mine, answers=(200, 404, 409))
def leave(caller: Caller, body: Mine) -> Reply:
    """Send the pet out; not while it is out, nor before its last return was welcomed."""
    username = own_name(caller, body.username)
    db, end = get_db(PET), state.epoch() + SECONDS
    left = db.run(
        "UPDATE pet SET energy = energy - $2, adventure_end = $3"
        " WHERE username = $1 AND energy >= $2 AND adventure_end = 0",
        username,
        ENERGY,
        end,
    )
    if not left:
        raise _refusal(state.require(username))
    db.commit()
    return {"success": True, "message": "Your pet is on its way.", "return_time": end}


def _refusal(pet: Row) -> ApiError:
    if pet["energy"] < ENERGY:
        return BadRequest("Your pet is too tired for an adventure.", "NOT_ENOUGH_ENERGY")
    return Conflict("Your pet is on an adventure: look whether it is back.", "ON_ADVENTURE")


@bp.post("/api/pet/check-return")
@endpoint(auth=ANY_ROLE, body=Mine, answers=(200, 404))
def check_return(caller: Caller, body: Mine) -> Reply:
    """Welcome the pet back and take the coins it found, once an adventure."""
    username = own_name(caller, body.username)
    db, coins = get_db(PET), runtime.chance().randint(*COINS)
    pet = db.one(
        "UPDATE pet SET coins = coins + $2, xp = xp + $3, adventure_end = 0"
        " WHERE username = $1 AND adventure_end > 0 AND adventure_end <= $4 RETURNING name, coins",
        username,
        coins,
        XP,
        state.epoch(),
    )
    if pet is None:
        state.require(username)
        return {"returned": False}
    state.grow_up(username)
    db.commit()
    return {
        "returned": True,
        "message": f"{pet['name'] or 'Your pet'} is back and found {coins} coins!",
        "coins_earned": coins,
        "new_coins": pet["coins"],
    }
