"""What isolation and comparison cost a case, against doing without and against a clone per case.

The cases of the golden suite are played on PostgreSQL in three ways, in turn within one run, so
that the machine's mood hits all of them alike:

    bare    the requests alone, on a database that is never reset
    ours    dumps, row changes, reset, proof of isolation, comparison with the golden
    clone   the requests alone, and a new clone of the template after each case

All three build a fresh application for each case and log in once for each user. The figures are
milliseconds a case and, to be quoted, what a way costs over `bare`.
Run it with `make benchmarks`, or `.venv/bin/python -m benchmarks.isolation --cases 40`.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from migration.config import Config
from migration.config_file import load
from migration.db.clone import drop, fresh_name
from migration.db.server import RunningServer, start
from migration.replay.app import reader_of
from migration.replay.arms import PostgresArm
from migration.replay.cases import Case
from migration.replay.cases import load as load_cases
from migration.replay.goldens import Goldens, golden_name, shown
from migration.replay.match import match
from migration.replay.play import Player
from migration.replay.rows import Dump
from migration.replay.template import build_template

ROOT = Path(__file__).parents[1]


class BareArm(PostgresArm):
    """A database that is neither read nor reset."""

    def dump(self) -> Dump:
        """Read the template once, then show it for ever."""
        return self.template if hasattr(self, "template") else super().dump()

    def reset(self, dirty: Collection[str]) -> None:
        """Leave everything as it is."""

    def prove_clean(self) -> Dump:
        """Prove nothing."""
        return self.template


class CloneArm(BareArm):
    """A database that is cloned anew after each case."""

    def reset(self, dirty: Collection[str]) -> None:
        """Drop it and clone the template, whether or not anything was written."""
        del dirty
        self.renew()


WAYS: dict[str, type[PostgresArm]] = {"bare": BareArm, "ours": PostgresArm, "clone": CloneArm}


def measure(config: Config, cases: Sequence[Case]) -> dict[str, list[float]]:
    """Return the milliseconds of every case in each way."""
    goldens = Goldens(config.replay.goldens)
    took: dict[str, list[float]] = {way: [] for way in WAYS}
    with start() as server, players(config, server) as by_way:
        for case in cases:
            golden = goldens.read(golden_name(case))
            for way, player in by_way.items():
                player.log_in(case)  # once for each user and way; no case is to be charged
                began = time.perf_counter()
                played = player.play(case)
                if way == "ours" and match(shown(golden), played):
                    raise SystemExit(f"{case.id} differs from its golden: run `make test` first")
                took[way].append((time.perf_counter() - began) * 1000)
    return took


@contextmanager
def players(config: Config, server: RunningServer) -> Iterator[dict[str, Player]]:
    """Make a player for each way, all on clones of one template."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        templates = build_template(config, server, folder, config.replay.now)
        stack.callback(drop, server, templates.database)
        made = {}
        for way, kind in WAYS.items():
            name = fresh_name(way)
            arm = kind(server, templates.database, name, config, reader_of(config))
            stack.callback(arm.close)
            made[way] = stack.enter_context(closing(Player(config, arm, ids_seed="replay")))
        yield made


def table(took: dict[str, list[float]]) -> Table:
    """Lay the figures out."""
    shown = Table("way", "median ms", "mean ms", "95 % ms", "over bare, median ms")
    bare = took["bare"]
    for way, figures in took.items():
        over = [ours - theirs for ours, theirs in zip(figures, bare, strict=True)]
        shown.add_row(
            way,
            f"{statistics.median(figures):.1f}",
            f"{statistics.mean(figures):.1f}",
            f"{statistics.quantiles(figures, n=20)[-1]:.1f}",
            "" if way == "bare" else f"{statistics.median(over):.1f}",
        )
    return shown


def main() -> None:
    """Play the cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, help="play every n-th case, so many in all")
    wanted = parser.parse_args().cases
    config = load(ROOT / "migration.toml")
    cases = load_cases(config.replay.cases)
    if wanted:
        cases = cases[:: max(1, len(cases) // wanted)][:wanted]
    console = Console()
    console.print(f"{len(cases)} cases on PostgreSQL")
    console.print(table(measure(config, cases)))


if __name__ == "__main__":
    main()
