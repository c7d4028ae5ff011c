"""Statements that nobody executed, cannot be told or were sent unseen turn the replay red.

What is judged is tried on invented texts; that it is judged at all, and only by a run that played
everything, on the street library with the real commands.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tool_projects import REPOSITORY, Project, lending

from migration.config import Exclusion
from migration.config_file import load
from migration.db.server import RunningServer
from migration.errors import ConfigError
from migration.evidence.suite import packaged_suite, required_checks
from migration.sql.coverage import Inventory, judge, sort_out
from migration.sql.extract import Extraction, Place, Text, Unresolved
from migration.sql.text import normal
from migration.testing import PLUGINS
from migration.testing.sent import CHECK, Notes

SHOWN = Text(Place("shop/books.py", 4, "show"), "SELECT id\n  FROM book WHERE id = ?")
ADDED = Text(Place("shop/books.py", 9, "Shelf.add"), "INSERT INTO book (title) VALUES (?)")
CLEANED = Text(Place("shop/cli.py", 2, "clean"), "DELETE FROM book")
OPEN = Unresolved(Place("shop/search.py", 7, "search"), "`words` is not known", "use constants")


def inventory(*exclusions: Exclusion) -> Inventory:
    return sort_out(Extraction((SHOWN, ADDED, CLEANED), (OPEN,)), exclusions)


def left_out(place: str = "", text: str = "") -> Exclusion:
    return Exclusion(place, text, "no request gets there")


SEARCHED, CLEANING = left_out("shop/search.py:search"), left_out("shop/cli.py")
EVERYTHING = {
    "sqlite": {"SELECT id FROM book WHERE id = ?", "INSERT INTO book (title) VALUES (?)"},
    "postgres": {"SELECT id FROM book WHERE id = ?", "INSERT INTO book (title) VALUES (?)"},
}


def test_what_was_executed_on_both_engines_is_covered() -> None:
    coverage = judge(inventory(SEARCHED, CLEANING), EVERYTHING)
    assert coverage.problems() == []
    assert coverage.summary() == (
        "2 statements: 2 on sqlite, 2 on postgres; 0 not resolved, 1 left out on purpose"
    )


def test_what_one_engine_never_saw_is_named_with_its_place() -> None:
    executed = {**EVERYTHING, "postgres": {"SELECT id FROM book WHERE id = ?"}}
    assert judge(inventory(SEARCHED, CLEANING), executed).problems() == [
        "shop/books.py:9  INSERT INTO book (title) VALUES (?)  [not on postgres]"
    ]


def test_what_cannot_be_told_counts_as_not_covered() -> None:
    assert judge(inventory(CLEANING), EVERYTHING).problems() == [
        "shop/search.py:7  not resolved: `words` is not known; use constants"
    ]


def test_what_was_sent_but_not_found_shows_a_gap() -> None:
    executed = {**EVERYTHING, "sqlite": EVERYTHING["sqlite"] | {"SELECT 1", "PRAGMA x = 1"}}
    settings = left_out(text="PRAGMA *")
    assert judge(inventory(SEARCHED, CLEANING, settings), executed).problems() == [
        "sent, but not found in the sources: SELECT 1"
    ]


@pytest.mark.parametrize(
    "idle",
    [
        left_out("shop/gone.py"),
        left_out("shop/books.py:gone"),
        left_out("shop/books"),
        left_out("shop/books.py:Shelf.ad"),
        left_out(text="VACUUM*"),
    ],
    ids=lambda exclusion: exclusion.what,
)
def test_an_exclusion_that_leaves_nothing_out_is_to_be_removed(idle: Exclusion) -> None:
    assert judge(inventory(SEARCHED, CLEANING, idle), EVERYTHING).problems() == [
        f"[[sql.exclude]] {idle.what} leaves nothing out; remove it"
    ]


@pytest.mark.parametrize("place", ["shop", "shop/books.py", "shop/books.py:Shelf"])
def test_a_folder_a_file_or_a_class_can_be_left_out(place: str) -> None:
    found = inventory(left_out(place))
    assert ADDED.sql not in {statement.sql for statement in found.demanded}


def test_one_statement_in_two_spellings_is_one() -> None:
    texts = (SHOWN, Text(Place("shop/pg.py", 1), "SELECT id FROM book WHERE id = %s; -- one"))
    (statement,) = sort_out(Extraction(texts, ()), ()).statements
    assert [str(place) for place in statement.places] == ["shop/books.py:4", "shop/pg.py:1"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (" SELECT\n  1 ;\n", "SELECT 1"),
        ("SELECT 'a  b', \"c  d\"", "SELECT 'a  b', \"c  d\""),
        ("SELECT 'it''s  so'", "SELECT 'it''s  so'"),
        ("SELECT 1 -- of two\n, 2 /* of\n two */", "SELECT 1 , 2"),
        ("x = %s AND y = %(why)s", "x = ? AND y = :why"),
        ("x LIKE '%%a' AND y %% 2 = 1", "x LIKE '%a' AND y % 2 = 1"),
        ("x = $1 AND y = $12", "x = $1 AND y = $12"),
    ],
)
def test_spelling(sql: str, expected: str) -> None:
    assert normal(sql) == expected


def test_notes_of_several_workers_add_up() -> None:
    notes = Notes({"sqlite": {"a"}}, {"sqlite": {"SELECT 1"}})
    notes.add(Notes({"sqlite": {"b"}, "postgres": {"a"}}, {"sqlite": {"SELECT 2"}}).packed())
    assert notes.played == {"sqlite": {"a", "b"}, "postgres": {"a"}}
    assert notes.executed == {"sqlite": {"SELECT 1", "SELECT 2"}}


@pytest.mark.parametrize(
    "entry", ['place = "shop"', 'reason = "r"', 'reason = "r"\nplace = "shop"\ntext = "SELECT*"']
)
def test_an_exclusion_says_what_and_why(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "migration.toml"
    text = (REPOSITORY / "migration.toml").read_text(encoding="utf-8")
    file.write_text(text.replace("[replay]\n", f"[[sql.exclude]]\n{entry}\n\n[replay]\n", 1))
    with pytest.raises(ConfigError, match=r"sql\.exclude"):
        load(file)


def test_no_proof_of_the_replay_is_complete_without_the_check() -> None:
    assert CHECK in required_checks("replay")


# The street library, by the real commands


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, server: RunningServer) -> Iterator[Project]:
    """The library with its goldens."""
    with lending(tmp_path_factory.mktemp("sql") / "library", server) as project:
        for command in (["record"], ["accept", "--new", "--reason", "as it answers today"]):
            answer = project.run(*command)
            assert answer.returncode == 0, answer.stdout + answer.stderr
        yield project


def replayed(library: Project, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the packaged suite as the step does, with further options."""
    plugins = [part for plugin in PLUGINS for part in ("-p", plugin)]
    suite = packaged_suite("replay")
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins),
            *("-c", str(suite.with_name("pytest.ini")), "--noconftest"),
            *(f"--rootdir={library.folder}", "--migration-site=real", *options, str(suite)),
            f"--migration-config={library.folder / 'migration.toml'}",
        ],
        cwd=library.folder,
        env={"PATH": "", "PYTHONPATH": str(REPOSITORY), "TEST_DATABASE_URL": library.target_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_replay_judges_all_workers_together_and_a_part_not_at_all(library: Project) -> None:
    complete = replayed(library, "-n", "2")
    assert complete.returncode == 0, complete.stdout
    assert "12 statements: 12 on sqlite, 12 on postgres; 0 not resolved" in complete.stdout

    library.edit(
        "lending/app.py",
        '    store.query("UPDATE loan SET returned = ? WHERE id = ?"',
        "    if request.args.get('sort'):\n"
        "        store.query('SELECT id FROM loan ORDER BY due, id')\n"
        "        store.query('SELECT id FROM loan ORDER BY ' + request.args['sort'])\n"
        '    store.query("UPDATE loan SET returned = ? WHERE id = ?"',
    )
    part = replayed(library, "-n", "0", "-k", "not shelf and POST")
    assert part.returncode == 0, part.stdout
    assert CHECK not in part.stdout

    for workers in ("0", "2"):
        whole = replayed(library, "-n", workers)
        assert whole.returncode == 1, whole.stdout
        assert f"FAILED migration/suites/replay.py::{CHECK}" in whole.stdout
        assert "1 failed" in whole.stdout
        assert "lending/app.py:144  SELECT id FROM loan ORDER BY due, id" in whole.stdout
        assert "[not on sqlite, postgres]" in whole.stdout
        assert "lending/app.py:145  not resolved: `request" in whole.stdout

    listed = library.run("sql")
    assert listed.returncode == 1
    assert "14 statements at 14 places, 1 not resolved" in listed.stdout

    proved = library.run("check", "replay")
    assert proved.returncode == 1
    assert f"replay: not proved: {CHECK} failed" in proved.stdout
    assert "lending/app.py:144" in proved.stdout
