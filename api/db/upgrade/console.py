"""What an upgrade prints: progress and the whole report at a terminal, a few lines elsewhere."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from api.db.upgrade.move import Progress as Told
from api.db.upgrade.report import Report, TableReport

COLOURS = {"changed": "yellow", "rejected": "red"}
LOOK = "SELECT table_name, row_key, rule, reason FROM upgrade_rejects"


class Printer:
    """Prints for a person at a terminal, and sparingly everywhere else."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def progress(self) -> Iterator[Told]:
        """Show, at a terminal, which table is on its way; yield what is to be told of it."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        quiet = not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=quiet) as bars:
            bar = bars.add_task("")
            yield lambda table, done, total: bars.update(
                bar, description=table, completed=done, total=total
            )

    def report(self, report: Report) -> None:
        """Print the outcome."""
        if self._console.is_terminal:
            self._console.print(_table(report), _legend(report), sep="\n\n")
        else:
            for line in _totals(report):
                self._say(line)
        for note in report.notes:
            self._say(note)
        self._say(f"The new databases are in {report.new}.")
        if report.rejected:
            self._say(
                f"{report.rejected} rows were not stored; each is kept, with the reason, in"
                f" upgrade_rejects of {report.rejects}. To look at them:"
            )
            self._say(f'  sqlite3 {report.rejects} "{LOOK}"')

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def _table(report: Report) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("table")
    for heading in ("rows", "kept", "changed", "rejected"):
        grid.add_column(heading, justify="right")
    for table in report.tables:
        if table.rows:
            numbers = (table.rows, table.kept, table.changed, table.rejected)
            grid.add_row(f"{table.database}.{table.table}", *map(str, numbers))
        for rule in table.rules:
            name = Text(f"  {rule.rule}", style=COLOURS[rule.outcome])
            under = {rule.outcome: Text(str(rule.rows), style=COLOURS[rule.outcome])}
            grid.add_row(name, "", "", under.get("changed", ""), under.get("rejected", ""))
    return grid


def _legend(report: Report) -> Table:
    grid = Table(box=None, pad_edge=False, show_header=False)
    used = {(rule.rule, rule.does) for table in report.tables for rule in table.rules}
    for row in sorted(used):
        grid.add_row(*row)
    return grid


def _totals(report: Report) -> Iterator[str]:
    for database in dict.fromkeys(table.database for table in report.tables):
        tables = [table for table in report.tables if table.database == database]
        total = sum((_numbers(table) for table in tables), Counter())
        yield (
            f"{database}: {total['rows']} rows: {total['kept']} kept,"
            f" {total['changed']} changed by a rule, {total['rejected']} rejected"
        )


def _numbers(table: TableReport) -> Counter[str]:
    return Counter(rows=table.rows, kept=table.kept, changed=table.changed, rejected=table.rejected)
