"""Wellbeing: what a patient logs about themselves, one module per topic.

mood.py         one mood a day
gratitude.py    as many entries as one likes
scales.py       the questionnaires PHQ-9 and GAD-7
safety.py       the check of a text for signs of risk (phrases and alerts: `api.risk`)
history.py      the query that pages through all of them

Logging also marks the daily task (`api.daily`), feeds the assistant's memory (`api.memory`)
and rewards the pet (`api.pets`).
"""

from flask import Blueprint

from api.wellbeing import gratitude, mood, safety, scales

bp = Blueprint("wellbeing", __name__)
bp.register_blueprint(mood.bp)
bp.register_blueprint(gratitude.bp)
bp.register_blueprint(scales.bp)
bp.register_blueprint(safety.bp)
