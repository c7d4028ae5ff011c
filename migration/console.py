"""What the command line prints: lines, the table of steps, errors. Commands are in `cli.py`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

from migration.errors import MigrationError, masked
from migration.evidence.judge import State, Status
from migration.progress import Progress, bars

_WIDTH_WITHOUT_TERMINAL = 110
_STYLES = {State.DONE: "green", State.STALE: "yellow", State.TODO: "cyan", State.FAILED: "red"}


class Printer:
    """Prints for a person at a terminal, and plainly everywhere else."""

    def __init__(self) -> None:
        self._out = _console(stderr=False)
        self._errors = _console(stderr=True)

    def say(self, line: str) -> None:
        """Print one line, taken literally."""
        self._out.print(Text(masked(line)), soft_wrap=True)

    def error(self, error: MigrationError) -> None:
        """Print what was tried, why it failed and what to do."""
        self._errors.print(Text(f"Error: {error}"), soft_wrap=True)

    def steps(self, statuses: Sequence[Status]) -> None:
        """Print the table of steps."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("step", "state", "reason"):
            table.add_column(heading, overflow="fold")
        for status in statuses:
            state = Text(status.state, style=_STYLES[status.state])
            table.add_row(status.step, state, Text(masked(status.reason)))
        self._out.print(table)

    @contextmanager
    def working(self, what: str) -> Iterator[Callable[[str], None]]:
        """Turn a wheel beside `what` at a terminal; yield the function that changes the words."""
        if not self._out.is_terminal:
            yield lambda _what: None
            return
        with self._out.status(Text(what)) as wheel:
            yield lambda what: wheel.update(Text(what))

    def bars(self) -> AbstractContextManager[Progress]:
        """Show how far long work is, at a terminal."""
        return bars(self._out)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    return console
