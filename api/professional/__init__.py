"""What clinicians see of their patients, and write about them.

patients.py    the list of patients; one patient's record
search.py      patients by name, risk or silence
notes.py       a clinician's notes
summary.py     a summary written by the assistant
export.py      a page about a span of time
reports.py     letters: referral, progress, discharge
analytics.py   figures about all patients; `analytics_of_one.py` about a single one

Underneath: `caseload.py` reads what is known about all patients of a clinician at once,
`chart.py` what one patient has logged, `figures.py` reckons. A patient is one whom an approved
relation joins with the caller; whoever else is named does not exist for them. Every reading
leaves its trace (`api.disclosure`).
"""

from flask import Blueprint

from api.professional import (
    analytics,
    analytics_of_one,
    export,
    notes,
    patients,
    reports,
    search,
    summary,
)

bp = Blueprint("professional", __name__)
bp.register_blueprint(patients.bp)
bp.register_blueprint(search.bp)
bp.register_blueprint(notes.bp)
bp.register_blueprint(summary.bp)
bp.register_blueprint(export.bp)
bp.register_blueprint(reports.bp)
bp.register_blueprint(analytics.bp)
bp.register_blueprint(analytics_of_one.bp)
