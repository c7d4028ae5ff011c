"""The command about SQL texts, a part of `cli.py`; how they are found is in `sql/extract.py`."""

import json
import sys
from dataclasses import asdict

import click

from migration.errors import FAILED
from migration.project import Project
from migration.sql.coverage import Inventory, Statement, take_inventory
from migration.sql.extract import Unresolved


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
@click.pass_obj
def sql(project: Project, as_json: bool) -> None:
    """List every SQL statement of the sources by file and line.

    Fails when one cannot be told. Only looks; whether each is executed is checked by `replay`.
    """
    inventory = take_inventory(project.config())
    if as_json:
        click.echo(json.dumps(_plain(inventory)))
    else:
        _print(project, inventory)
    sys.exit(FAILED if inventory.unresolved else 0)


def _print(project: Project, inventory: Inventory) -> None:
    say = project.printer.say
    for statement in inventory.statements:
        say(" ".join(map(str, statement.places)) + _reason(statement))
        say(f"    {statement.sql}")
    for unresolved in inventory.unresolved:
        say(f"{unresolved.place}  not resolved: {unresolved.why}")
        say(f"    {unresolved.remedy}")
    for exclusion in inventory.exclusions:
        say(f"left out: {exclusion.what}")
        say(f"    {exclusion.reason}")
    variants = len(inventory.statements)
    places = {place for statement in inventory.statements for place in statement.places}
    say(
        f"{variants} statements at {len(places)} places,"
        f" {len(inventory.unresolved)} not resolved,"
        f" {variants - len(inventory.demanded)} left out on purpose"
    )


def _reason(statement: Statement) -> str:
    return "" if statement.excluded is None else f"  (left out: {statement.excluded})"


def _plain(inventory: Inventory) -> dict[str, object]:
    return {
        "statements": [
            {"sql": s.sql, "places": [asdict(p) for p in s.places], "excluded": s.excluded}
            for s in inventory.statements
        ],
        "unresolved": [_unresolved(unresolved) for unresolved in inventory.unresolved],
        "exclusions": [asdict(exclusion) for exclusion in inventory.exclusions],
    }


def _unresolved(unresolved: Unresolved) -> dict[str, object]:
    return {**asdict(unresolved.place), "why": unresolved.why, "remedy": unresolved.remedy}
