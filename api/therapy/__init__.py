"""Therapy: conversations of a patient with the assistant, in threads.

chat.py         one message and its answer
opening.py      the greeting of a visit and the welcome of the first one
sessions.py     the threads: list, begin, rename, choose, delete
history.py      reading lines and taking them away as a file
threads.py      threads and their lines in the database, for all of the above
prompt.py       what the model is told, and asking it
trainer.py      learning from what was collected for training (`api.training_data`)

The model is asked through `api.integrations.assistant`. It may take half a minute, so nobody
asks it while a transaction is open.
"""

from flask import Blueprint

from api.therapy import chat, history, opening, sessions, trainer

bp = Blueprint("therapy", __name__)
bp.register_blueprint(chat.bp)
bp.register_blueprint(opening.bp)
bp.register_blueprint(sessions.bp)
bp.register_blueprint(history.bp)
bp.register_blueprint(trainer.bp)
