"""What PostgreSQL cannot hold at all, whatever it is called and whatever is in it."""

from collections.abc import Iterator

from migration.source.model import Catalogue, SourceTable

MOST_COLUMNS = 1_600
MOST_TERMS = 32
_OF_THE_SYSTEM = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def limits(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield what is beyond a limit, and which."""
    for table in catalogue.tables:
        yield from _of_table(table)
    for thing in catalogue.objects:
        if thing.kind == "view":
            yield from _of_name("view", thing.name)


def _of_table(table: SourceTable) -> Iterator[tuple[str, str]]:
    yield from _of_name("table", table.name)
    if len(table.columns) > MOST_COLUMNS:
        yield f"the table {table.name}", f"it has more than {MOST_COLUMNS} columns"
    for column in table.columns:
        if not column.name:
            yield f"a column of {table.name} without a name", "every column needs a name"
        if column.name in _OF_THE_SYSTEM:
            why = "every table of PostgreSQL has a column of that name already"
            yield f"the column {table.name}.{column.name}", why
    keys = [(f"a key of {table.name}", key.columns) for key in table.uniques]
    keys += [("the primary key", table.primary_key.columns)] if table.primary_key else []
    for what, terms in [*keys, *((f"the index {i.name}", i.terms) for i in table.indexes)]:
        if len(terms) > MOST_TERMS:
            yield what, f"it has more than {MOST_TERMS} columns"


def _of_name(kind: str, name: str) -> Iterator[tuple[str, str]]:
    if not name:
        yield f"a {kind} without a name", "every one needs a name"
    if name.startswith("pg_"):
        yield f"the {kind} {name}", "PostgreSQL looks for such names among its own tables first"
