"""`python -m api`: what is done to the application's databases from the command line.

Exit codes: 0 done, 1 done with something left to look at, 2 refused or wrong usage.
"""

import json
import sys
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from api import create_app
from api.db.upgrade import Report, UpgradeError
from api.db.upgrade import upgrade as upgrade_files
from api.db.upgrade.console import Printer
from api.settings import SettingsError

REJECTED, REFUSED = 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Work on the databases of the Healing Space API."""


def _zone(_context: click.Context, _parameter: click.Parameter, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"{name!r} is no zone; give one like Europe/London.") from None


@cli.command()
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--zone",
    default="Europe/London",
    show_default=True,
    callback=_zone,
    help="The zone of the old server's clock.",
)
@click.option(
    "--clear-unreadable",
    is_flag=True,
    help="Empty profile fields that are encrypted with a lost key.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def upgrade(old: Path, new: Path, zone: ZoneInfo, clear_unreadable: bool, as_json: bool) -> None:
    """Make the databases NEW of this version out of those of the earlier application in OLD.

    OLD is only read. NEW appears when it is complete. The settings are those of the
    application, from the environment: ENCRYPTION_KEY above all. Exit code 0: every row was
    kept, or changed by a named rule; 1: some are in upgrade_rejects.db instead; 2: refused.
    """
    report = _upgraded(old, new, zone, clear_unreadable=clear_unreadable)
    if as_json:
        click.echo(json.dumps(report.plain()))
    else:
        Printer(Console(highlight=False)).report(report)
    sys.exit(REJECTED if report.rejected else 0)


def _upgraded(old: Path, new: Path, zone: ZoneInfo, *, clear_unreadable: bool) -> Report:
    errors = Console(stderr=True, highlight=False)
    try:
        with create_app().app_context(), Printer(errors).progress() as progress:
            return upgrade_files(
                old, new, zone=zone, clear_unreadable=clear_unreadable, progress=progress
            )
    except (SettingsError, UpgradeError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(REFUSED)


def main() -> NoReturn:
    """Run the command line."""
    cli.main(prog_name="python -m api")
    sys.exit(0)


if __name__ == "__main__":
    main()
