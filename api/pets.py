"""The virtual pet's rewards, given by whatever logs an activity.

Pets live in a database of their own, so a reward cannot share a transaction with the activity
it is for. Every reward therefore carries an idempotency key, like `mood:2026-02-04`: the view
commits the pet first and the activity last, and when the request is repeated the reward is
recognised and not given twice. `pet.last_reward` holds the latest keys, newest last, since one
request may give several rewards. What a pet costs and shows is the business of `api.pet`.
"""

from dataclasses import dataclass

from api.db import PET, get_db

CHILD_XP, ADULT_XP = 500, 1500
KEYS_KEPT = 32


@dataclass(frozen=True)
class Gain:
    """What a pet gets: points for its four needs (kept at 100 at most), coins, experience."""

    hunger: int = 0
    happiness: int = 0
    energy: int = 0
    hygiene: int = 0
    coins: int = 0
    xp: int = 0

    def __add__(self, other: "Gain") -> "Gain":
        return Gain(
            self.hunger + other.hunger,
            self.happiness + other.happiness,
            self.energy + other.energy,
            self.hygiene + other.hygiene,
            self.coins + other.coins,
            self.xp + other.xp,
        )


BASE = Gain(hunger=3, happiness=3, energy=3, hygiene=3, coins=5, xp=15)
BY_ACTION = {
    "mood": Gain(happiness=10, energy=5),
    "gratitude": Gain(happiness=10, energy=5),
    "therapy": Gain(hunger=10, happiness=10, energy=10, hygiene=5, xp=15),
}
BY_KIND = {
    "cbt": Gain(coins=10, xp=5),
    "clinical": Gain(coins=15, xp=15),
}


def reward(username: str, action: str, *, key: str, kind: str | None = None) -> bool:
    """Reward the user's pet for an activity; return False without a pet or for a known key.

    Joins the caller's transaction of the pet database and does not commit.
    """
    gain = BASE + BY_ACTION.get(action, Gain()) + BY_KIND.get(kind or "", Gain())
    return give(username, gain, key=key)


def give(username: str, gain: Gain, *, key: str) -> bool:
    """Give the user's pet a gain once per `key`, and let it grow up when it has the experience.

    A Baby becomes a Child at CHILD_XP, a Child an Adult at ADULT_XP, one step at a time. Keys
    hold no blanks. Joins the caller's transaction of the pet database and does not commit.
    """
    # The update changes nothing: it lets two rewards at the same moment wait for each other.
    pets = get_db(PET).all(
        "UPDATE pet SET last_reward = last_reward WHERE username = $1 RETURNING id, last_reward",
        username,
    )
    for pet in pets:
        keys = (pet["last_reward"] or "").split()
        if key not in keys:
            _apply(pet["id"], gain, " ".join([*keys, key][-KEYS_KEPT:]))
            return True
    return False


def _apply(pet_id: int, gain: Gain, keys: str) -> None:
    """Add the gain and note the keys."""
    get_db(PET).run(
        "UPDATE pet SET"
        " hunger = CASE WHEN hunger + $1 > 100 THEN 100 ELSE hunger + $1 END,"
        " happiness = CASE WHEN happiness + $2 > 100 THEN 100 ELSE happiness + $2 END,"
        " energy = CASE WHEN energy + $3 > 100 THEN 100 ELSE energy + $3 END,"
        " hygiene = CASE WHEN hygiene + $4 > 100 THEN 100 ELSE hygiene + $4 END,"
        " coins = coins + $5,"
        " xp = xp + $6,"
        " stage = CASE WHEN stage = 'Baby' AND xp + $6 >= $7 THEN 'Child'"
        " WHEN stage = 'Child' AND xp + $6 >= $8 THEN 'Adult' ELSE stage END,"
        " last_reward = $9"
        " WHERE id = $10",
        gain.hunger,
        gain.happiness,
        gain.energy,
        gain.hygiene,
        gain.coins,
        gain.xp,
        CHILD_XP,
        ADULT_XP,
        keys,
        pet_id,
    )
