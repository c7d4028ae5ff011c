"""What the report of a case that differs points at: the statement, the status, the exception."""

from datetime import UTC, datetime
from pathlib import Path

from diary import Diary, second_sqlite, write_diary

from migration.db.trace import Engine, Statement
from migration.replay.cases import Case, Step
from migration.replay.compare import Difference
from migration.replay.explain import explain
from migration.replay.observation import Exchange, Observation

NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)
CASE = Case("diary", "GET /entries", "read", "success", (Step("GET", "/entries", 200),), Path("c"))
BODY = Difference("exchanges[0].answer.json.text", "value", "a", "b")
COLUMN = Difference('exchanges[0].rows["diary.entry"].updated[0].after.text', "value", "a", "b")


def asked(engine: Engine, *statements: str, rows: int | None = None) -> Observation:
    """Return what was seen of a request that sent these statements."""
    seen = tuple(Statement(engine, "diary", sql, [7], rows, None) for sql in statements)
    exchange = Exchange("GET /entries", {}, {"status": 200}, {}, [], statements=seen)
    return Observation("c", engine, (exchange,), NOW, NOW, NOW, {})


def statement_behind(report: str) -> list[str]:
    """Return the block of the report about the statement."""
    block = next(part for part in report.split("\n\n") if part.startswith("Statement behind it"))
    return [line.strip() for line in block.splitlines()[1:]]


def parted(observed: Observation, reference: Observation) -> list[str]:
    return statement_behind(explain(CASE, [BODY], observed, reference=reference))


def test_what_a_connection_needs_is_not_where_engines_part() -> None:
    sqlite = ["PRAGMA foreign_keys = ON", "SELECT count(*) FROM sqlite_master", "BEGIN IMMEDIATE"]
    told = parted(
        asked("postgres", "", "SELECT text FROM entry", "SELECT now()"),
        asked("sqlite", *sqlite, "SELECT text FROM entry", "SELECT date()"),
    )
    assert told[0] == "SELECT now()"


def test_parameters_may_be_spelled_as_the_driver_wants_them() -> None:
    told = parted(
        asked("postgres", "SELECT text FROM entry WHERE id = %s", "SELECT 1"),
        asked("sqlite", "SELECT text FROM entry\n WHERE id = ?"),
    )
    assert told[0] == "SELECT 1"
    assert "the other engine was not asked this" in told


def test_engines_part_where_they_find_other_numbers_of_rows() -> None:
    change = "UPDATE entry SET text = '' WHERE author = 'Ann'"
    told = parted(asked("postgres", change, rows=0), asked("sqlite", change, rows=2))
    assert told[0] == change
    assert told[-2:] == ["sqlite, diary: 2 rows", "postgres, diary: 0 rows"]


def test_a_column_points_at_the_statement_that_wrote_it() -> None:
    writes = "UPDATE entry SET text = $1", "UPDATE entry SET made = $1", "SELECT text FROM share"
    assert statement_behind(explain(CASE, [COLUMN], asked("postgres", *writes)))[0] == writes[0]


def test_a_row_points_at_the_last_statement_on_its_table() -> None:
    row = Difference('exchanges[0].rows["diary.entry"]', "missing", {}, None)
    writes = "INSERT INTO entry (text) VALUES ($1)", "UPDATE share SET key = $1"
    assert statement_behind(explain(CASE, [row], asked("postgres", *writes)))[0] == writes[0]


def test_another_status_is_told_before_the_body_that_came_with_it() -> None:
    status = Difference("exchanges[0].answer.status", "value", 200, 409)
    report = explain(CASE, [BODY, status], asked("postgres"))
    assert report.splitlines()[0].endswith("on postgres: answer.status: another value")
    assert "got       409 (integer)" in report
    assert "Also different\n  answer.json.text" in report


def test_an_exception_that_the_application_answers_itself_is_shown(tmp_path: Path) -> None:
    diary: Diary = write_diary(tmp_path / "diary")
    handler = "    app.register_error_handler(Exception, lambda error: ('sorry', 500))\n"
    diary.edit(diary.app, "    return app\n", f"{handler}    return app\n")
    step = Step("GET", "/odd/error", 500, user="ann")
    with second_sqlite(diary.config) as player:
        observed = player.play(Case("odd", "GET /odd/<what>", "e", "branch", (step,), Path("c")))
    assert observed.exchanges[0].answer["text"] == "sorry"
    assert "RuntimeError: out of ink" in explain(CASE, [BODY], observed)
