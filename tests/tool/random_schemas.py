"""Random databases: declarations and rows that SQLite takes, or mostly takes.

Drawn are names, types, affinities, keys, collations, defaults, rules, generated columns, indexes,
references, views and triggers, and values at the edges of every type with a few that break it.
What becomes of them is tested in `test_random_schemas`.
"""

import json
import string
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from random_expressions import conditions, numbers, texts

from migration.schema.choices import Types

NAMES = ("t", "T 2", "Select", "ünï", "a_b", 'quo"te', "100%", "v" * 70)
COLUMN_NAMES = ("id", "a", "B", "c d", "naïve", "order", 'd"q', "w" * 66, "at", "rowid")


@dataclass(frozen=True)
class Drawn:
    """Statements in their order; those that SQLite does not take are left out."""

    statements: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    types: Types


@dataclass(frozen=True)
class _Column:
    name: str
    declared: str
    text: str


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


_UNICODE = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=8
) | st.sampled_from(["", " ", "a ", "A", "É", "é", "x" * 40, "\n\t\\", "\\N", "NULL", "0", "1.5"])
_WHOLE = st.sampled_from([0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]) | st.integers(-9, 9)
_REALS = st.floats(allow_nan=False) | st.sampled_from([0.1, 1e300, 5e-324, -1.5])
_MOMENTS = st.datetimes().map(lambda m: m.isoformat(sep=" ", timespec="seconds")) | st.sampled_from(
    ["2024-02-29T12:00:00Z", "2024-01-01 10:00:00.123456", "2024-01-01 10:00:00+02:00"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii"), max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
).map(json.dumps)
_DECIMALS = st.integers(-99999, 99999).map(lambda n: n / 100)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "INTEGER": _WHOLE,
    "BIGINT": _WHOLE,
    "REAL": _REALS,
    "DOUBLE PRECISION": _REALS,
    "TEXT": _UNICODE,
    "VARCHAR(8)": st.text(string.ascii_letters + " é", max_size=8),
    "BLOB": st.binary(max_size=6),
    "BOOLEAN": st.integers(0, 1),
    "DATETIME": _MOMENTS,
    "DATE": st.dates().map(str),
    "JSON": _JSON,
    "NUMERIC": _WHOLE | _REALS.filter(lambda x: abs(x) < float("inf")),
    "DECIMAL(8, 2)": _DECIMALS,
    "": _WHOLE | _UNICODE,
}
_DIRT = st.sampled_from([1.5, "text", b"\xff", "a\0b", 2, "2024-02-30", 10**12 + 0.5, "x" * 20])
_DEFAULTS = {
    "INTEGER": (
        "0",
        "-7",
        "(1 + 2)",
        "'5'",
        "(abs(-3))",
        "0x1F",
        "TRUE",
        "(strftime('%s', 'now'))",
    ),
    "REAL": ("0", "1e-3", "(0.1 + 0.2)", "-1.5"),
    "TEXT": (
        "'it''s'",
        '"double"',
        "5",
        "('a' || 'b')",
        "CURRENT_TIMESTAMP",
        "(date('now'))",
        "''",
    ),
    "VARCHAR(8)": ("'short'", "'much too long'"),
    "BOOLEAN": ("1", "FALSE", "2"),
    "DATETIME": ("current_timestamp", "'2024-01-01 00:00:00'", "(datetime('now', 'localtime'))"),
    "DATE": ("CURRENT_DATE", "'2024-02-29'"),
    "BLOB": ("x'00ff'", "'text'"),
    "NUMERIC": ("0", "1.5", "(1.5)"),
    "DECIMAL(8, 2)": ("9.99", "0.001"),
}
_NUMBER_RULES = (
    "{c} > -5", "{c} BETWEEN -9 AND 9", "{c} <> 3 OR {c} IS NULL", "abs({c}) < 10",
    "{c} IN (1, 2, 3)",
    "CASE WHEN {c} > 0 THEN {c} < 8 ELSE 1 END", "({c} IS NULL) + ({c} > 0) < 2", "NOT {c} = 4",
    "{c} % 3 <> 1", "{c} / 2 < 3", "-{c} <= 5.5", "{c} IS NOT 7", "iif({c} > 1, {c} - 1, 0) < 6",
    "coalesce({c}, 0) < 9", "typeof({c}) <> 'text'", "{c} * 2 + 1 < 15", "{c} & 1 = 1 OR {c} < 0",
)  # fmt: skip
_TEXT_RULES = (
    "length({c}) < 30", "{c} LIKE 'a%' OR {c} NOT LIKE '%b'", "{c} GLOB '[a-zA-Z]*' OR {c} = ''",
    "{c} NOT GLOB '*[0-9]?'", "lower({c}) <> 'x'", "trim({c}) = {c} OR {c} > 'a'", "{c} <> 'A'",
    "{c} IN ('a', 'B', '') OR length({c}) <> 1", "substr({c}, 1, 2) <> 'zz'", "instr({c}, '@') = 0",
    "{c} COLLATE NOCASE <> 'no'", "replace({c}, 'a', 'b') <> 'b'", "{c} || 'x' <> 'yx'",
    "{c} BETWEEN '' AND 'zz' OR {c} IS NULL", "ltrim({c}) <> 'q'",
    "{c} LIKE '%!%%' ESCAPE '!' OR 1",
    "nullif({c}, 'a') IS NULL OR {c} < 'x'", "{c} > 5",
)  # fmt: skip
_RULES = {
    **dict.fromkeys(("INTEGER", "BIGINT", "REAL", "NUMERIC"), _NUMBER_RULES),
    **dict.fromkeys(("TEXT", "VARCHAR(8)"), _TEXT_RULES),
    "BOOLEAN": ("{c} IN (0, 1)", "{c} = 1 OR {c} IS NULL", "NOT {c}", "{c} < 2", "{c} IS NOT TRUE"),
    "DATE": ("{c} > '2000-01-01'", "{c} IS NOT NULL", "length({c}) = 10"),
    "DATETIME": ("{c} IS NOT NULL", "{c} > '2000-01-01 00:00:00'"),
    "BLOB": ("length({c}) < 5", "{c} <> x'00'"),
    "JSON": ("json_valid({c}) OR {c} IS NULL",),
}
_COMPUTED = {
    "INTEGER": ("{c} % 7", "{c} & 3", "{c} / 3", "CASE WHEN {c} > 0 THEN 1 ELSE 0 END", "{c} > 2"),
    "TEXT": ("lower({c})", "{c} || '!'", "coalesce({c}, 'none')", "substr({c}, 2)", "trim({c})"),
    "REAL": ("{c}", "abs({c})"),
}


