"""Source and target as they are now, side by side, for whoever looks between the steps."""

from collections.abc import Iterator

from migration.compare.data import compare_data
from migration.compare.schema import compare_schemas
from migration.site import Site
from migration.steps.step import Say


def differences(site: Site, say: Say) -> Iterator[str]:
    """Yield a line for each difference of declarations, rows and sequences. Only looks."""
    for database in site.config.databases:
        schema, choices = database.schema, database.choices
        with site.source(database) as source, site.target(database) as target:
            yield from map(str, compare_schemas(source, target, schema=schema, choices=choices))
            rows = compare_data(
                source, target, schema=schema, protected=database.protected, choices=choices
            )
        say(str(rows))
        yield from map(str, rows.differences)
