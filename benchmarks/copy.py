"""How fast the copy is, side by side with others in one run, and what it costs as data grow.

Each way of `copy_ways.py` runs in a fresh process, on tables made anew, in changing order, so that
the machine's mood hits all of them alike; afterwards the rows are compared with those of the first.
What is missing here (pgloader, DuckDB, the compiled packer) is left out and named. Shown are the
medians: wall seconds, seconds of processor in client and server, peak memory of the client.

    .venv/bin/python -m benchmarks.copy
    .venv/bin/python -m benchmarks.copy --scale 0.1 --rounds 1
    .venv/bin/python -m benchmarks.copy --plot growth.svg --sizes 10000 1000000 --rounds 1

DuckDB is looked for in this environment, or in the one of the Python that DUCKDB_PYTHON names
(`pip install -r benchmarks/requirements.txt`); pgloader is the one on the PATH.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.copy_data import ROWS, build
from benchmarks.copy_plot import Curve, write_plot
from benchmarks.copy_ways import READY_MADE, WAYS, tables_ddl, write_binary
from migration.copy import native
from migration.db.clone import create_database, drop, fresh_name
from migration.db.embedded import find
from migration.db.server import RunningServer, start
from migration.schema.apply import apply

LIMIT, *_, LAST = WAYS
SEED = 20260204
TICKS = os.sysconf("SC_CLK_TCK")
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    client: float
    server: float
    megabytes: float


@dataclass(frozen=True)
class Bench:
    """A server, a source, and the ready-made files."""

    server: RunningServer
    file: Path
    folder: Path

    def run(self, way: str) -> tuple[Cost, object]:
        """Run one way on tables of its own; return its cost and a digest of what arrived."""
        name = fresh_name("bench")
        create_database(self.server, name)
        try:
            with self.server.connect(name) as pg:
                apply(pg, tables_ddl(self.file))
                pg.execute("CHECKPOINT")
            cost = self._measured(way, self.server.url(name))
            with self.server.connect(name) as pg:
                queries = [
                    f"SELECT '{name}', count(*), sum(hashtextextended(row::text, 0))"
                    f" FROM public.{name} AS row"
                    for name in ROWS
                ]
                rows = pg.execute(" UNION ALL ".join(queries).encode()).fetchall()
                return cost, sorted(rows)
        finally:
            drop(self.server, name)

    def _measured(self, way: str, url: str) -> Cost:
        command = [sys.executable, "-m", "benchmarks.copy_ways", way, str(self.file), url]
        server_before, began = self._server_seconds(), time.perf_counter()
        process = subprocess.Popen([*command, str(self.folder)], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if status:
            raise SystemExit(f"{way} failed")
        time.sleep(0.2)  # until the server has reaped the process of the connection
        return Cost(
            seconds=seconds,
            client=usage.ru_utime + usage.ru_stime,
            server=self._server_seconds() - server_before,
            megabytes=usage.ru_maxrss / 1024,
        )

    def _server_seconds(self) -> float:
        """Return the processor time of the server so far, of all its processes."""
        folder = self.server.address.folder
        postmaster = find(folder) if folder else None
        if postmaster is None:
            return 0.0
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat.parent.name) == postmaster.pid:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster.pid:
                ticks += sum(map(int, fields[11:13]))
        return ticks / TICKS


@contextmanager
def bench(rows: int, ways: Sequence[str]) -> Iterator[Bench]:
    """Make a source of about so many rows, the files that ways want ready-made, and a server."""
    with start() as server, tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        build(folder / "source.db", scale=rows / sum(ROWS.values()))
        if not READY_MADE.isdisjoint(ways):
            write_binary(folder / "source.db", folder)
        yield Bench(server, folder / "source.db", folder)


def missing() -> dict[str, str]:
    """Say which ways cannot be run here, and why."""
    found: dict[str, str] = {}
    if not native.is_built():
        found |= dict.fromkeys([way for way in WAYS if "compiled" in way], "it is not built")
    if not shutil.which("pgloader"):
        found["pgloader"] = "there is none on the PATH"
    if find_spec("duckdb"):
        os.environ.setdefault("DUCKDB_PYTHON", sys.executable)
    if "DUCKDB_PYTHON" not in os.environ:
        found["DuckDB"] = "neither is it here, nor does DUCKDB_PYTHON name a Python that has it"
    return found


def measure(bench: Bench, ways: Sequence[str], rounds: int, show: Console) -> dict[str, list[Cost]]:
    """Run every way in every round, and stop when one brings other rows than the first."""
    order, costs = random.Random(SEED), {way: list[Cost]() for way in ways}
    expected = None
    for number in range(1, rounds + 1):
        for way in order.sample(list(ways), len(ways)):
            cost, rows = bench.run(way)
            expected = expected or rows
            if rows != expected:
                show.print(f"[red]{way} brought other rows than those before it")
            costs[way].append(cost)
            show.print(f"round {number}: {way}: {cost.seconds:.2f} s", style="dim")
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """Return the medians."""
    return Cost(*(statistics.median(getattr(c, f) for c in costs) for f in Cost.__annotations__))


def table(costs: dict[str, list[Cost]], rows: int) -> Table:
    """Lay the medians out, with what they are to the last way and to the limit."""
    medians = {way: median(found) for way, found in costs.items()}
    limit, last = medians.get(LIMIT), medians.get(LAST)
    headings = ("way", "s", "min-max", "rows/s", "client s", "server s", "MB")
    shown = Table(*headings, f"x {LAST}", f"CPU of {LAST}", "of the limit")
    for way, cost in medians.items():
        every = [found.seconds for found in costs[way]]
        cpu = cost.client + cost.server
        shown.add_row(
            way,
            f"{cost.seconds:.2f}",
            f"{min(every):.2f}-{max(every):.2f}",
            f"{rows / cost.seconds:,.0f}",
            f"{cost.client:.2f}",
            f"{cost.server:.2f}",
            f"{cost.megabytes:.0f}",
            f"{last.seconds / cost.seconds:.1f}" if last else "",
            f"{cpu / (last.client + last.server):.2f}" if last else "",
            f"{limit.seconds / cost.seconds:.2f}" if limit else "",
        )
    return shown


def grow(sizes: Sequence[int], ways: Sequence[str], rounds: int, show: Console) -> list[Curve]:
    """Measure ways at several sizes."""
    points: dict[str, list[tuple[int, Cost]]] = {way: [] for way in ways}
    for rows in sizes:
        with bench(rows, ways) as one:
            for way, found in measure(one, ways, rounds, show).items():
                points[way].append((rows, median(found)))
    return [
        Curve(way, [(r, c.seconds) for r, c in found], [(r, c.megabytes) for r, c in found])
        for way, found in points.items()
    ]


def main() -> None:
    """Measure, and print the table or the curves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 1.3 million rows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(WAYS), help="these ways alone")
    parser.add_argument("--plot", type=Path, help="write the cost at several sizes as SVG")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="rows, for the plot")
    options = parser.parse_args()
    show, left_out = Console(width=None if sys.stdout.isatty() else 150), missing()
    wanted = options.only or list(WAYS)
    for way in left_out.keys() & wanted:
        show.print(f"left out: {way}: {left_out[way]}", style="yellow")
    ways = [way for way in wanted if way not in left_out]
    if options.plot:
        curves = grow(options.sizes, ways, options.rounds, show)
        options.plot.write_text(write_plot(curves), encoding="utf-8")
        for curve in curves:
            show.print(str(curve))
        show.print(f"wrote {options.plot}")
        return
    rows = round(sum(ROWS.values()) * options.scale)
    with bench(rows, ways) as one:
        size = one.file.stat().st_size / 1e6
        costs = measure(one, ways, options.rounds, show)
        show.print(table(costs, rows))
        show.print(f"{rows:,} rows, {size:,.0f} MB; {one.server.address}")


if __name__ == "__main__":
    main()
