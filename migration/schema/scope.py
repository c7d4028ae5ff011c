"""What an expression may refer to, and what is known of every part of it once it is translated.

`expressions` walks through an expression; a Scope tells it what a column is in PostgreSQL.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlglot import expressions as sql

from migration.schema.choices import folded
from migration.schema.errors import Untranslatable
from migration.schema.model import LogicalType, quote

ROW_NUMBERS = frozenset({"rowid", "oid", "_rowid_"})


@dataclass(frozen=True)
class Typed:
    """PostgreSQL's SQL of an expression, and what its value means; None for NULL."""

    sql: str
    type: LogicalType | None
    literal: str | None = None
    """The text of a literal."""
    collation: str | None = None
    """How SQLite compares it, where it is a column's or COLLATE says so."""
    explicit: bool = False
    """Whether COLLATE says so, which counts for more."""
    loose: bool = False
    """Made of no column, so that PostgreSQL would choose: int4, numeric, the database's order."""


@dataclass(frozen=True)
class Scope:
    """Columns by name; those of other tables, or of NEW and OLD, by a name before the dot."""

    columns: Mapping[str, Typed] = field(default_factory=dict)
    qualified: Mapping[str, Mapping[str, Typed]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    """Columns that are refused already, so that what mentions them needs no refusal of its own."""
    by_utf8: bool = True
    """Whether SQLite sorts text by the bytes of UTF-8, as PostgreSQL is told to."""

    def column(self, tree: sql.Column) -> Typed:
        """Return what a name means; a double-quoted name of no column is a string.

        Raises Untranslatable for a name that is not known.
        """
        name, place = folded(tree.name), folded(tree.table)
        if tree.args.get("db") or (place and place not in self.qualified):
            raise Untranslatable(f"{tree.sql(dialect='sqlite')} is not known here")
        found = (self.qualified[place] if place else self.columns).get(name)
        if found is not None:
            return found
        if name in self.unreadable:
            raise Unresolved(f"the type of {tree.name} is not known")
        if tree.this.quoted and not place and name not in ROW_NUMBERS:
            return string(tree.name)
        raise Untranslatable(f"{tree.name} is no column of the table")


class Unresolved(Untranslatable):
    """Something that is refused already stands in the way."""


def scope_of(
    columns: Iterable[tuple[str, Typed]], *, unreadable: Iterable[str] = (), by_utf8: bool = True
) -> Scope:
    """Return the scope of one table's own rules; names in any case."""
    return Scope(
        {folded(name): typed for name, typed in columns},
        unreadable=frozenset(map(folded, unreadable)),
        by_utf8=by_utf8,
    )


def column(name: str, type: LogicalType, collation: str = "BINARY", *, of: str = "") -> Typed:
    """Return a column as it stands in an expression; `of` is the table's quoted name, or NEW."""
    place = f"{of}.{quote(name)}" if of else quote(name)
    return Typed(place, type, collation=collation if type is LogicalType.TEXT else None)


def literal(text: str) -> str:
    """Write a string literal."""
    return "'" + text.replace("'", "''") + "'"


def string(text: str) -> Typed:
    """Return a string literal."""
    return Typed(literal(text), LogicalType.TEXT, text, loose=True)
