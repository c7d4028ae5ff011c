"""The wellness report: every character is drawn or named, texts are no markup, equal is equal."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from api.integrations.pdf import GratitudeLine, MoodLine, wellness_report
from api.integrations.typeface import BOLD, REGULAR, drawing, printable, register

NOW = datetime(2026, 2, 4, 23, 30, tzinfo=UTC)
TODAY = date(2026, 2, 5)


def report(*entries: str, medication: str | None = None) -> bytes:
    moods = [MoodLine(TODAY, 10, 7.5, None, medication), MoodLine(TODAY, 1, None, 0, "")]
    lines = [GratitudeLine(None, entry) for entry in entries]
    return wellness_report("zoë", moods, lines, now=NOW, today=TODAY)


def shown(file: bytes) -> list[str]:
    """Return the lines of every page."""
    pages = PdfReader(io.BytesIO(file)).pages
    return [line for page in pages for line in page.extract_text().splitlines()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("şŞ İı ßẞ ğ é ñ ø Ł ő Ω Ж ế €", "şŞ İı ßẞ ğ é ñ ø Ł ő Ω Ж ế €"),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
        ("a\tb\r\nc\rd", "a b\nc\nd"),
        ("the sea 🌊", "the sea [water wave]"),
        ("❤️", "[heavy black heart]"),
        ("🙏🏽", "[person with folded hands][emoji modifier fitzpatrick type-4]"),
        ("שלום", "[hebrew letter shin][hebrew letter lamed][hebrew letter vav]"
                 "[hebrew letter final mem]"),
        ("你", "[cjk unified ideograph-4f60]"),
        ("\N{BELL}\x01", "[bell][U+0001]"),
        ("\ue000", "[U+E000]"),
        ("[x] <b> &amp; \\", "[x] <b> &amp; \\"),
    ],
)  # fmt: skip
def test_what_is_printed_of_a_text(text: str, expected: str) -> None:
    register()
    assert printable(text) == expected


def test_whatever_is_printed_has_a_picture_in_the_typeface() -> None:
    register()
    faces = [pdfmetrics.getFont(style).face for style in (REGULAR, BOLD)]
    printed = set("".join(printable(chr(code)) for code in range(0x20000))) - {"\n"}
    assert len(printed) > 2000
    assert [c for c in printed if not all(face.charToGlyph.get(ord(c)) for face in faces)] == []


def test_letters_and_names_of_emoji_are_read_back_from_the_file() -> None:
    lines = shown(report("Straße, İstanbul, Kuşadası", "🌊", medication="Łódź Ж 5mg"))
    assert "N/A: Straße, İstanbul, Kuşadası" in lines
    assert "N/A: [water wave]" in lines
    assert "Łódź Ж 5mg" in lines


def test_what_looks_like_markup_is_text() -> None:
    entry = "<b>bold</i> & &amp; <br/> <img src='/etc/passwd'/> </para> <para>"
    assert f"N/A: {entry}" in shown(report(entry, medication="<font size=99>"))


def test_zero_is_a_number_and_nothing_is_not() -> None:
    lines = shown(report())
    start = lines.index("Medications") + 1
    assert lines[start : start + 10] == [
        *("2026-02-05", "10/10", "7.5", "N/A", "None"),
        *("2026-02-05", "1/10", "N/A", "0", "None"),
    ]


def test_texts_of_any_length_find_their_place() -> None:
    medicines = ", ".join(f"Medicine number {number} 50mg (x1)" for number in range(400))
    file = report("w" * 5000, "line\n" * 300, medication=medicines)
    text = "".join(shown(file)).replace(" ", "")
    assert medicines.replace(" ", "") in text.replace(
        "DateMoodSleep(h)Exercise(min)Medications", ""
    )
    assert text.count("w") == 5000
    assert text.count("line") == 300
    assert len(PdfReader(io.BytesIO(file)).pages) > 4


def test_equal_reports_are_equal_to_the_byte_also_at_the_same_moment() -> None:
    with ThreadPoolExecutor(8) as pool:
        files = list(pool.map(lambda _: report("the sea 🌊", "ş"), range(16)))
    assert set(files) == {report("the sea 🌊", "ş")}


def test_reports_are_built_one_at_a_time() -> None:
    seen = []

    class Watching(datetime):
        def __format__(self, form: str) -> str:
            seen.append(drawing.locked())
            return super().__format__(form)

    now = Watching(2026, 2, 4, 23, 30, tzinfo=UTC)
    assert wellness_report("zoë", [], [], now=now, today=TODAY)
    assert seen
    assert all(seen)
    assert not drawing.locked()


def test_the_file_bears_the_time_of_the_clock() -> None:
    about = PdfReader(io.BytesIO(report())).metadata
    assert about is not None
    assert about.creation_date == NOW
    assert about.modification_date == NOW
    assert (about.title, about.author) == ("Wellness Report", "zoë")
