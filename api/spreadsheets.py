"""CSV as spreadsheets open it: RFC 4180, and no cell that they would take for a formula.

People type the texts that are exported, and a cell that begins with `=`, `+`, `-` or `@` is
computed when the file is opened, with whatever it asks for. Such a cell gets an apostrophe in
front, by which spreadsheets know text.
"""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None

FORMULA_SIGNS = tuple("=+-@＝＋－＠")
CONTROL_SIGNS = tuple("\t\r\n")


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return the rows as CSV: CRLF ends them, None is an empty cell, a float keeps its fraction."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return written.getvalue()


def _harmless(cell: Cell) -> Cell:
    """Return the cell, text that a spreadsheet would compute with an apostrophe in front."""
    if not isinstance(cell, str):
        return cell
    computed = cell.lstrip().startswith(FORMULA_SIGNS) or cell.startswith(CONTROL_SIGNS)
    return f"'{cell}" if computed else cell
