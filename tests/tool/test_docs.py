"""README.md names every command with its options, every step and every make target it speaks of."""

import re

import click
import pytest
from tool_projects import REPOSITORY

from migration.cli import cli
from migration.steps import STEPS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def row(name: str) -> str:
    """Return the table row that begins with a name."""
    found = re.search(rf"^\| `{name}\b.*$", README, re.MULTILINE)
    assert found, f"README.md has no row for {name}"
    return found[0]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_is_there(name: str) -> None:
    command = cli.commands[name]
    parts = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    for part in parts:
        assert str(part.name) in row(name)
        for parameter in part.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in row(name)


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_every_step_is_there(step: str) -> None:
    assert row(step).count("|") == 4


def test_make_targets_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make (\w+)", README))
    assert {"migrate", "test", "clean"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_paths_exist() -> None:
    generated = {
        ".venv/bin",
        ".migration/replay.json",
        ".migration/site/",
        "fixtures/goldens/MANIFEST",
    }
    paths = set(re.findall(r"`([\w.]+/[\w./]*)`", README)) - generated
    paths |= set(re.findall(r"\]\(([\w./]+)\)", README))
    beside = {"copy/": "migration/copy", "compare/": "migration/compare"}
    suites = ("compat/", "steps/", "tool/", "fuzz/", "scenarios/")
    beside |= {name: f"tests/{name}" for name in suites}
    for path in paths:
        assert (REPOSITORY / beside.get(path, path)).exists(), path
