"""Appointments between a clinician and a patient.

booking.py     a clinician books, calls off, and notes who came
answers.py     the patient accepts or declines
lists.py       who has which appointments
record.py      what these share: the row, how it is shown, how its time is spelled

A cancelled appointment stays in its table, marked as deleted. A time without an offset is UTC,
as in every answer; messages spell it in the users' zone.
"""

from flask import Blueprint

from api.appointments import answers, booking, lists

bp = Blueprint("appointments", __name__)
bp.register_blueprint(lists.bp)
bp.register_blueprint(booking.bp)
bp.register_blueprint(answers.bp)
