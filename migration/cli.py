"""The command line. Each command is a few lines; what it does is in the module that it calls.

Exit codes: 0 pass, 1 fail, 2 unproven or wrong usage. Steps: `steps/flow.py`; the gate: `gate.py`;
goldens: `cli_goldens.py`; SQL texts: `cli_sql.py`; a file without a project: `cli_transfer.py`;
printing: `console.py`.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import NoReturn

import click

from migration.cli_goldens import accept, record, review
from migration.cli_sql import sql
from migration.cli_transfer import transfer_command
from migration.console import Printer
from migration.db.server import kept_folder, stop_kept
from migration.errors import FAILED, MigrationError
from migration.evidence.judge import State, Status
from migration.evidence.suite import required_checks
from migration.gate import EXIT_CODES, ask, command, reprove
from migration.project import Project
from migration.site import Site, locate
from migration.steps import STEPS, flow, step_named
from migration.steps.parity import differences
from migration.steps.step import Step

ALL = "all"
_REPLACE = click.option(
    "--replace", is_flag=True, help="Allow to empty what a given target already holds."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("migration.toml"),
    show_default=True,
    help="The project's settings.",
)
@click.pass_context
def cli(context: click.Context, config: Path) -> None:
    """Move a Flask application from SQLite to PostgreSQL, each step done only by its suite."""
    context.obj = Project(config, Printer())


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
@click.pass_obj
def status(project: Project, as_json: bool) -> None:
    """Show how far each step is, and why. Only looks."""
    found = flow.statuses(project.look())
    if as_json:
        click.echo(json.dumps({"steps": [_plain(status) for status in found]}))
    else:
        project.printer.steps(found)


@cli.command()
@click.argument("step", metavar="STEP|all")
@_REPLACE
@click.pass_obj
def run(project: Project, step: str, replace: bool) -> None:
    """Do the work of a step, then prove it.

    `all` passes over what is done.
    """
    steps = _chosen(step)
    with project.work(steps, replace=replace) as site:
        for one in steps:
            if step != ALL or _status(one, site).state is not State.DONE:
                _run(project, one, site)
        project.printer.steps(flow.statuses(site))


@cli.command()
@click.argument("step", metavar="STEP|all")
@click.pass_obj
def check(project: Project, step: str) -> None:
    """Prove a step by its suite, without doing its work again."""
    steps = _chosen(step)
    with project.work(steps) as site:
        for one in steps:
            _check(project, one, site)


@cli.command()
@click.argument("step")
@click.pass_obj
def explain(project: Project, step: str) -> None:
    """Say why a step is not done and which command is next. Only looks."""
    one = step_named(step)
    site = project.look()
    found = _status(one, site)
    say = project.printer.say
    say(f"{one.name}: {one.purpose}")
    say(f"state: {found.state}" + (f" ({found.reason})" if found.reason else ""))
    for line in flow.history(one, site):
        say(line)
    for change in found.changed:
        say(f"  changed: {change}")
    following = command(found)
    if found.state is State.FAILED:
        following = f"python -m migration run {one.name}, once the cause is mended"
    say(f"next: {following or 'nothing, the step is done'}")


@cli.command()
@click.option("--reprove", "again", is_flag=True, help="Run every suite, believe no receipt.")
@click.option("--committed", is_flag=True, help="Judge only what the repository itself proves.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
@click.pass_obj
def gate(project: Project, again: bool, committed: bool, as_json: bool) -> None:
    """Answer pass (exit 0), fail (1) or unproven (2)."""
    if again:
        say = _nothing if as_json else project.printer.say
        config = project.config()
        with project.alone(config), project.printer.working("proving again"):
            site = locate(config, os.environ, start_server=not committed)
            verdict = reprove(site, say, committed=committed)
    else:
        verdict = ask(project.look(), committed=committed)
    if as_json:
        steps = [{**_plain(s), "command": command(s)} for s in verdict.statuses]
        click.echo(json.dumps({"gate": verdict.answer, "steps": steps}))
    else:
        project.printer.steps(verdict.statuses)
        project.printer.say(f"gate: {verdict.answer}")
        for found in verdict.statuses:
            if command(found):
                project.printer.say(f"  {found.step}: {command(found)}")
    sys.exit(EXIT_CODES[verdict.answer])


@cli.command()
@_REPLACE
@click.pass_obj
def migrate(project: Project, replace: bool) -> None:
    """Do what is not done, prove every step.

    Says which server it uses and ends with the table of steps.
    """
    with project.work(replace=replace) as site:
        project.printer.say(f"server: {site.need_server()}")
        try:
            for step in STEPS:
                if _status(step, site).state is State.DONE:
                    _check(project, step, site)
                else:
                    _run(project, step, site)
        finally:
            project.printer.steps(flow.statuses(site))


@cli.command()
@click.option("--full", is_flag=True, help="Compare every row of large tables, not a sample.")
@click.pass_obj
def compare(project: Project, full: bool) -> None:
    """Compare source and target as they are now.

    Declarations, rows, sequences, and the bytes that were sent. Only looks.
    """
    found = 0
    for line in differences(project.look(), project.printer.say, full=full):
        project.printer.say(f"  {line}")
        found += 1
    project.printer.say(f"{found} differences")
    sys.exit(FAILED if found else 0)


@cli.group()
def server() -> None:
    """Start or stop this project's embedded PostgreSQL."""


@server.command()
@click.pass_obj
def start(project: Project) -> None:
    """Start it where it is not running, and say where it is."""
    site = locate(project.config(), os.environ, start_server=True)
    project.printer.say(str(site.need_server()))


@server.command()
@click.option("--remove", is_flag=True, help="Remove its data too.")
@click.pass_obj
def stop(project: Project, remove: bool) -> None:
    """Stop it and keep its data."""
    folder = kept_folder(project.config().root)
    ended = stop_kept(folder)
    project.printer.say(f"stopped the server in {folder}" if ended else "no server was running")
    if remove and folder.exists():
        shutil.rmtree(folder)
        project.printer.say(f"removed {folder}")


for other_command in (record, accept, review, sql, transfer_command):
    cli.add_command(other_command)


def main() -> NoReturn:
    """Run the command line; an error of ours ends with its words and exit code, no traceback."""
    try:
        cli.main(prog_name="python -m migration")
    except MigrationError as error:
        Printer().error(error)
        sys.exit(error.exit_code)
    sys.exit(0)


def _chosen(name: str) -> Sequence[Step]:
    return STEPS if name == ALL else [step_named(name)]


def _status(step: Step, site: Site) -> Status:
    return next(status for status in flow.statuses(site) if status.step == step.name)


def _run(project: Project, step: Step, site: Site) -> None:
    with project.printer.working(step.purpose):
        flow.assert_needs(step, site)
        step.work(site, project.printer.say)
    _check(project, step, site)


def _check(project: Project, step: Step, site: Site) -> None:
    """Prove a step and say how it went; a proof that fails ends the command."""
    with project.printer.working(f"proving {step.name}"):
        receipt = flow.check(step, site, project.printer.say)
    why = receipt.fault(required=required_checks(step.name))
    if why:
        project.printer.say(f"{step.name}: not proved: {why}")
        for name, told in receipt.failures.items():
            project.printer.say(indent(f"{name}: {told}", "  "))
        sys.exit(FAILED)
    project.printer.say(f"{step.name}: proved by {len(receipt.tests)} tests")


def _nothing(_line: str) -> None:
    """Say nothing."""


def _plain(status: Status) -> dict[str, str]:
    return {"step": status.step, "state": status.state, "reason": status.reason}
