"""The support board: everybody who is logged in reads it and writes on it under their own name.

channels.py     the fourteen channels a post can be in, and what is new there
board.py        what the modules below share
posts.py        listing, writing and deleting posts
replies.py      the same for replies
reactions.py    likes, hearts, hugs, celebrations and support
moderation.py   pinning, and reports to the moderators
"""

from flask import Blueprint

from api.community import channels, moderation, posts, reactions, replies

bp = Blueprint("community", __name__)
bp.register_blueprint(channels.bp)
bp.register_blueprint(posts.bp)
bp.register_blueprint(replies.bp)
bp.register_blueprint(reactions.bp)
bp.register_blueprint(moderation.bp)
