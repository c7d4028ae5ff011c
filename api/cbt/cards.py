"""Coping cards: what helps in which situation, and how often it was of use.

They have two addresses: /api/cbt/coping-card like every tool, and /api/cbt/coping-cards, whose
list begins with the cards used most.
"""

from typing import Final

from flask import Blueprint

from api import audit, runtime
from api.access import Caller, own_name
from api.cbt import entries, routes
from api.cbt.fields import Count, Entry, Flag, Notes, Owned, OwnersPage, Title
from api.cbt.tool import Tool
from api.db import MAIN, commit, get_db
from api.disclosure import disclose
from api.errors import NotFound
from api.web import ANY_ROLE, QueryFlag, Reply, endpoint

bp = Blueprint("cards", __name__)


class CopingCard(Entry):
    card_title: Title
    situation_trigger: Notes | None = None
    unhelpful_thought: Notes | None = None
    helpful_response: Notes | None = None
    coping_strategies: Notes | None = None
    is_favorite: Flag = False
    times_used: Count = 0


CARD: Final = Tool(
    path="coping-card",
    table="coping_cards",
    noun="coping card",
    event="coping_card",
    entry=CopingCard,
    moments=("entry_timestamp", "last_used", "deleted_at"),
)

routes.mount(bp, CARD)
CARDS = "/api/cbt/coping-cards"
routes.route(bp, "POST", CARDS, routes.creating(CARD, blank_is_null=True))
routes.route(bp, "PUT", f"{CARDS}/<int:card_id>", routes.changing(CARD, "card_id"))
routes.route(bp, "DELETE", f"{CARDS}/<int:card_id>", routes.deleting(CARD, "card_id", body=Owned))


class CardPage(OwnersPage):
    favorites: QueryFlag = False


@bp.get(CARDS)
@endpoint(auth=ANY_ROLE, query=CardPage, answers=(200, 403))
def coping_cards(caller: Caller, query: CardPage) -> Reply:
    """List coping cards, most used first; a clinician may ask for an approved patient's."""
    person = disclose(caller, query.username, CARD.event)
    rows = get_db().all(
        "SELECT id, card_title, situation_trigger, unhelpful_thought, helpful_response,"
        " coping_strategies, is_favorite, times_used, entry_timestamp AS timestamp, last_used"
        " FROM coping_cards"
        " WHERE username = $1 AND is_favorite IN (TRUE, $2) AND deleted_at IS NULL"
        " ORDER BY times_used DESC, entry_timestamp DESC NULLS LAST, id DESC LIMIT $3 OFFSET $4",
        person,
        query.favorites,
        query.limit,
        query.offset,
    )
    found = [entries.shown(row) for row in rows]
    return {"cards": [{**row, "is_favorite": bool(row["is_favorite"])} for row in found]}


@bp.post(f"{CARDS}/<int:card_id>/use")
@endpoint(auth=ANY_ROLE, body=Owned, answers=(200, 404))
def use_card(caller: Caller, body: Owned, card_id: int) -> Reply:
    """Count one more use of one of the caller's coping cards."""
    person = own_name(caller, body.username)
    used = get_db().run(
        "UPDATE coping_cards SET times_used = times_used + 1, last_used = $1"
        " WHERE id = $2 AND username = $3 AND deleted_at IS NULL",
        runtime.now(),
        card_id,
        person,
    )
    if not used:
        raise NotFound
    audit.record(person, "cbt", "coping_card_used", f"id {card_id}")
    commit(MAIN)
    return {"success": True, "message": "Coping card used."}