@st.composite
def _column(draw: st.DrawFn, name: str, *, plain: bool) -> _Column:
    declared = draw(st.sampled_from(list(VALUES)[: None if plain else -1]))
    parts = [quoted(name), declared]
    if draw(_seldom()):
        parts.append("NOT NULL")
    if declared in _DEFAULTS and draw(_seldom()):
        parts.append(f"DEFAULT {draw(st.sampled_from(_DEFAULTS[declared]))}")
    if declared in ("TEXT", "VARCHAR(8)") and draw(_seldom()):
        parts.append(f"COLLATE {draw(st.sampled_from(['NOCASE', 'RTRIM', 'binary']))}")
    if draw(_rarely()):
        parts.append("UNIQUE")
    if declared in _RULES and draw(_seldom()):
        rule = draw(st.sampled_from(_RULES[declared])).format(c=quoted(name))
        parts.append(f"CHECK ({rule})")
    return _Column(name, declared, " ".join(parts))


def _seldom() -> st.SearchStrategy[bool]:
    return st.integers(0, 3).map(lambda n: n == 3)


def _rarely() -> st.SearchStrategy[bool]:
    return st.integers(0, 9).map(lambda n: n == 9)


@st.composite
def databases(draw: st.DrawFn) -> Drawn:
    """Draw a database of one to three tables with rows, and what hangs on them."""
    statements, rows = [], []
    if draw(_rarely()):
        statements.append("PRAGMA encoding = 'UTF-16'")
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    keys: list[tuple[str, str, str]] = []
    for name in names:
        columns = draw(_columns())
        statements.append(draw(_table(name, columns, keys)))
        statements += draw(st.lists(_index(name, columns), max_size=2))
        if draw(_rarely()):
            statements.append(draw(_view(name, columns)))
        if draw(_rarely()):
            statements += _log(name, columns)
        stored = [column for column in columns if " AS (" not in column.text]
        listed = ", ".join(quoted(column.name) for column in stored)
        marks = ", ".join("?" for _ in stored)
        insert = f"INSERT INTO {quoted(name)} ({listed}) VALUES ({marks})"
        for _ in range(draw(st.integers(0, 6))):
            rows.append((insert, tuple(draw(_value(column)) for column in stored)))
    types: Types = draw(st.sampled_from(["native", "native", "native", "faithful"]))
    return Drawn(tuple(statements), tuple(rows), types)


@st.composite
def _columns(draw: st.DrawFn) -> list[_Column]:
    plain = draw(_rarely())
    names = draw(st.lists(st.sampled_from(COLUMN_NAMES), min_size=1, max_size=5, unique=True))
    columns = [draw(_column(name, plain=plain)) for name in names]
    for base in list(columns):
        if base.declared in _COMPUTED and draw(_rarely()):
            expression = draw(st.sampled_from(_COMPUTED[base.declared]))
            name = f"from {base.name}"[:60]
            kind = draw(st.sampled_from(["", " STORED", " VIRTUAL"]))
            text = f"{quoted(name)} {base.declared} AS ({expression.format(c=quoted(base.name))})"
            columns.append(_Column(name, base.declared, text + kind))
    return columns


