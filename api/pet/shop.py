"""The pet shop: one list of prices, shown and charged alike."""

from dataclasses import dataclass, field
from typing import Annotated

from flask import Blueprint

from api.access import own_name
from api.db import PET, get_db
from api.errors import ValidationFailed
from api.pet import state
from api.pet.state import Mine
from api.pets import Gain
from api.validation import described
from api.web import ANY_ROLE, PUBLIC, Caller, Reply, Text, endpoint

bp = Blueprint("shop", __name__)


@dataclass(frozen=True)
class Item:
    """An item for sale; `effect` describes to clients what it does."""

    name: str
    description: str
    cost: int
    effect: dict[str, int | str]
    gain: Gain = field(default_factory=Gain)
    hat: str | None = None


def _hat(emoji: str, name: str, description: str, cost: int) -> Item:
    effect: dict[str, int | str] = {"effect": "hat", "value": emoji}
    return Item(f"{emoji} {name}", description, cost, effect, hat=emoji)


ITEMS = {
    "apple": Item(
        "🍎 Apple",
        "A healthy snack",
        10,
        {"effect": "hunger", "value": 20},
        Gain(hunger=20),
    ),
    "cupcake": Item(
        "🧁 Cupcake",
        "Sweet and cheering",
        25,
        {"effect": "multi", "hunger": 40, "happiness": 10},
        Gain(hunger=40, happiness=10),
    ),
    "tophat": _hat("🎩", "Top hat", "For elegant evenings", 100),
    "bow": _hat("🎀", "Bow", "A ribbon for every day", 100),
    "crown": _hat("👑", "Crown", "For royal pets", 500),
}


class Purchase(Mine):
    item_id: Annotated[Text, described(enum=list(ITEMS))]


@bp.get("/api/pet/shop")
@endpoint(auth=PUBLIC)
def shop() -> Reply:
    """List what the shop sells."""
    return {
        "items": [
            {
                "id": item_id,
                "name": item.name,
                "description": item.description,
                "cost": item.cost,
                **item.effect,
            }
            for item_id, item in ITEMS.items()
        ]
    }


@bp.post("/api/pet/buy")
@endpoint(auth=ANY_ROLE, body=Purchase, answers=(200, 404))
def buy(caller: Caller, body: Purchase) -> Reply:
    """Buy an item for the caller's pet; a hat takes the place of the one before."""
    username, item = own_name(caller, body.username), ITEMS.get(body.item_id)
    if item is None:
        raise ValidationFailed({"item_id": "must be an item of the shop"})
    pet = state.pay(username, item.gain + Gain(coins=-item.cost), hat=item.hat)
    get_db(PET).commit()
    return {
        "success": True,
        "new_coins": pet["coins"],
        "new_hunger": pet["hunger"],
        "new_happiness": pet["happiness"],
        "new_hat": pet["hat"],
    }
