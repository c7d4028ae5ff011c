"""How far long work is: bars at a terminal, nothing elsewhere."""

from io import StringIO

from rich.console import Console
from rich.progress import Progress

from migration.progress import Bars, RowsPerSecond, bars, silent


def test_nothing_is_shown_without_a_terminal() -> None:
    with bars(Console(file=StringIO())) as progress:
        assert progress is silent


def test_a_bar_shows_how_far_the_rows_are() -> None:
    screen = StringIO()
    with bars(Console(file=screen, force_terminal=True, width=120)) as progress:
        for done in range(0, 90_000, 10_000):
            progress("messages", done, 90_000)
    shown = screen.getvalue()
    assert "messages" in shown
    assert "of 90,000" in shown


def test_the_speed_is_in_rows_a_second() -> None:
    clock = iter(range(100))
    display = Progress(get_time=lambda: float(next(clock)))
    task = display.add_task("messages", total=1_000_000)
    for _ in range(5):
        display.update(task, advance=30_000)
    assert str(RowsPerSecond().render(display.tasks[0])).endswith(",000 rows/s")


def test_small_tables_flash_no_bar() -> None:
    screen = StringIO()
    shown = Bars(Console(file=screen, force_terminal=True))
    shown.tell("settings", 0, 20)
    shown.tell("settings", 20, 20)
    shown.close()
    assert "settings" not in screen.getvalue()
