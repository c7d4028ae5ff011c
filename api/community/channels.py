"""The channels: a fixed list, with the number of posts in each and of those not yet seen."""

from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint

from api import runtime
from api.access import Caller, own_name
from api.db import Row, get_db
from api.db.types import number, timestamp
from api.web import ANY_ROLE, Query, Reply, Text, endpoint

bp = Blueprint("channels", __name__)

NEW_TO_A_STRANGER = 10

Category = Literal[
    "anxiety",
    "depression",
    "relationships",
    "intrusive-thoughts",
    "grief",
    "work-stress",
    "self-esteem",
    "trauma",
    "addiction",
    "sleep",
    "motivation",
    "general",
    "celebration",
    "question",
]


@dataclass(frozen=True)
class Channel:
    emoji: str
    name: str
    description: str


CHANNELS: dict[Category, Channel] = {
    "anxiety": Channel("😰", "Anxiety", "Worry, panic and what calms them"),
    "depression": Channel("🌧️", "Depression", "Low mood, and small steps out of it"),
    "relationships": Channel("💞", "Relationships", "Partners, family, friends"),
    "intrusive-thoughts": Channel("🌀", "Intrusive Thoughts", "Thoughts that come uninvited"),
    "grief": Channel("🕊️", "Grief & Loss", "Missing somebody or something"),
    "work-stress": Channel("💼", "Work Stress", "Pressure at work or in studies"),
    "self-esteem": Channel("🪞", "Self-Esteem", "Learning to be kind to oneself"),
    "trauma": Channel("🛟", "Trauma", "Living with what has happened"),
    "addiction": Channel("🔗", "Addiction", "Habits that are hard to leave"),
    "sleep": Channel("🌙", "Sleep Issues", "Nights, rest and tiredness"),
    "motivation": Channel("🔥", "Motivation", "Getting started and going on"),
    "general": Channel("💬", "General", "Everything else"),
    "celebration": Channel("🎉", "Celebrations", "Good news, large and small"),
    "question": Channel("❓", "Questions", "Asking the others"),
}


class ChannelQuery(Query):
    username: Text | None = None


@bp.get("/api/community/channels")
@endpoint(auth=ANY_ROLE, query=ChannelQuery, answers=(200, 403))
def list_channels(caller: Caller, query: ChannelQuery) -> Reply:
    """List all channels, always in the same order, with what is new to the caller."""
    username = own_name(caller, query.username)
    rows = {row["category"]: row for row in _activity(username)}
    return {"channels": [_shown(name, rows.get(name)) for name in CHANNELS]}


def visit(username: str, channel: Category) -> None:
    """Note that somebody reads a channel now. Joins the caller's transaction, does not commit."""
    get_db().run(
        "INSERT INTO community_channel_reads (username, channel, last_read) VALUES ($1, $2, $3)"
        " ON CONFLICT (username, channel) DO UPDATE SET last_read = excluded.last_read",
        username,
        channel,
        runtime.now(),
    )


def _activity(username: str) -> list[Row]:
    """Count posts by channel.

    A post of others is new from the second of the last visit on: one of that very second may
    have been seen, but none is missed.
    """
    return get_db().all(
        "SELECT p.category, COUNT(*) AS post_count, MAX(p.entry_timestamp) AS latest_post,"
        " MAX(r.last_read) AS last_read, SUM(CASE WHEN p.username <> $1 AND (r.last_read IS NULL"
        " OR p.entry_timestamp >= r.last_read) THEN 1 ELSE 0 END) AS unread_count"
        " FROM community_posts p LEFT JOIN community_channel_reads r"
        " ON r.channel = p.category AND r.username = $1"
        " WHERE p.deleted_at IS NULL GROUP BY p.category ORDER BY p.category",
        username,
    )


def _shown(name: Category, activity: Row | None) -> dict[str, Any]:
    channel = CHANNELS[name]
    unread = number.whole(activity["unread_count"]) if activity else 0
    if activity and activity["last_read"] is None:
        unread = min(unread, NEW_TO_A_STRANGER)
    return {
        "id": name,
        "emoji": channel.emoji,
        "name": channel.name,
        "description": channel.description,
        "post_count": activity["post_count"] if activity else 0,
        "latest_post": timestamp.text(activity["latest_post"]) if activity else None,
        "unread_count": unread,
    }
