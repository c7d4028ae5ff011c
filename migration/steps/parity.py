"""Source and target as they are now, side by side, for whoever looks between the steps."""

from collections.abc import Iterator
from itertools import islice

from migration.compare.data import compare_data
from migration.compare.schema import compare_schemas
from migration.config import LogicalDatabase
from migration.copy import read_back_again
from migration.site import Site
from migration.steps.schema import model_of
from migration.steps.step import Say

SHOWN = 20


def differences(site: Site, say: Say, *, full: bool = False) -> Iterator[str]:
    """Yield a line for each difference of declarations, rows and sequences. Only looks.

    With `full` every row of large tables is compared too, instead of a sample.
    """
    for database in site.config.databases:
        schema, choices = database.schema, database.choices
        with site.source(database) as source, site.target(database) as target:
            yield from map(str, compare_schemas(source, target, schema=schema, choices=choices))
            rows = compare_data(
                source,
                target,
                schema=schema,
                protected=database.protected,
                policies=site.config.copy.policies_of(database.name),
                choices=choices,
                full=full,
            )
        say(str(rows))
        yield from map(str, rows.differences)
        yield from islice(differing_bytes(site, database), SHOWN)


def differing_bytes(site: Site, database: LogicalDatabase) -> Iterator[str]:
    """Yield a line for each row that is not in the target as it was sent. Only looks."""
    model = model_of(site, database)
    with site.source(database) as source, site.target(database) as target:
        policies = site.config.copy.policies_of(database.name)
        yield from map(str, read_back_again(source, target, model, policies=policies))
