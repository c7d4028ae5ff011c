"""The command line from outside: help, exit codes, words for mistakes, one run at a time."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tool_projects import Project, lending

from migration.cli import cli
from migration.db.server import RunningServer
from migration.evidence.lock import only_run

COMMANDS = {
    "status", "run", "check", "explain", "gate", "record", "accept", "review", "compare",
    "sql", "server", "migrate", "transfer",
}  # fmt: skip


@pytest.fixture
def library(tmp_path: Path, server: RunningServer) -> Iterator[Project]:
    """The foreign application, untouched."""
    with lending(tmp_path / "lending", server) as project:
        yield project


def every_command() -> Iterator[tuple[str, click.Command]]:
    for name, command in cli.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", part) for sub, part in command.commands.items())


def test_the_commands_are_these() -> None:
    assert set(cli.commands) == COMMANDS


@pytest.mark.parametrize(("name", "command"), list(every_command()))
def test_every_command_and_option_has_help(name: str, command: click.Command) -> None:
    assert command.help, name
    assert not command.get_short_help_str(limit=60).endswith("..."), name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["run"], "Missing argument 'STEP|all'"),
        (["run", "nonsense"], "the steps are audit, backup, target, schema, data, replay"),
        (["explain", "nonsense"], "the steps are audit, backup, target, schema, data, replay"),
        (["accept", "--new"], "Missing option '--reason'"),
        (["accept", "--reason", "why not"], "name a CASE, or give --new, --all or --removed"),
        (["--config", "nowhere.toml", "status"], "there is no such file"),
        (["record", "no such case"], "no case is named no such case"),
    ],
)
def test_a_mistake_is_told_without_a_traceback(
    library: Project, arguments: list[str], told: str
) -> None:
    answer = library.run(*arguments)
    assert answer.returncode == 2
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_settings_that_do_not_hold_are_named(library: Project) -> None:
    library.edit("migration.toml", "factory", "fabrik")
    answer = library.run("status")
    assert answer.returncode == 2
    assert "`factory` is missing" in answer.stderr


def test_a_second_run_is_refused_and_told_about_the_first(library: Project) -> None:
    folder = library.folder / ".migration" / "site"
    with only_run(folder, command="migration run data"):
        answer = library.run("run", "audit")
    assert answer.returncode == 2
    assert "another run is at work" in answer.stderr
    assert "`migration run data`" in answer.stderr


def test_a_server_that_does_not_answer_is_told_without_its_password(library: Project) -> None:
    away = Project(library.folder, "postgresql://ann:s3cret@127.0.0.1:1/nowhere")
    answer = away.run("run", "target")
    assert answer.returncode == 1
    assert "cannot connect to postgresql://ann:***@127.0.0.1:1/nowhere" in answer.stderr
    assert "s3cret" not in answer.stdout + answer.stderr


def test_some_sources_missing_are_not_made_up(library: Project) -> None:
    library.edit(
        "migration.toml",
        "[target]",
        '[databases.attic]\nsqlite = "attic.db"\nurl_env = "ATTIC_DB"\n\n[target]',
    )
    (library.folder / "shelf.db").write_bytes(b"")
    answer = library.run("run", "audit")
    assert answer.returncode == 1
    assert "attic.db is missing, but others are there" in answer.stderr


def test_without_git_a_backup_says_what_to_do(library: Project, tmp_path: Path) -> None:
    library.edit("migration.toml", "git_tag = false", "git_tag = true")
    assert library.run("run", "audit").returncode == 0
    answer = library.run("run", "backup")
    assert answer.returncode == 1
    assert "set `git_tag = false` under [backup]" in answer.stderr
    assert not (library.folder / ".migration" / "site" / "backup").exists()
    assert tmp_path in library.folder.parents


def test_output_is_plain_without_a_terminal(library: Project) -> None:
    answer = library.run("status")
    assert answer.returncode == 0
    assert "\x1b" not in answer.stdout
    assert answer.stdout.splitlines()[0].split() == ["step", "state", "reason"]


def test_the_gate_answers_in_three_ways(library: Project) -> None:
    answer = library.run("gate", "--json")
    assert answer.returncode == 2
    verdict = json.loads(answer.stdout)
    assert verdict["gate"] == "unproven"
    assert verdict["steps"][0]["command"] == "python -m migration run audit"


def test_explain_names_the_next_command(library: Project) -> None:
    answer = library.run("explain", "audit")
    assert answer.returncode == 0
    assert answer.stdout.splitlines()[1:] == [
        "state: todo (its suite has not been run)",
        "last proof: none",
        "next: python -m migration run audit",
    ]


def test_the_kept_server_is_started_stopped_and_removed(library: Project) -> None:
    embedded = Project(library.folder, "")
    try:
        started = embedded.run("server", "start")
        assert started.returncode == 0, started.stderr
        assert started.stdout.startswith("PostgreSQL 18.")
        kept = embedded.run("server", "stop")
        assert "stopped the server in" in kept.stdout
    finally:
        removed = embedded.run("server", "stop", "--remove")
    assert "no server was running" in removed.stdout
    assert not Path(removed.stdout.split("removed ")[1].strip()).exists()