@st.composite
def _table(
    draw: st.DrawFn, name: str, columns: list[_Column], keys: list[tuple[str, str, str]]
) -> str:
    items = [column.text for column in columns]
    stored = [column for column in columns if " AS (" not in column.text]
    ending = ""
    kind = draw(st.sampled_from(["none", "row", "row", "counted", "plain", "pair"]))
    first = stored[0]
    if kind in ("row", "counted"):
        counted = " AUTOINCREMENT" if kind == "counted" else ""
        items[0] = f"{quoted(first.name)} INTEGER PRIMARY KEY{counted}"
        columns[0] = _Column(first.name, "INTEGER", items[0])
        keys.append((name, first.name, "INTEGER"))
    elif kind != "none":
        parts = stored[: 2 if kind == "pair" else 1]
        items.append(f"PRIMARY KEY ({', '.join(quoted(part.name) for part in parts)})")
        ending = draw(st.sampled_from(["", " WITHOUT ROWID"]))
        if len(parts) == 1:
            keys.append((name, first.name, first.declared))
    for column in stored[1:]:
        fitting = [key for key in keys if key[2] == column.declared]
        if fitting and draw(_seldom()):
            target, key, _ = draw(st.sampled_from(fitting))
            action = draw(st.sampled_from(["", " ON DELETE CASCADE", " ON UPDATE SET NULL"]))
            deferred = draw(st.sampled_from(["", " DEFERRABLE INITIALLY DEFERRED"]))
            items.append(
                f"FOREIGN KEY ({quoted(column.name)}) REFERENCES {quoted(target)}"
                f" ({quoted(key)}){action}{deferred}"
            )
    known = {quoted(column.name): column.declared for column in columns}
    if draw(_seldom()):
        items.append(f"CHECK ({draw(conditions(known))})")
    if len(stored) > 1 and draw(_rarely()):
        items.append(f"UNIQUE ({', '.join(quoted(c.name) for c in stored[:2])})")
    return f"CREATE TABLE {quoted(name)} ({', '.join(items)}){ending}"


@st.composite
def _index(draw: st.DrawFn, table: str, columns: list[_Column]) -> str:
    chosen = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3, unique=True))
    terms = []
    for column in chosen:
        term = quoted(column.name)
        if column.declared in _COMPUTED and draw(_seldom()):
            term = draw(st.sampled_from(_COMPUTED[column.declared])).format(c=term)
            term = f"({term})"
        elif column.declared == "TEXT" and draw(_seldom()):
            term += draw(st.sampled_from([" COLLATE NOCASE", " COLLATE RTRIM", " COLLATE BINARY"]))
        terms.append(term + draw(st.sampled_from(["", " DESC", " ASC"])))
    unique = "UNIQUE " if draw(_rarely()) else ""
    known = {quoted(column.name): column.declared for column in columns}
    if draw(_rarely()):
        terms.append(f"({draw(numbers(known) | texts(known) | conditions(known))})")
    where = f" WHERE {draw(conditions(known))}" if draw(_seldom()) else ""
    name = f"i {draw(st.integers(0, 10**6))} {'x' * draw(st.sampled_from([0, 60]))}"
    return f"CREATE {unique}INDEX {quoted(name)} ON {quoted(table)} ({', '.join(terms)}){where}"


@st.composite
def _view(draw: st.DrawFn, table: str, columns: list[_Column]) -> str:
    column = quoted(draw(st.sampled_from(columns)).name)
    known = {quoted(column.name): column.declared for column in columns}
    where = f" WHERE {draw(conditions(known))}" if draw(st.booleans()) else ""
    computed = draw(numbers(known) | texts(known) | conditions(known))
    shown = draw(
        st.sampled_from(
            ["*", f"{column}, {computed} AS other", f"{column}, count(*) AS n", "max(1) AS one"]
        )
    )
    if "count" in shown and draw(st.booleans()):
        where += f" GROUP BY {column}"
    name = quoted(f"view of {table}"[:60])
    return f"CREATE VIEW {name} AS SELECT {shown} FROM {quoted(table)}{where}"


def _log(table: str, columns: list[_Column]) -> list[str]:
    name, log = quoted(f"trigger of {table}"[:60]), quoted(f"log of {table}"[:60])
    column = quoted(columns[0].name)
    return [
        f"CREATE TABLE {log} (n INTEGER PRIMARY KEY, what {columns[0].declared})",
        f"CREATE TRIGGER {name} AFTER INSERT ON {quoted(table)}"
        f" BEGIN INSERT INTO {log} (what) VALUES (NEW.{column}); END",
    ]


@st.composite
def _value(draw: st.DrawFn, column: _Column) -> Any:
    place = draw(st.integers(0, 39))
    if place == 0:
        return draw(_DIRT)
    if place < 8:
        return None
    return draw(VALUES[column.declared])
