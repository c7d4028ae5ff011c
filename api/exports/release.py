"""Who may export whose record, the trace it leaves, and the file that is handed over.

A patient exports their own record, a clinician that of an approved patient.
"""

import io
import re

from flask import Response, send_file

from api import audit
from api.access import Caller, patient_for
from api.db import MAIN, commit
from api.web import Query, Text


class ExportQuery(Query):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None


def release(caller: Caller, username: str | None, action: str) -> str:
    """Return whose record the caller exports when asking for `username` (None: their own).

    Their own too is in the person's audit trail, committed before anything is read. Raises
    Forbidden like `patient_for`.
    """
    person = patient_for(caller, username)
    audit.record(person, "api", action, f"by {caller.username}")
    commit(MAIN)
    return person


def attachment(content: bytes, mimetype: str, name: str) -> Response:
    """Return a file to be saved under `name`, in which unusual characters become `_`."""
    response = send_file(
        io.BytesIO(content),
        mimetype,
        as_attachment=True,
        download_name=re.sub(r"[^\w.@+-]", "_", name),
        conditional=False,
        etag=False,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
