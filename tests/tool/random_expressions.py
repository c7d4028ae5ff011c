"""Random expressions of SQLite over the columns of a table, for rules, indexes and views.

They are drawn by what they come to (a condition, a number, a text), though not always: SQLite
compares anything with anything, and the tool must refuse what it cannot carry.
"""

from collections.abc import Mapping

from hypothesis import strategies as st

Columns = Mapping[str, str]
"""Quoted names and declared types."""

_WHOLE = ("INTEGER", "BIGINT")
_REAL = ("REAL", "DOUBLE PRECISION")
_TEXT = ("TEXT", "VARCHAR(8)")
_COMPARE = ("=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT", "==", "!=")
_NUMBERS = ("0", "1", "2", "-3", "7", "0.5", "1e2", "'5'", "NULL", "0x0F", "9223372036854775807")
_STRINGS = ("''", "'a'", "'A'", "'b%'", "'x y '", "'it''s'", "'É'", '"quoted"', "'5'", "NULL")
_PATTERNS = ("'a%'", "'%B'", "'_'", "'%\\_%'", "''", "'%é'")
_GLOBS = ("'a*'", "'[a-c]?'", "'*[^0-9]'", "'[]x]*'", "'*.*'", "'[!a]'", "'?'")


@st.composite
def conditions(draw: st.DrawFn, columns: Columns, depth: int = 2) -> str:
    """Draw a condition."""
    kind = draw(st.integers(0, 11 if depth else 5))
    if kind <= 1:
        sign = draw(st.sampled_from(_COMPARE))
        return f"{draw(numbers(columns, depth))} {sign} {draw(numbers(columns, depth))}"
    if kind <= 3:
        sign = draw(st.sampled_from(_COMPARE))
        collate = draw(st.sampled_from(["", "", "", " COLLATE NOCASE", " COLLATE RTRIM"]))
        return f"{draw(texts(columns, depth))} {sign} {draw(texts(columns, depth))}{collate}"
    if kind == 4:
        return f"{draw(st.sampled_from(list(columns)))} {draw(_NULLS)}"
    if kind == 5:
        return draw(st.sampled_from([*columns, "TRUE", "1", "0"]))
    if kind <= 7:
        word = draw(st.sampled_from(["AND", "OR"]))
        one, other = draw(conditions(columns, depth - 1)), draw(conditions(columns, depth - 1))
        return draw(st.sampled_from([f"{one} {word} {other}", f"({one}) {word} ({other})"]))
    if kind == 8:
        return f"NOT {draw(conditions(columns, depth - 1))}"
    if kind == 9:
        value, no = draw(texts(columns, depth - 1)), draw(st.sampled_from(["", "NOT "]))
        like = f"{value} {no}LIKE {draw(st.sampled_from(_PATTERNS))}"
        escaped = f"{like} ESCAPE {draw(_ESCAPES)}"
        found = f"{value} {no}GLOB {draw(st.sampled_from(_GLOBS))}"
        return draw(st.sampled_from([like, escaped, found]))
    if kind == 10:
        value, no = draw(numbers(columns, depth - 1)), draw(st.sampled_from(["", "NOT "]))
        listed = ", ".join(draw(st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=3)))
        low, high = draw(numbers(columns, 0)), draw(numbers(columns, 0))
        between = f"{value} {no}BETWEEN {low} AND {high}"
        return draw(st.sampled_from([f"{value} {no}IN ({listed})", between]))
    listed = ", ".join(draw(st.lists(st.sampled_from(_STRINGS), min_size=1, max_size=3)))
    return f"{draw(texts(columns, depth - 1))} IN ({listed})"


_NULLS = st.sampled_from(["IS NULL", "IS NOT NULL", "ISNULL", "NOTNULL", "IS TRUE", "IS NOT FALSE"])
_ESCAPES = st.sampled_from(["'!'", "'\\'", "'a'", "'%'"])


@st.composite
def numbers(draw: st.DrawFn, columns: Columns, depth: int = 2) -> str:
    """Draw what comes to a number."""
    known = [name for name, type in columns.items() if type in (*_WHOLE, *_REAL, "NUMERIC")]
    plain = st.sampled_from(_NUMBERS) | st.sampled_from(known or ["3"])
    kind = draw(st.integers(0, 13)) if depth else 0
    if kind <= 4:
        return draw(plain)
    one = draw(numbers(columns, depth - 1))
    if kind <= 7:
        sign = draw(st.sampled_from(["+", "-", "*", "/", "%", "&", "|", "<<"]))
        pair = f"{one} {sign} {draw(numbers(columns, depth - 1))}"
        return draw(st.sampled_from([pair, f"({pair})"]))
    text = draw(texts(columns, depth - 1))
    if kind == 8:
        return draw(st.sampled_from([f"-{one}", f"abs({one})", f"round({one})", f"+{one}"]))
    if kind == 9:
        return draw(st.sampled_from([f"length({text})", f"instr({text}, 'a')", f"length({one})"]))
    if kind == 10:
        return f"coalesce({one}, {draw(numbers(columns, depth - 1))})"
    test = draw(conditions(columns, depth - 1))
    if kind == 11:
        other = draw(numbers(columns, depth - 1))
        return draw(
            st.sampled_from(
                [
                    f"CASE WHEN {test} THEN {one} ELSE {other} END",
                    f"CASE {one} WHEN 1 THEN {other} END",
                    f"iif({test}, {one}, {other})",
                ]
            )
        )
    if kind == 12:
        return draw(st.sampled_from([f"nullif({one}, 1)", f"CAST({one} AS INTEGER)", f"({test})"]))
    return draw(st.sampled_from([f"max({one}, 2)", f"CAST({one} AS REAL)", f"unicode({text})"]))


@st.composite
def texts(draw: st.DrawFn, columns: Columns, depth: int = 2) -> str:
    """Draw what comes to a text."""
    known = [name for name, type in columns.items() if type in _TEXT]
    plain = st.sampled_from(_STRINGS) | st.sampled_from(known or ["'c'"])
    kind = draw(st.integers(0, 10)) if depth else 0
    if kind <= 4:
        return draw(plain)
    one = draw(texts(columns, depth - 1))
    if kind == 5:
        return f"{one} || {draw(texts(columns, depth - 1) | numbers(columns, depth - 1))}"
    if kind == 6:
        name = draw(st.sampled_from(["lower", "upper", "trim", "ltrim", "rtrim", "hex", "quote"]))
        return f"{name}({one})"
    if kind == 7:
        start = draw(st.sampled_from(["1", "2", "0", "-1", "2, 1", "1, 0"]))
        return draw(st.sampled_from([f"substr({one}, {start})", f"trim({one}, 'ab')"]))
    if kind == 8:
        return f"replace({one}, {draw(st.sampled_from(_STRINGS))}, 'z')"
    if kind == 9:
        return draw(
            st.sampled_from([f"typeof({one})", f"CAST({one} AS TEXT)", f"ifnull({one}, '?')"])
        )
    return f"CASE WHEN {draw(conditions(columns, depth - 1))} THEN {one} ELSE 'else' END"
