"""The work of the step data: a scratch target is filled again."""

from migration.compare.data import compare_data
from migration.site import Site
from migration.steps import step_named


def test_running_it_again_replaces_what_was_there(own_site: Site) -> None:
    for name in ("target", "schema", "data"):
        step_named(name).work(own_site, lambda _line: None)
    (pet_game,) = (one for one in own_site.config.databases if one.name == "pet_game")
    with own_site.target(pet_game) as connection:
        connection.execute("UPDATE pet SET hunger = 1")
    step_named("data").work(own_site, lambda _line: None)
    with own_site.source(pet_game) as source, own_site.target(pet_game) as target:
        assert compare_data(source, target, schema=pet_game.schema).identical
