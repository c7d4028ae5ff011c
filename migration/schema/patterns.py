"""SQLite's LIKE and GLOB, as PostgreSQL's LIKE, ILIKE and regular expressions.

A pattern is translated where it is a literal, so that its special characters are known; a LIKE
without ESCAPE is the same for any pattern. GLOB has sets of characters, which LIKE has not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import expressions as sql

from migration.schema.errors import Untranslatable
from migration.schema.kinds import Below, boolean, by_bytes, text
from migration.schema.scope import Typed, literal


def like(tree: sql.Like, below: Below) -> Typed:
    """Translate LIKE, which ignores the case of A to Z and knows no escape of its own."""
    value, pattern = text(below(tree.this)), text(below(tree.expression))
    return _ilike(tree, value, pattern, "")


def escaped_like(tree: sql.Escape, below: Below) -> Typed:
    """Translate LIKE with ESCAPE."""
    inner, escape = tree.this, tree.expression
    if not isinstance(inner, sql.Like) or inner.args.keys() - {"this", "expression", "negate"}:
        raise Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")
    value, pattern = text(below(inner.this)), text(below(inner.expression))
    sign = escape.name if isinstance(escape, sql.Literal) else ""
    # PostgreSQL folds the case of the pattern, escapes included, and refuses one at the end.
    if len(sign) != 1 or not sign.isascii() or sign.isalpha() or sign in "%_":
        raise Untranslatable(f"ESCAPE {escape.sql(dialect='sqlite')} has no exact equal")
    if pattern.literal is None or pattern.literal.replace(sign * 2, "").endswith(sign):
        raise Untranslatable(f"the pattern {pattern.sql} may end with its escape character")
    return _ilike(inner, value, pattern, sign)


def _ilike(tree: sql.Like, value: Typed, pattern: Typed, escape: str) -> Typed:
    subject = by_bytes(value) if pattern.loose else value.sql
    word = "NOT ILIKE" if tree.args.get("negate") else "ILIKE"
    return boolean(f"({subject} {word} {pattern.sql} ESCAPE {literal(escape)})")


def glob(tree: sql.Glob, below: Below) -> Typed:
    """Translate GLOB with a literal pattern."""
    value, pattern = text(below(tree.this)), text(below(tree.expression))
    if pattern.literal is None:
        raise Untranslatable(f"the GLOB pattern {pattern.sql} is no literal")
    parts = list(_parts(pattern.literal))
    if any(isinstance(part, _Set) for part in parts):
        expression = "".join(map(_in_regex, parts))
        return boolean(f"({by_bytes(value)} ~ {literal(f'^{expression}$')})")
    return boolean(f"({by_bytes(value)} LIKE {literal(''.join(map(_in_like, parts)))} ESCAPE '\\')")


@dataclass(frozen=True)
class _Set:
    """Characters in brackets, as ranges of which both ends belong."""

    negated: bool
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Wild:
    """`*` for any characters, `?` for one."""

    sign: str


def _parts(pattern: str) -> Iterator[str | _Wild | _Set]:
    place = 0
    while place < len(pattern):
        sign = pattern[place]
        place += 1
        if sign in "*?":
            yield _Wild(sign)
        elif sign == "[":
            found, place = _set(pattern, place)
            yield found
        else:
            yield sign


def _set(pattern: str, place: int) -> tuple[_Set, int]:
    """Read a set as SQLite does: `]` may come first, `-` is a range between two characters."""
    negated = pattern[place : place + 1] == "^"
    start = place = place + negated
    ranges: list[tuple[str, str]] = []
    open_end = False
    while place < len(pattern) and (pattern[place] != "]" or place == start):
        sign, after = pattern[place], pattern[place + 1 : place + 2]
        if sign == "-" and open_end and after not in ("", "]"):
            ranges.append((ranges.pop()[0], after))
            open_end, place = False, place + 1
        else:
            ranges.append((sign, sign))
            open_end = sign != "]"
        place += 1
    if place >= len(pattern) or any(low > high for low, high in ranges):
        raise Untranslatable(f"the GLOB pattern {pattern} has no proper set of characters")
    return _Set(negated, tuple(ranges)), place + 1


def _in_like(part: str | _Wild | _Set) -> str:
    if isinstance(part, _Wild):
        return "%" if part.sign == "*" else "_"
    return f"\\{part}" if part in ("%", "_", "\\") else str(part)


def _in_regex(part: str | _Wild | _Set) -> str:
    if isinstance(part, _Wild):
        return ".*" if part.sign == "*" else "."
    if isinstance(part, _Set):
        inside = "".join(
            _escaped(low) if low == high else f"{_escaped(low)}-{_escaped(high)}"
            for low, high in part.ranges
        )
        return f"[{'^' if part.negated else ''}{inside}]"
    return _escaped(part)


def _escaped(sign: str) -> str:
    return sign if sign.isalnum() or sign in (" ", "_") or not sign.isascii() else f"\\{sign}"
