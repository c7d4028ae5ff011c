"""The developers' tools, each behind a developer's session.

diagnostics.py   named, read-only looks at the running system
chat.py          the assistant as a technical adviser
messages.py      messages to and from the developers; every role takes part
users.py         counts, the list of accounts, the deletion of one

Emptying the databases is `api.admin`; feedback has routes of its own.
"""

from flask import Blueprint

from api.developer import chat, diagnostics, messages, users

bp = Blueprint("developer", __name__)
bp.register_blueprint(diagnostics.bp)
bp.register_blueprint(chat.bp)
bp.register_blueprint(messages.bp)
bp.register_blueprint(users.bp)
