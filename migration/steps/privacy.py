"""Asking source or target whether its pseudonymous databases name anybody. Only looks.

What is searched for, and how, is in `compare/privacy.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from migration.compare.privacy import Occurrence, People, occurrences
from migration.config import LogicalDatabase
from migration.errors import Unproven
from migration.loading import load_function
from migration.schema.model import quote
from migration.site import Site

_SQLITE_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)
_SQLITE_KEY = "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk"
_POSTGRES_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
_POSTGRES_KEY = """
SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
WHERE indrelid = %s::regclass AND indisprimary ORDER BY array_position(indkey::smallint[], attnum)
"""


def named_in_source(site: Site) -> Iterator[Occurrence]:
    """Yield where the sources of pseudonymous databases name somebody.

    Raises Unproven when protected columns cannot be read.
    """
    return _named(site, _Source)


def named_in_target(site: Site) -> Iterator[Occurrence]:
    """Yield where the target's pseudonymous databases name somebody, as `named_in_source`."""
    return _named(site, _Target)


class _Side(Protocol):
    """One database on one engine."""

    def __init__(self, site: Site, database: LogicalDatabase) -> None: ...

    def tables(self) -> list[str]:
        """Return the names of its tables."""

    def key(self, table: str) -> list[str]:
        """Return the columns of a table's primary key."""

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a query, its SELECT left out."""


def _named(site: Site, side: type[_Side]) -> Iterator[Occurrence]:
    searched = [database for database in site.config.databases if database.pseudonymous]
    people = _people(site, side) if searched else People()
    for database in searched:
        there = side(site, database)
        for table in there.tables():
            yield from occurrences(
                people,
                there.rows(f"* FROM {quote(table)}"),
                table=f"{database.name}.{table}",
                key=there.key(table),
            )


def _people(site: Site, side: type[_Side]) -> People:
    people = People()
    for database in site.config.databases:
        for name in () if database.pseudonymous else database.identifying:
            table, _, column = name.partition(".")
            read = _reader(site, name) if name in database.protected else str
            query = f"DISTINCT {quote(column)} AS value FROM {quote(table)}"
            for row in side(site, database).rows(f"{query} WHERE {quote(column)} IS NOT NULL"):
                people.add(read(row["value"]), known_from=f"{database.name}.{name}")
    return people


def _reader(site: Site, column: str) -> Callable[[Any], str]:
    function = site.config.app.read_protected
    if function is None:
        raise Unproven(
            "looking for names in pseudonymous data",
            f"{column} is protected, and nothing says how to read it",
            "name the function as `read_protected` in [app] of migration.toml",
        )
    read: Callable[[Any], str] = load_function(site.config.root, function)(site.config.app.settings)
    return read


class _Source:
    def __init__(self, site: Site, database: LogicalDatabase) -> None:
        self._site, self._database = site, database

    def tables(self) -> list[str]:
        with self._site.source(self._database) as connection:
            return [name for (name,) in connection.execute(_SQLITE_TABLES)]

    def key(self, table: str) -> list[str]:
        with self._site.source(self._database) as connection:
            return [name for (name,) in connection.execute(_SQLITE_KEY, [table])]

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        with self._site.source(self._database) as connection:
            connection.text_factory = lambda text: text.decode(errors="replace")
            cursor = connection.execute(f"SELECT {query}")
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))


class _Target:
    def __init__(self, site: Site, database: LogicalDatabase) -> None:
        self._site, self._database = site, database

    def tables(self) -> list[str]:
        with self._site.target() as connection:
            found = connection.execute(_POSTGRES_TABLES, [self._database.schema]).fetchall()
        return [name for (name,) in found]

    def key(self, table: str) -> list[str]:
        with self._site.target(self._database) as connection:
            return [name for (name,) in connection.execute(_POSTGRES_KEY, [quote(table)])]

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        with self._site.target(self._database) as connection, connection.cursor() as cursor:
            for row in cursor.stream(f"SELECT {query}".encode()):
                names = [column.name for column in cursor.description or ()]
                yield dict(zip(names, row, strict=True))
