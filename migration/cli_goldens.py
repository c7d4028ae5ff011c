"""The commands about goldens, a part of `cli.py`; what they do is in `replay/commands.py`."""

import sys

import click

from migration.errors import FAILED
from migration.project import Project
from migration.replay import commands
from migration.replay.record import Outcome


@click.command()
@click.argument("cases", metavar="[CASE]...", nargs=-1)
@click.pass_obj
def record(project: Project, cases: tuple[str, ...]) -> None:
    """Record cases, leave pending what may be accepted.

    Every case is recorded twice on SQLite and played on PostgreSQL. No golden changes.
    """
    config = project.config()

    with project.alone(config), project.printer.working("recording") as show:

        def progress(outcome: Outcome, *, done: int, total: int) -> None:
            show(f"recording: {done} of {total}, {outcome.case.id}")

        recorded = commands.record(config, cases, progress)
    for outcome in recorded.failed:
        project.printer.say(outcome.report)
    project.printer.say(str(recorded))
    sys.exit(FAILED if recorded.failed else 0)


@click.command()
@click.argument("cases", metavar="[CASE]...", nargs=-1)
@click.option("--reason", required=True, help="Why the answers changed; kept with the goldens.")
@click.option("--new", is_flag=True, help="Accept every case that had no golden.")
@click.option("--all", "every", is_flag=True, help="Accept everything that waits.")
@click.option("--removed", is_flag=True, help="Drop goldens whose case is gone.")
@click.pass_obj
def accept(
    project: Project, cases: tuple[str, ...], reason: str, new: bool, every: bool, removed: bool
) -> None:
    """Make pending answers the golden ones.

    Exactly the recorded bytes are moved; nothing is run again.
    """
    if not (cases or new or every or removed):
        raise click.UsageError("name a CASE, or give --new, --all or --removed")
    config = project.config()
    with project.alone(config):
        names = ["*"] if every else cases
        accepted = commands.accept(config, names, reason, new=new, removed=removed)
    for name in accepted:
        project.printer.say(f"accepted {name}")
    project.printer.say(f"{len(accepted)} goldens changed")


@click.command()
@click.pass_obj
def review(project: Project) -> None:
    """Go through pending answers one change at a time."""
    config = project.config()
    with project.alone(config):
        accepted = commands.review(config)
    project.printer.say(f"{len(accepted)} goldens changed")
