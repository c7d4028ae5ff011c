"""The work of the step audit, on scratch sources that the tests damage."""

from contextlib import closing

import pytest

from migration.db import open_sqlite
from migration.site import Site
from migration.steps.audit import FIT, UNFIT, examine


@pytest.mark.parametrize(
    ("database", "damage", "problem"),
    [
        (
            "therapist_app",
            "UPDATE mood_logs SET username = 'nobody' WHERE id = 1",
            "foreign_key_check: row",
        ),
        ("therapist_app", "UPDATE mood_logs SET log_date = '1 May' WHERE id = 1", "mood_logs"),
        ("pet_game", "UPDATE pet SET hunger = 'much' WHERE id = 1", "pet.hunger"),
    ],
)
def test_a_source_that_cannot_be_moved_is_unfit(
    own_site: Site, database: str, damage: str, problem: str
) -> None:
    (meant,) = (one for one in own_site.config.databases if one.name == database)
    assert examine(own_site, meant).verdict == FIT
    with closing(open_sqlite(meant.sqlite, readonly=False)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(damage)
    audit = examine(own_site, meant)
    assert audit.verdict == UNFIT
    assert any(problem in line for line in audit.problems), audit.problems
