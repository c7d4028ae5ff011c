"""A patient's record to take away, one module per format.

csv_file.py      everything logged, for spreadsheets
pdf_report.py    the newest moods and gratitude entries, to print
fhir_record.py   results and moods, for other systems
release.py       what they share: who may export whose record, and the trace it leaves

The archive of a whole account is in `api.account`; chats are exported in `api.therapy`.
"""

from flask import Blueprint

from api.exports import csv_file, fhir_record, pdf_report

bp = Blueprint("exports", __name__)
bp.register_blueprint(csv_file.bp)
bp.register_blueprint(pdf_report.bp)
bp.register_blueprint(fhir_record.bp)
