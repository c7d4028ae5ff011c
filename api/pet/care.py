"""Looking after a pet: adopting it, looking at it, feeding, rewarding and tidying."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from api.access import own_name
from api.db import PET, get_db
from api.db.types.number import real
from api.disclosure import disclose
from api.errors import ValidationFailed
from api.pet import state
from api.pet.state import Mine
from api.pets import BASE, Gain
from api.validation import described
from api.web import ANY_ROLE, Caller, Query, Reply, Text, endpoint

bp = Blueprint("care", __name__)

MEAL = Gain(hunger=30, coins=-10)
TIDYING = Gain(happiness=5, hygiene=40, coins=5, xp=15)
ACTIVITIES = {
    "mood": BASE + Gain(happiness=10),
    "therapy": BASE + Gain(happiness=15, hunger=5),
    "gratitude": BASE + Gain(happiness=8),
    "breathing": BASE + Gain(energy=10, happiness=5),
    "cbt": BASE + Gain(happiness=12, coins=5),
    "clinical": BASE + Gain(xp=10),
}


class Whose(Query):
    username: Text | None = None


class Adoption(Mine):
    name: Text = Field(min_length=1, max_length=100)
    species: Text = Field(default="Dog", max_length=50)
    gender: Text = Field(default="Neutral", max_length=50)


class Meal(Mine):
    cost: Annotated[float, described(const=-MEAL.coins)] = -MEAL.coins


class Activity(Mine):
    action: Text = ""


class Worries(Mine):
    worries: list[Any] = Field(min_length=1, max_length=1000)


@bp.get("/api/pet/status")
@endpoint(auth=ANY_ROLE, query=Whose, answers=(200, 403))
def status(caller: Caller, query: Whose) -> Reply:
    """Show a pet: one's own or an approved patient's."""
    pet = state.find(disclose(caller, query.username, "pet"))
    if pet is None:
        return {"exists": False, "error": "There is no pet yet."}
    shown = {
        "name": pet["name"],
        "species": pet["species"],
        "gender": pet["gender"],
        "hunger": pet["hunger"],
        "happiness": pet["happiness"],
        "energy": pet["energy"],
        "hygiene": pet["hygiene"],
        "coins": pet["coins"],
        "xp": pet["xp"],
        "stage": pet["stage"],
        "adventure_end": real(pet["adventure_end"]),
        "last_updated": real(pet["last_updated"]),
        "hat": pet["hat"],
    }
    return {"exists": True, "pet": shown}


@bp.post("/api/pet/create")
@endpoint(auth=ANY_ROLE, body=Adoption, answers=(201,))
def create(caller: Caller, body: Adoption) -> Reply:
    """Adopt a pet, in the place of the one that was there.

    The keys of rewards given already stay, so that adopting again does not earn them again.
    """
    db = get_db(PET)
    db.run(
        "INSERT INTO pet (username, name, species, gender, hunger, happiness, energy, hygiene,"
        " coins, xp, stage, adventure_end, last_updated, hygiene_updated, hat)"
        " VALUES ($1, $2, $3, $4, 70, 70, 70, 80, 0, 0, 'Baby', 0, $5, $5, 'None')"
        " ON CONFLICT (username) DO UPDATE SET name = excluded.name, species = excluded.species,"
        " gender = excluded.gender, hunger = excluded.hunger, happiness = excluded.happiness,"
        " energy = excluded.energy, hygiene = excluded.hygiene, coins = excluded.coins,"
        " xp = excluded.xp, stage = excluded.stage, adventure_end = excluded.adventure_end,"
        " last_updated = excluded.last_updated, hygiene_updated = excluded.hygiene_updated,"
        " hat = excluded.hat",
        own_name(caller, body.username),
        body.name,
        body.species,
        body.gender,
        state.epoch(),
    )
    db.commit()
    return {"success": True, "message": f"{body.name} has moved in."}, 201


@bp.post("/api/pet/feed")
@endpoint(auth=ANY_ROLE, body=Meal, answers=(200, 404))
def feed(caller: Caller, body: Meal) -> Reply:
    """Feed the pet for ten coins.

    A client may leave `cost` out or repeat the price; any other sum is refused, so that nobody
    sets the price and nobody pays one they were not shown.
    """
    username = own_name(caller, body.username)
    if body.cost != -MEAL.coins:
        raise ValidationFailed({"cost": f"must be {-MEAL.coins}, the price of a meal"})
    pet = state.pay(username, MEAL)
    get_db(PET).commit()
    return {"success": True, "new_hunger": pet["hunger"], "coins": pet["coins"]}


@bp.post("/api/pet/reward")
@endpoint(auth=ANY_ROLE, body=Activity)
def reward(caller: Caller, body: Activity) -> Reply:
    """Reward the pet for an activity that the page names; an unknown one earns the least."""
    username, gain = own_name(caller, body.username), ACTIVITIES.get(body.action, BASE)
    pet = state.change(username, gain)
    if pet is None:
        return {"success": False, "message": "There is no pet yet."}
    stage = state.grow_up(username)
    get_db(PET).commit()
    return {
        "success": True,
        "coins_earned": gain.coins,
        "xp_earned": gain.xp,
        "new_coins": pet["coins"],
        "new_xp": pet["xp"],
        "new_stage": stage or pet["stage"],
        "evolved": stage is not None,
    }


@bp.post("/api/pet/declutter")
@endpoint(auth=ANY_ROLE, body=Worries, answers=(200, 404))
def declutter(caller: Caller, body: Worries) -> Reply:
    """Throw worries away, which tidies the pet's place; they are not stored."""
    username = own_name(caller, body.username)
    pet = state.change(username, TIDYING) or state.require(username)
    state.grow_up(username)
    get_db(PET).commit()
    return {
        "success": True,
        "message": "The worries are gone and the place is tidy.",
        "coins_earned": TIDYING.coins,
        "new_coins": pet["coins"],
    }
