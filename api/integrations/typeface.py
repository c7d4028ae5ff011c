"""The typeface of PDF files, and what is printed for a character that it does not have.

Noto Sans, embedded, covers Latin with all its accents, Greek and Cyrillic. Any other character,
such as an emoji, a Hebrew or a Chinese one, is printed as its Unicode name in brackets:
`🌊` becomes `[water wave]`. Nothing is left out, and no empty box stands for it.
"""

import io
import unicodedata
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Noto Sans", "Noto Sans Bold"

# They say how the character before them is to look, and are nothing by themselves.
PRESENTATION = "\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}"

_registering = Lock()

drawing = Lock()
"""To be held while a document is built: reportlab reads a typeface from one place at a time."""


def register() -> None:
    """Make REGULAR and BOLD known to reportlab, once a process."""
    with _registering:
        if BOLD in pdfmetrics.getRegisteredFontNames():
            return
        # Unpacking them takes a while, so not before a PDF is asked for.
        from pymupdf_fonts import NotoSans_Bold, NotoSans_Regular

        pdfmetrics.registerFont(TTFont(REGULAR, io.BytesIO(NotoSans_Regular.fontbuffer)))
        pdfmetrics.registerFont(TTFont(BOLD, io.BytesIO(NotoSans_Bold.fontbuffer)))


def printable(text: str) -> str:
    """Return the text in characters of the typeface and line feeds.

    Letters and their accents are composed where Unicode has one character for both, a tab
    becomes a blank. What the typeface lacks is named in brackets, by its code point where it
    has no name. The typeface must be registered.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_printable(character) for character in composed)


def _printable(character: str) -> str:
    if character == "\n" or _drawn(character):
        return character
    if character == "\t":
        return " "
    if character in PRESENTATION:
        return ""
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f"[{name if name.startswith('U+') else name.lower()}]"


def _drawn(character: str) -> bool:
    """Tell whether both styles of the typeface have this character."""
    faces = (pdfmetrics.getFont(style).face for style in (REGULAR, BOLD))
    # Glyph 0 is the empty box.
    return all(face.charToGlyph.get(ord(character)) for face in faces)
