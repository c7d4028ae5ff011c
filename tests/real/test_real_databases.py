"""Databases that real programs left: each is refused by name, or arrives and is proved.

As they are, the audit tells every problem of those that need a decision; with the decisions that
it asks for, all are moved by the real command and compared value by value. The outcome is written
down in docs/real_databases.md.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from feature_projects import Source, moved, project_of
from makers import MAKERS, OF_CHROMIUM, make_all
from real_databases import EXPECTED
from tool_projects import REPOSITORY

from migration.db.server import RunningServer

PAGE = REPOSITORY / "docs" / "real_databases.md"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The databases by name."""
    return make_all(tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="module")
def at_first(
    files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, server: RunningServer
) -> Iterator[list[str]]:
    """What the audit says of them as they are."""
    sources = {name: Source(file=file) for name, file in files.items()}
    with project_of(tmp_path_factory.mktemp("first"), server, sources) as project:
        answer = project.run("run", "audit")
        assert answer.returncode == 1, answer.stdout + answer.stderr
        yield answer.stdout.splitlines()


@pytest.fixture(scope="module")
def arrived(
    files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, server: RunningServer
) -> Iterator[list[str]]:
    """What the comparison says after they were moved with what each needs."""
    sources = {
        name: Source(file=file, columns=EXPECTED[name].columns, leave_out=EXPECTED[name].leave_out)
        for name, file in files.items()
    }
    with project_of(tmp_path_factory.mktemp("moved"), server, sources) as project:
        moved(project)
        answer = project.run("compare")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        yield answer.stdout.splitlines()


def test_each_is_expected() -> None:
    assert set(EXPECTED) == {*MAKERS, *OF_CHROMIUM}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_needs_a_decision_is_named(at_first: list[str], name: str) -> None:
    expected = EXPECTED[name]
    verdict = "unfit" if expected.problems else "fit"
    assert any(line.startswith(f"audit: {name} is {verdict} ") for line in at_first)
    found = problems(at_first, name)
    for known in expected.problems:
        assert any(line.startswith(known) for line in found), (known, found)
    assert [line for line in found if not line.startswith(expected.problems)] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_it_arrives(arrived: list[str], name: str) -> None:
    (line,) = (line for line in arrived if line.startswith(f"{name}: "))
    assert line.endswith(" 0 differ")
    assert not line.startswith(f"{name}: 0 rows")


def test_the_outcome_is_written_down(at_first: list[str], arrived: list[str]) -> None:
    if os.environ.get("RENEW_DOCS") == "1":
        PAGE.write_text(page(at_first, arrived), encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8")
    for name, expected in EXPECTED.items():
        assert f"| {expected.program} |" in written, name
        for setting in settings(name):
            assert setting in written, name


def problems(printed: list[str], name: str) -> list[str]:
    """Return the problems of one database."""
    start = f"audit: {name}: problem: "
    return [line.removeprefix(start) for line in printed if line.startswith(start)]


def settings(name: str) -> list[str]:
    """Return what one database needs, as in migration.toml."""
    return [
        f'"{key}" = "{value}"'
        for table in (EXPECTED[name].columns, EXPECTED[name].leave_out)
        for key, value in table.items()
    ]


def page(at_first: list[str], arrived: list[str]) -> str:
    """Return docs/real_databases.md."""
    rows = []
    for name, expected in EXPECTED.items():
        said = [f"`{line}`" for line in shown(problems(at_first, name))] or ["fit as it is"]
        needs = [f"`{line}`" for line in settings(name)] or ["nothing"]
        (line,) = (line for line in arrived if line.startswith(f"{name}: "))
        outcome = line.removeprefix(f"{name}: ")
        cells = (expected.program, " <br> ".join(said), " <br> ".join(needs), outcome)
        rows.append("| " + " | ".join(cells) + " |")
    return _HEAD + "\n".join(rows) + "\n"


def shown(lines: list[str]) -> list[str]:
    """Return the lines, of SQLite's own about single rows only the first."""
    rows = [line for line in lines if line.startswith("foreign_key_check: ")]
    return [line for line in lines if line not in rows[1:]]


_HEAD = """\
# Databases that nobody here wrote

`make exam` runs real programs (`tests/real/programs`, Trac, Fossil, Chromium), takes the SQLite \
databases that they leave, and moves all of them with the real command. First as they are: what \
the audit asks a decision about is in the second column, each line with the setting that solves \
it. Then with the settings of the third column: every one converts, is copied, and is compared in \
full. The page is written by `RENEW_DOCS=1 .venv/bin/python -m pytest -n 0 tests/real`.

| database | what the audit says of it | what it needs in `migration.toml` | the comparison |
|---|---|---|---|
"""
