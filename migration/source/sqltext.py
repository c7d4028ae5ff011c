"""Reading what SQLite's PRAGMAs do not tell from the SQL text that SQLite keeps.

Rules, their names, AUTOINCREMENT, collations, generated expressions and deferral stand only in the
text of CREATE TABLE; the terms and the WHERE of an index only in that of CREATE INDEX. The text is
known to be valid, so a tokenizer and the order of SQLite's clauses are enough. `catalogue` puts
the two sources together.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<string>[xX]?'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
      | (?P<number>0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_TABLE_STARTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_STARTS = _TABLE_STARTS | {"REFERENCES", "NULL", "DEFAULT", "COLLATE", "GENERATED", "AS"}
# A start word that follows one of these goes on with the clause before it.
_GOES_ON = {
    "NULL": ("SET", "DEFAULT"),
    "DEFAULT": ("SET",),
    "AS": ("ALWAYS",),
}


@dataclass(frozen=True)
class Token:
    """A word, quoted name, string, number or sign, and where it stands in the text."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Return the upper-case keyword, empty for anything quoted."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True)
class Clause:
    """One constraint: its words in order, and the texts of its top-level parentheses."""

    column: str | None
    name: str | None
    words: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return the first word."""
        return self.words[0] if self.words else ""


@dataclass(frozen=True)
class IndexText:
    """The terms of CREATE INDEX without collation and direction, and its condition."""

    terms: tuple[str, ...]
    where: str | None


def tokens(text: str) -> list[Token]:
    """Split SQL into tokens, leaving out blanks and comments."""
    return [
        Token(str(found.lastgroup), found[0], found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "space"
    ]


def unquote(text: str) -> str:
    """Return the identifier that a word or quoted name spells."""
    if text[:1] == "[":
        return text[1:-1]
    if text[:1] in ('"', "`", "'"):
        return text[1:-1].replace(text[0] * 2, text[0])
    return text


def names(text: str) -> tuple[str, ...]:
    """Return the identifiers that begin the items of a list such as `a, "b" DESC`."""
    return tuple(unquote(item[0].text) for item in _items(tokens(text)))


def table_clauses(sql: str) -> tuple[Clause, ...]:
    """Return the constraints of a CREATE TABLE statement in the order written."""
    body = _first_group(tokens(sql))
    return tuple(clause for item in _items(body) for clause in _item_clauses(item, sql))


def index_text(sql: str) -> IndexText:
    """Return what a CREATE INDEX statement says between its parentheses and after WHERE."""
    every = tokens(sql)
    body = _first_group(every)
    rest = [token for token in every if token.start > body[-1].end]
    where = next((token.end for token in rest if token.word == "WHERE"), None)
    return IndexText(
        tuple(_term(item, sql) for item in _items(body)),
        None if where is None else sql[where : rest[-1].end].strip(),
    )


def _first_group(every: Sequence[Token]) -> list[Token]:
    """Return the tokens inside the first parentheses."""
    start = next(place for place, token in enumerate(every) if token.text == "(")
    return list(every[start + 1 : _closing(every, start)])


def _closing(every: Sequence[Token], start: int) -> int:
    depth = 0
    for place in range(start, len(every)):
        depth += {"(": 1, ")": -1}.get(every[place].text, 0)
        if depth == 0:
            return place
    raise ValueError("unbalanced parentheses")


def _items(body: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield what stands between the commas outside of parentheses."""
    item: list[Token] = []
    depth = 0
    for token in body:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            yield item
            item = []
        else:
            item.append(token)
    if item:
        yield item


def _item_clauses(item: list[Token], sql: str) -> Iterator[Clause]:
    column = None
    if item[0].word not in _TABLE_STARTS:
        column, item = unquote(item[0].text), item[1:]
    for part in _split_clauses(item):
        name = None
        if part[0].word == "CONSTRAINT":
            name, part = unquote(part[1].text), part[2:]
        yield Clause(column, name, *_words_and_groups(part, sql))


def _split_clauses(item: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each constraint; those of the column's type are passed over."""
    part: list[Token] = []
    depth = 0
    for place, token in enumerate(item):
        if depth == 0 and _begins(item, place, part):
            if part:
                yield part
            part = [token]
        elif part:
            part.append(token)
        depth += {"(": 1, ")": -1}.get(token.text, 0)
    if part:
        yield part


def _begins(item: list[Token], place: int, part: list[Token]) -> bool:
    word = item[place].word
    before = item[place - 1].word if place else ""
    if word == "NOT":
        return place + 1 < len(item) and item[place + 1].word == "NULL"
    if word not in _STARTS or before == "NOT" or before in _GOES_ON.get(word, ()):
        return False
    named = bool(part) and part[0].word == "CONSTRAINT"
    if named and len(part) <= 2:  # CONSTRAINT, its name, and now the clause itself
        return False
    return not (word == "REFERENCES" and any(token.word == "FOREIGN" for token in part))


def _words_and_groups(part: list[Token], sql: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words, groups, place = [], [], 0
    while place < len(part):
        token = part[place]
        if token.text == "(":
            closing = _closing(part, place)
            groups.append(sql[token.end : part[closing].start].strip())
            place = closing
        else:
            words.append(token.word or unquote(token.text))
        place += 1
    return tuple(words), tuple(groups)


def _term(item: list[Token], sql: str) -> str:
    if item[-1].word in ("ASC", "DESC"):
        item = item[:-1]
    if len(item) > 2 and item[-2].word == "COLLATE":
        item = item[:-2]
    return sql[item[0].start : item[-1].end]
