"""The work of the step data: filled again, gone on with, refused where data name somebody."""

from dataclasses import replace

import pytest

from migration.compare.data import compare_data
from migration.config import LogicalDatabase
from migration.db import open_sqlite
from migration.errors import CopyError, Unproven
from migration.site import Site
from migration.steps import step_named
from migration.steps.privacy import named_in_source, named_in_target


def work(site: Site, *names: str) -> list[str]:
    """Do the work of steps and return what they say."""
    said: list[str] = []
    for name in names:
        step_named(name).work(site, said.append)
    return said


def database(site: Site, name: str) -> LogicalDatabase:
    (found,) = (one for one in site.config.databases if one.name == name)
    return found


def test_running_it_again_replaces_what_was_there(own_site: Site) -> None:
    work(own_site, "target", "schema", "data")
    pet_game = database(own_site, "pet_game")
    with own_site.target(pet_game) as connection:
        connection.execute("UPDATE pet SET hunger = 1")
    work(own_site, "data")
    with own_site.source(pet_game) as source, own_site.target(pet_game) as target:
        assert compare_data(source, target, schema=pet_game.schema).identical


def test_an_unfinished_copy_goes_on_and_one_begun_otherwise_begins_anew(own_site: Site) -> None:
    work(own_site, "target", "schema", "data")
    pet_game = database(own_site, "pet_game")
    with own_site.target() as connection:
        connection.execute("UPDATE migration.copies SET stage = 'keyed'")
        connection.execute(
            "UPDATE migration.copies SET inputs = '{}' WHERE schema_name = 'ai_training_data'"
        )
    said = "\n".join(work(own_site, "data"))
    assert "going on with the copy of pet_game that was begun earlier" in said
    assert "beginning anew: it was begun otherwise: the decisions" in said
    with own_site.source(pet_game) as source, own_site.target(pet_game) as target:
        assert compare_data(source, target, schema=pet_game.schema).identical


NAMED = [
    ("message_content", "Then GRACE Wend came", "users.full_name"),
    ("message_content", "ask ADA about it", "users.username"),
    ("message_content", "write to ada@example.org", "users.email"),
    ("assessment_severity", "call +44 1632 960115 today", "users.phone"),
]


@pytest.mark.parametrize(("column", "text", "known_from"), NAMED)
def test_pseudonymous_data_that_name_somebody_are_not_copied(
    own_site: Site, column: str, text: str, known_from: str
) -> None:
    work(own_site, "target", "schema")
    training = database(own_site, "ai_training_data")
    source = open_sqlite(training.sqlite, readonly=False)
    source.execute(f"UPDATE training_chats SET {column} = ? WHERE id = 2", [text])
    source.close()
    with pytest.raises(CopyError) as refusal:
        work(own_site, "data")
    place = f"ai_training_data.training_chats.{column} (id=2)"
    assert f"{place} holds a value of therapist_app.{known_from}" in str(refusal.value)
    assert text not in str(refusal.value)
    with own_site.target(training) as target:
        assert target.execute("SELECT count(*) FROM training_chats").fetchone() == (0,)


def test_what_names_somebody_in_the_target_is_found_too(own_site: Site) -> None:
    work(own_site, "target", "schema", "data")
    assert list(named_in_target(own_site)) == list(named_in_source(own_site)) == []
    with own_site.target(database(own_site, "ai_training_data")) as target:
        target.execute(
            """UPDATE training_patterns SET pattern_data = '["met\\nAda"]' WHERE id = 2"""
        )
    assert [str(found) for found in named_in_target(own_site)] == [
        "ai_training_data.training_patterns.pattern_data (id=2)"
        " holds a value of therapist_app.users.username"
    ]


def test_protected_columns_that_nobody_can_read_prove_nothing(own_site: Site) -> None:
    app = replace(own_site.config.app, read_protected=None)
    site = replace(own_site, config=replace(own_site.config, app=app))
    with pytest.raises(Unproven, match=r"users\.full_name is protected"):
        work(site, "data")
