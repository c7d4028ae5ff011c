"""Telling how far long work is: who works calls a `Progress`, who watches shows it.

Work in `copy` tells it table by table; the command line shows bars at a terminal.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Display
from rich.text import Text

Progress: TypeAlias = Callable[[str, int, int], None]
"""Takes what is worked on, how many of its rows are done, and how many there are in all."""

WORTH_A_BAR = 10_000


def silent(what: str, done: int, total: int) -> None:
    """Report nothing."""


class RowsPerSecond(ProgressColumn):
    """How fast the rows go by."""

    def render(self, task: Task) -> Text:
        """Return the column's text."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "", style="cyan")


class Bars:
    """A bar for each table that is large enough to wait for, while it is worked on."""

    def __init__(self, console: Console) -> None:
        self._display = Display(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
            RowsPerSecond(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._lock = Lock()

    def tell(self, what: str, done: int, total: int) -> None:
        """Show how far the work is; a bar goes when its work is done."""
        with self._lock:
            if done >= total:
                self._end(what)
            elif total >= WORTH_A_BAR:
                if what not in self._tasks:
                    self._display.start()
                    self._tasks[what] = self._display.add_task(what, total=total)
                self._display.update(self._tasks[what], completed=done)

    def close(self) -> None:
        """Take every bar away."""
        for what in list(self._tasks):
            self._end(what)

    def _end(self, what: str) -> None:
        if what in self._tasks:
            self._display.remove_task(self._tasks.pop(what))
        if not self._tasks:
            self._display.stop()


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Yield what shows bars at a terminal, and nothing elsewhere."""
    if not console.is_terminal:
        yield silent
        return
    shown = Bars(console)
    try:
        yield shown.tell
    finally:
        shown.close()
