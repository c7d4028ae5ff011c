"""The work of the step audit, on scratch sources that the tests damage."""

from collections.abc import Callable
from contextlib import closing

import pytest

from migration.db import CannotConnect, open_sqlite
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


def broken(content: bytes) -> bytes:
    """Overwrite a page in the middle."""
    place = len(content) // 2 // 4096 * 4096
    return content[:place] + b"\xff" * 4096 + content[place + 4096 :]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [(broken, "integrity_check: "), (lambda _: b"", "it declares no table: it is empty")],
)
def test_a_file_that_lost_its_content_is_unfit(
    own_site: Site, damage: Callable[[bytes], bytes], problem: str
) -> None:
    database = own_site.config.databases[0]
    database.sqlite.write_bytes(damage(database.sqlite.read_bytes()))
    audit = examine(own_site, database)
    assert audit.verdict == UNFIT
    assert audit.problems[0].startswith(problem)


def test_declarations_that_cannot_be_read_end_the_audit(own_site: Site) -> None:
    database = own_site.config.databases[0]
    content = database.sqlite.read_bytes()
    database.sqlite.write_bytes(content.replace(b"CREATE TABLE", b"CREATE TABEL"))
    with pytest.raises(CannotConnect, match="cannot open the SQLite database"):
        examine(own_site, database)
