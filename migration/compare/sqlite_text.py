"""What only the SQL text of SQLite's catalogue tells, read for comparison only.

This repeats on purpose what `migration.source.sqltext` reads, by another tokenizer.
"""

from collections.abc import Iterator
from itertools import pairwise

import sqlglot

_DEPTH = {"(": 1, ")": -1}
_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


def checks(sql: str) -> Iterator[str]:
    """Yield the rules of a CREATE TABLE statement in the order written."""
    words = _words(sql)
    for number, (word, _) in enumerate(words[:-1]):
        if word == "CHECK" and words[number + 1][0] == "(":
            yield _parenthesised(sql, words, number + 1)[0]


def deferred(sql: str) -> list[bool]:
    """Say for each reference, in the order written, whether it is checked at commit."""
    found: list[bool] = []
    words = ["", *(word for word, _ in _words(sql))]
    for number, word in enumerate(words):
        if word == "REFERENCES":
            found.append(False)
        if words[number : number + 3] == ["DEFERRABLE", "INITIALLY", "DEFERRED"]:
            found[-1] = words[number - 1] != "NOT"
    return found


def collations(sql: str) -> dict[str, str]:
    """Return the columns that are declared with a collation."""
    found = {}
    for column, words in _columns(sql):
        depth = 0
        for (word, _), (after, _) in pairwise(words):
            depth += _DEPTH.get(word, 0)
            if depth == 0 and word == "COLLATE":
                found[column] = _unquoted(after).upper()
    return found


def expressions(sql: str) -> dict[str, str]:
    """Return what generated columns are made from."""
    found = {}
    for column, words in _columns(sql):
        depth = 0
        for number, ((word, _), (after, _)) in enumerate(pairwise(words)):
            depth += _DEPTH.get(word, 0)
            if depth == 0 and number and word == "AS" and after == "(":
                found[column] = _parenthesised(sql, words, number + 1)[0]
    return found


def index_parts(sql: str) -> tuple[list[str], str | None]:
    """Return the terms of a CREATE INDEX statement, without their collation, and its condition."""
    words = _words(sql)
    opening = next(n for n, word in enumerate(words) if word[0] == "(")
    body, end = _parenthesised(sql, words, opening)
    where = next((start for word, start in words[end:] if word == "WHERE"), None)
    return list(_terms(body)), None if where is None else sql[where + len("WHERE") :]


def _terms(body: str) -> Iterator[str]:
    """Yield the terms of an index without COLLATE, ASC and DESC."""
    start, depth, end = 0, 0, None
    for word, place in [*_words(body), (",", len(body))]:
        depth += _DEPTH.get(word, 0)
        if depth == 0 and word in ("COLLATE", "ASC", "DESC") and end is None:
            end = place
        if depth == 0 and word == ",":
            yield body[start : place if end is None else end].strip()
            start, end = place + 1, None


def _words(sql: str) -> list[tuple[str, int]]:
    """Return the words and signs of a statement and where they start; quoted ones stay quoted."""
    tokens = sqlglot.tokenize(sql, read="sqlite")
    return [(sql[token.start : token.end + 1].upper(), token.start) for token in tokens]


def _parenthesised(sql: str, words: list[tuple[str, int]], opening: int) -> tuple[str, int]:
    """Return the text between a parenthesis and its partner, and the partner's number."""
    depth = 0
    for number in range(opening, len(words)):
        depth += _DEPTH.get(words[number][0], 0)
        if depth == 0:
            return sql[words[opening][1] + 1 : words[number][1]], number
    raise ValueError(f"unbalanced parentheses in {sql}")


def _columns(sql: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the columns that a CREATE TABLE statement declares, each with its words."""
    words = _words(sql)
    opening = next(n for n, word in enumerate(words) if word[0] == "(")
    item: list[tuple[str, int]] = []
    depth = 0
    for word, start in words[opening:]:
        depth += _DEPTH.get(word, 0)
        if depth == 0 or (depth == 1 and word == ","):
            if item and item[0][0] not in _CONSTRAINTS:
                yield _name_at(sql, words, item[0][1]), item
            item = []
            if depth == 0:
                return
        elif (word, depth, bool(item)) != ("(", 1, False):
            item.append((word, start))


def _name_at(sql: str, words: list[tuple[str, int]], start: int) -> str:
    """Return the name that begins at a place, in its own case."""
    length = next(len(word) for word, place in words if place == start)
    return _unquoted(sql[start : start + length])


def _unquoted(name: str) -> str:
    if name[:1] == "[":
        return name[1:-1]
    if name[:1] in ("'", '"', "`"):
        return name[1:-1].replace(name[0] * 2, name[0])
    return name
