"""The virtual pet, one a user, in a database of its own.

care.py        adopting it, looking at it, feeding, rewarding, tidying
shop.py        what can be bought for its coins
adventure.py   sending it out and welcoming it back
decay.py       what time takes from its needs
state.py       the row of a pet and the ways in which it changes

Whatever costs or pays is one UPDATE that carries its own condition, so parallel requests can
neither overspend nor be paid twice. Rewards for what users log elsewhere are in `api.pets`.
"""

from flask import Blueprint

from api.pet import adventure, care, decay, shop

bp = Blueprint("pet", __name__)
bp.register_blueprint(care.bp)
bp.register_blueprint(shop.bp)
bp.register_blueprint(adventure.bp)
bp.register_blueprint(decay.bp)
