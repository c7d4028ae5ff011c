"""The wellness report as a PDF file: a pure function of what it shows and of the clock.

Equal reports are equal to the byte. Texts are data, never markup; characters are printed as
`api.integrations.typeface` explains. The records come from `api.exports`.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from api.integrations.typeface import BOLD, REGULAR, drawing, printable, register

TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9, leading=12)
HEAD = ParagraphStyle("head", TEXT, fontName=BOLD)
HEADING = ParagraphStyle("heading", HEAD, fontSize=12, leading=16, spaceBefore=14, spaceAfter=6)
TITLE = ParagraphStyle("title", HEADING, fontSize=18, leading=24, alignment=TA_CENTER)

MOOD_COLUMNS = {"Date": 70, "Mood": 45, "Sleep (h)": 60, "Exercise (min)": 85, "Medications": 208}
GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


@dataclass(frozen=True)
class MoodLine:
    """A mood from 1 to 10, with hours of sleep and minutes of exercise; None is unknown."""

    day: date | None
    mood: int
    sleep: float | None
    exercise: int | None
    medication: str | None


@dataclass(frozen=True)
class GratitudeLine:
    """An entry of the journal; old ones may have no day."""

    day: date | None
    entry: str


def wellness_report(
    username: str,
    moods: Sequence[MoodLine],
    gratitude: Sequence[GratitudeLine],
    *,
    now: datetime,
    today: date,
) -> bytes:
    """Return the report; `today` is printed on it, `now` (UTC) is the time of the file."""
    register()
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=letter,
        title="Wellness Report",
        author=username,
        subject="Moods and gratitude",
        creator="Healing Space",
        lang="en-GB",
        invariant=True,
    )

    # Else an invariant file would always say that it was made in the year 2000.
    def date_file(canvas: Any, _: object) -> None:
        canvas.setDateFormatter(lambda *_: f"{now:D:%Y%m%d%H%M%S+00'00'}")

    story = [*_heading(username, today), *_moods(moods), *_gratitude(gratitude)]
    with drawing:
        document.build(story, onFirstPage=date_file)
    return file.getvalue()


def _heading(username: str, today: date) -> list[Flowable]:
    return [
        Paragraph("Wellness Report", TITLE),
        _text(f"User: {username}"),
        _text(f"Generated: {today:%B %d, %Y}"),
    ]


def _moods(moods: Sequence[MoodLine]) -> list[Flowable]:
    if not moods:
        return []
    rows = [[_text(title, HEAD) for title in MOOD_COLUMNS]]
    for line in moods:
        cells = (
            _day(line.day),
            f"{line.mood}/10",
            "N/A" if line.sleep is None else f"{line.sleep:g}",
            "N/A" if line.exercise is None else str(line.exercise),
            line.medication or "None",
        )
        rows.append([_text(cell) for cell in cells])
    # A list of medicines can be longer than a page.
    table = Table(rows, [*MOOD_COLUMNS.values()], repeatRows=1, splitInRow=1, style=GRID)
    return [Paragraph("Recent Moods", HEADING), table, Spacer(0, 6)]


def _gratitude(gratitude: Sequence[GratitudeLine]) -> list[Flowable]:
    if not gratitude:
        return []
    lines = [_text(f"{_day(line.day)}: {line.entry}") for line in gratitude]
    return [Paragraph("Recent Gratitude", HEADING), *lines]


def _day(day: date | None) -> str:
    return "N/A" if day is None else day.isoformat()


def _text(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Return a paragraph that shows the text line by line; what looks like markup is none."""
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)
