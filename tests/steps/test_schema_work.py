"""The work of the step schema: what drifted in a scratch target is repaired."""

import pytest

from migration.compare.schema import Difference, compare_schemas
from migration.config import LogicalDatabase
from migration.site import Site
from migration.steps import step_named


@pytest.mark.parametrize(
    "drift",
    [
        "ALTER TABLE pet ALTER COLUMN hunger DROP NOT NULL",
        "ALTER TABLE pet ADD COLUMN note text",
        "DROP TABLE pet CASCADE",
    ],
)
def test_running_it_again_repairs_what_drifted(own_site: Site, drift: str) -> None:
    (pet_game,) = (one for one in own_site.config.databases if one.name == "pet_game")
    for name in ("target", "schema"):
        step_named(name).work(own_site, lambda _line: None)
    with own_site.target(pet_game) as connection:
        connection.execute(drift.encode())
    assert differences(own_site, pet_game)
    step_named("schema").work(own_site, lambda _line: None)
    assert not differences(own_site, pet_game)


def differences(site: Site, database: LogicalDatabase) -> list[Difference]:
    with site.source(database) as source, site.target(database) as target:
        return compare_schemas(source, target, schema=database.schema)
