"""CSV: what is quoted, what is made text, and that everything else comes back as it was."""

import csv
import io

import pytest

from api.spreadsheets import csv_text


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (None, ""),
        (7, "7"),
        (-7, "-7"),
        (7.0, "7.0"),
        (0.1, "0.1"),
        ("a, b", '"a, b"'),
        ('said "fine"', '"said ""fine"""'),
        ("two\nlines", '"two\nlines"'),
        ("=1+1", "'=1+1"),
        ("+44 7700", "'+44 7700"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("  =1+1", "'  =1+1"),
        ("\n=1+1", '"\'\n=1+1"'),
        ("\tTab", "'\tTab"),
        ("\rReturn", '"\'\rReturn"'),
        ('=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'),
        ("1 = 1", "1 = 1"),
        ("a-b", "a-b"),
        ("'=1", "'=1"),
        ("ß İ 🌊 ş", "ß İ 🌊 ş"),
    ],
)
def test_a_cell(cell: str | int | float | None, line: str) -> None:
    assert csv_text([["first", cell]]) == f"first,{line}\r\n"


def test_rows_come_back_as_they_were() -> None:
    rows = [["title"], [], ["a", "b,\r\n c", '"'], ["", "ş", "1"]]
    text = csv_text(rows)
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
    assert text.endswith("\r\n")
