"""The row of a pet, and the changes that several routes make to it.

Everything here joins the caller's transaction of the pet database and does not commit.
"""

from api import runtime
from api.db import PET, Row, get_db
from api.errors import BadRequest, NotFound
from api.pets import ADULT_XP, CHILD_XP, Gain
from api.web import Body, Text


class Mine(Body):
    """A body in which older clients repeat the caller's own name."""

    username: Text | None = None


def find(username: str) -> Row | None:
    """Return the row of the user's pet."""
    return get_db(PET).one("SELECT * FROM pet WHERE username = $1", username)


def require(username: str) -> Row:
    """Return the row of the user's pet. Raises NotFound."""
    pet = find(username)
    if pet is None:
        raise NotFound("There is no pet yet.", "NO_PET")
    return pet


def change(username: str, gain: Gain, *, hat: str | None = None) -> Row | None:
    """Add `gain` to the pet and return its row; None without a pet or without the coins."""
    return get_db(PET).one(
        "UPDATE pet SET"
        " hunger = CASE WHEN hunger + $2 > 100 THEN 100 ELSE hunger + $2 END,"
        " happiness = CASE WHEN happiness + $3 > 100 THEN 100 ELSE happiness + $3 END,"
        " energy = CASE WHEN energy + $4 > 100 THEN 100 ELSE energy + $4 END,"
        " hygiene = CASE WHEN hygiene + $5 > 100 THEN 100 ELSE hygiene + $5 END,"
        " coins = coins + $6, xp = xp + $7, hat = COALESCE($8, hat)"
        " WHERE username = $1 AND coins + $6 >= 0 RETURNING *",
        username,
        gain.hunger,
        gain.happiness,
        gain.energy,
        gain.hygiene,
        gain.coins,
        gain.xp,
        hat,
    )


def pay(username: str, purchase: Gain, *, hat: str | None = None) -> Row:
    """Take a price (coins below zero), give what it buys, and return the pet's row.

    Raises NotFound without a pet and BadRequest without the coins.
    """
    pet = change(username, purchase, hat=hat)
    if pet is not None:
        return pet
    require(username)
    price = -purchase.coins
    raise BadRequest(f"This costs {price} coins, more than you have.", "NOT_ENOUGH_COINS")


def grow_up(username: str) -> str | None:
    """Let the pet grow up one stage if it has the experience; return the stage it reached."""
    reached = get_db(PET).value(
        "UPDATE pet SET stage = CASE stage WHEN 'Baby' THEN 'Child' ELSE 'Adult' END"
        " WHERE username = $1"
        " AND ((stage = 'Baby' AND xp >= $2) OR (stage = 'Child' AND xp >= $3)) RETURNING stage",
        username,
        CHILD_XP,
        ADULT_XP,
    )
    return None if reached is None else str(reached)


def epoch() -> float:
    """Return the present moment as pets count it: Unix seconds."""
    return runtime.now().timestamp()
