"""What a patient sees on opening the application, and what they say about it.

overview.py    the home page: tasks of today, streak, pet
tasks.py       doing the six daily tasks (rules and bonus: `api.daily`)
reminders.py   who has not logged a mood today, and reminding them
feedback.py    feedback to the developers, and their answer
"""

from flask import Blueprint

from api.home import feedback, overview, reminders, tasks

bp = Blueprint("home", __name__)
bp.register_blueprint(overview.bp)
bp.register_blueprint(tasks.bp)
bp.register_blueprint(reminders.bp)
bp.register_blueprint(feedback.bp)
