"""What the parts of the board share: who acts, and on which post."""

from typing import Annotated

from pydantic import Field

from api.db import get_db
from api.errors import NotFound
from api.web import Body, Text

Message = Annotated[Text, Field(min_length=1, max_length=2000)]


class Act(Body):
    """`username` may be given, as the caller's own."""

    username: Text | None = None


def lock_post(post_id: int) -> str:
    """Keep a post as it is until the caller's transaction ends; return its author.

    Whatever counts reactions or reports waits here for whoever does so already. Raises NotFound.
    """
    author: str | None = get_db().value(
        "UPDATE community_posts SET likes = likes WHERE id = $1 AND deleted_at IS NULL"
        " RETURNING username",
        post_id,
    )
    if author is None:
        raise NotFound("There is no such post.")
    return author
