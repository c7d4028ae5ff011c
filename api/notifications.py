"""Notifications inside the application: rows a person finds at the next visit, no push.

Reading them and marking them as read belongs to the routes about notifications.
"""

from api import runtime
from api.db import get_db


def notify(recipient: str, message: str, kind: str = "info") -> None:
    """Leave `message` for an account.

    Joins the caller's transaction of the main database and does not commit.
    """
    get_db().run(
        "INSERT INTO notifications (recipient_username, message, notification_type, read,"
        " created_at) VALUES ($1, $2, $3, $4, $5)",
        recipient,
        message,
        kind,
        False,
        runtime.now(),
    )
