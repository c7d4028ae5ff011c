"""The command `transfer`, for a SQLite file without a project; the work is in `transfer.py`."""

import sys
from pathlib import Path

import click

from migration.errors import FAILED
from migration.policies import UNDECIDED
from migration.project import Project
from migration.transfer import read_decisions, transfer

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("transfer")
@click.argument("file", type=_FILE)
@click.argument("url")
@click.option("--schema", help="Schema to create in PostgreSQL (default: the file's name).")
@click.option("--decisions", type=_FILE, help="TOML file: what becomes of values that do not fit.")
@click.pass_obj
def transfer_command(project: Project, file: Path, url: str, schema: str, decisions: Path) -> None:
    """Move a SQLite file without a project.

    FILE goes into a schema of the PostgreSQL database at URL, and is proved. Needs no
    migration.toml, leaves no receipts. Exit code 0 only when everything arrived.
    """
    with project.printer.bars() as progress:
        arrived = transfer(
            file,
            url,
            schema=schema or file.stem,
            policies=read_decisions(decisions) if decisions else UNDECIDED,
            say=project.printer.say,
            progress=progress,
        )
    sys.exit(0 if arrived else FAILED)
