"""Messages between two accounts.

correspondents.py   who may write to whom
letters.py          one message: sending it, marking it as read, deleting it
mailbox.py          many of them: inbox, conversation, what was sent

Each side deletes a message for itself alone; once both have, the row is marked as deleted.
"""

from flask import Blueprint

from api.messages import letters, mailbox

bp = Blueprint("messages", __name__)
bp.register_blueprint(letters.bp)
bp.register_blueprint(mailbox.bp)
