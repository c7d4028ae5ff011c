"""Every route and method of the application has the cases that it needs.

What a route needs follows from the application itself: its URL map, and what its view declares of
caller, body and query (`api/web.py`). Reasons under `left_out` count only where nothing follows.
"""

from collections.abc import Mapping, Set

import pytest
from declared import NAMES_A_PERSON, Declared, declared_routes
from flask import Flask

from migration.config import Config
from migration.replay import app as application
from migration.replay.cases import WRITING, RouteCases, load_routes
from migration.replay.routes import Route, load_table


@pytest.fixture(scope="module")
def app(migration_config: Config) -> Flask:
    return application.build(migration_config, ids_seed="coverage")


@pytest.fixture(scope="module")
def declared(app: Flask) -> list[Declared]:
    return declared_routes(app)


@pytest.fixture(scope="module")
def entries(migration_config: Config) -> dict[str, RouteCases]:
    return {entry.route: entry for entry in load_routes(migration_config.replay.cases)}


@pytest.fixture(scope="module")
def table(migration_config: Config) -> dict[str, Route]:
    return load_table(migration_config.replay.routes)


def needed(route: Declared) -> Set[str]:
    """Return the kinds of case that a route cannot be without."""
    needs = {
        "success": True,
        "twice": True,
        "no-session": route.info.auth.login,
        "wrong-role": route.info.auth.roles is not None,
        "other-person": route.info.auth.login and bool(route.fields & NAMES_A_PERSON),
        "no-csrf": route.info.csrf and route.method in WRITING,
        "malformed": route.info.body is not None,
        "invalid": bool(route.fields),
        "not-found": route.has_variable,
    }
    return {kind for kind, is_needed in needs.items() if is_needed}


def wanted(route: Declared) -> Set[str]:
    """Return the kinds that a route has unless its entry gives a reason."""
    about_an_object = route.info.auth.login and route.has_variable
    return needed(route) | ({"other-person"} if about_an_object else set())


def test_every_view_declares_what_it_takes(declared: list[Declared]) -> None:
    """A view without a declaration goes past the checks of the pipeline."""
    assert [route.name for route in declared if route.info is None] == []


def test_every_route_has_its_cases(
    declared: list[Declared], entries: Mapping[str, RouteCases]
) -> None:
    """Lines name what is missing, and reasons given where none is accepted."""
    faults = []
    for route in declared:
        entry = entries.get(route.name)
        if entry is None:
            faults.append(f"{route.name}: has no cases at all")
            continue
        kinds = {case.kind for case in entry.cases}
        faults += [
            f"{route.name}: may not leave out {kind}"
            for kind in sorted(needed(route) & set(entry.left_out))
        ]
        faults += [
            f"{route.name}: lacks a case of the kind {kind}"
            for kind in sorted(wanted(route) - kinds - set(entry.left_out))
        ]
    assert not faults, "\n".join(faults)


def test_no_case_is_for_a_route_that_is_gone(
    declared: list[Declared], entries: Mapping[str, RouteCases], table: Mapping[str, Route]
) -> None:
    """A case that the router answers proves nothing."""
    names = {route.name for route in declared}
    assert sorted(set(entries) - names) == []
    assert sorted(set(table) - names) == []


def test_the_table_of_routes_agrees_with_the_application(
    declared: list[Declared], table: Mapping[str, Route]
) -> None:
    """The table is written by hand from the facts; who may call is declared in the code as well."""
    differing = [
        (route.name, table[route.name].auth if route.name in table else "not there", auth_of(route))
        for route in declared
        if route.name not in table or table[route.name].auth != auth_of(route)
    ]
    assert not differing, "\n".join(map(str, differing))


def auth_of(route: Declared) -> str:
    """Return who may call a route, in the words of the table."""
    if not route.info.auth.login:
        return "public"
    return "any" if route.info.auth.roles is None else " or ".join(sorted(route.info.auth.roles))
