"""A PDF file as what it says: its description, and the text of its pages line by line.

Its bytes would differ from day to day in fonts, offsets and digests wherever it shows a date.
Positions, colours and pictures are not part of what is compared.
"""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from migration.replay.canonical import Tree

START = b"%PDF-"


def read_pdf(data: bytes) -> dict[str, Tree] | None:
    """Return description and pages of a PDF file, None where it cannot be read."""
    try:
        reader = PdfReader(io.BytesIO(data))
        about = {str(key): str(value) for key, value in (reader.metadata or {}).items()}
        pages: list[Tree] = [[*page.extract_text().splitlines()] for page in reader.pages]
    except (PyPdfError, ValueError, LookupError):
        return None
    return {"about": {**about}, "pages": pages}
