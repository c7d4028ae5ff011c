"""The ways of copying that `copy.py` compares, each run in a process of its own.

Every way loads the same rows into the same empty tables without keys or indexes, in the schema
`public`. Ours do what they always do: strict packing, digests, the ledger.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from migration.copy import native, target
from migration.copy.chunks import Reader
from migration.copy.ledger import Ledger
from migration.copy.plan import Range, TablePlan, plans
from migration.copy.proof import as_sent
from migration.copy.streams import load_missing, usual_streams
from migration.copy.wire import HEADER, TRAILER
from migration.copy.work import Watch, plan_work
from migration.db import (
    SqliteConnection,
    connection_parts,
    open_postgres,
    open_sqlite,
)
from migration.policies import UNDECIDED
from migration.progress import silent
from migration.schema.convert import convert
from migration.schema.ddl import render_tables
from migration.schema.model import Schema
from migration.source.catalogue import read
from migration.source.snapshot import same_snapshots

PGLOADER = """
LOAD DATABASE FROM sqlite://{file} INTO postgresql://postgres@unix:{socket}:{port}/{database}
WITH data only, prefetch rows = 10000, batch rows = 10000, batch size = 10MB;
"""
BLOCK = 1 << 20


def model_of(source: SqliteConnection) -> Schema:
    """Return the tables of the benchmark."""
    return convert(read(source), schema="public")


def tables_ddl(file: Path) -> str:
    """Return the SQL of the tables without keys and indexes."""
    with closing(open_sqlite(file)) as source:
        return render_tables(model_of(source))


def _plans(source: SqliteConnection) -> Sequence[TablePlan]:
    return plans(source, model_of(source), UNDECIDED)


def write_binary(file: Path, folder: Path) -> None:
    """Write each table as a ready-made file of binary COPY, beforehand and beyond the measure."""
    folder.chmod(0o755)
    with closing(open_sqlite(file)) as source, same_snapshots(source, 0, native.connect) as (one,):
        reader = Reader(one.sqlite, UNDECIDED, one.beside)
        for plan in _plans(source):
            with (folder / plan.table.name).open("wb") as ready:
                ready.write(HEADER)
                for chunk in reader.chunks(plan, Range()):
                    ready.write(chunk.data)
                ready.write(TRAILER)
            (folder / plan.table.name).chmod(0o644)


def limit(file: Path, url: str, folder: Path) -> None:
    """Let the server read ready-made files, one after the other."""
    with closing(open_sqlite(file)) as source, open_postgres(url) as pg:
        for plan in _plans(source):
            path = str(folder / plan.table.name)
            pg.execute(f"COPY {plan.whole} FROM '{path}' (FORMAT BINARY)".encode())


def streamed(file: Path, url: str, folder: Path) -> None:
    """Send ready-made files over the connection."""
    with closing(open_sqlite(file)) as source, open_postgres(url) as pg:
        for plan in _plans(source):
            with (
                (folder / plan.table.name).open("rb") as ready,
                pg.cursor() as cursor,
                cursor.copy(plan.copy_statement) as copy,
            ):
                while block := ready.read(BLOCK):
                    copy.write(block)


def ours(file: Path, url: str, _: Path, *, compiled: bool, proved: bool) -> None:
    """Load as the step does, with its usual streams; if `proved`, read every byte back."""
    connect, more = (native.connect if compiled else _nothing), usual_streams(compiled=compiled) - 1
    with closing(open_sqlite(file)) as source, open_postgres(url) as pg, target.session(pg):
        ledger = Ledger(pg, "public")
        with same_snapshots(source, more, connect) as sources:
            work = plan_work(sources[0].sqlite, pg, model_of(source), UNDECIDED)
            with pg.transaction():
                target.claim(work)
                ledger.forget()
                ledger.begin({}, "")
            load_missing(work, ledger, sources, Watch(silent))
            if proved and len(as_sent(work, ledger, Watch(silent))) < len(work.plans):
                raise SystemExit("what was read back is not what was sent")


def _nothing(_file: Path) -> None:
    return None


def psycopg_text(file: Path, url: str, folder: Path) -> None:
    """Send rows as the usual script does: psycopg, text COPY, row by row."""
    del folder
    with closing(open_sqlite(file)) as source, open_postgres(url) as pg:
        for plan in _plans(source):
            statement = f"COPY {plan.whole} FROM STDIN".encode()
            with pg.cursor() as cursor, cursor.copy(statement) as copy:
                for row in source.execute(*plan.source_query(Range())):
                    copy.write_row(row)


def pgloader(file: Path, url: str, folder: Path) -> None:
    """Run pgloader, tuned so that it does not run out of memory."""
    del folder
    parts = connection_parts(url)
    text = PGLOADER.format(
        file=file, socket=parts["host"], port=parts["port"], database=parts["dbname"]
    )
    with tempfile.NamedTemporaryFile("w", suffix=".load") as command:
        command.write(text)
        command.flush()
        # It ends with 0 after errors too; what arrived is compared afterwards.
        subprocess.run(["pgloader", "--quiet", command.name], check=True, stdout=subprocess.DEVNULL)


def duckdb(file: Path, url: str, folder: Path) -> None:
    """Run DuckDB in the environment that has it."""
    del folder
    with closing(open_sqlite(file)) as source:
        tables = {t.name: {c.name: c.type for c in t.columns} for t in model_of(source).tables}
    parts = connection_parts(url)
    place = " ".join(f"{name}={parts[name]}" for name in ("host", "port", "user", "dbname"))
    script = Path(__file__).with_name("copy_duckdb.py")
    python = os.environ["DUCKDB_PYTHON"]
    subprocess.run([python, str(script), str(file), place, json.dumps(tables)], check=True)


WAYS: dict[str, Callable[[Path, str, Path], None]] = {
    "binary file, read by the server": limit,
    "binary file, sent": streamed,
    "ours, compiled": partial(ours, compiled=True, proved=False),
    "ours, compiled, proved": partial(ours, compiled=True, proved=True),
    "ours, Python": partial(ours, compiled=False, proved=False),
    "ours, Python, proved": partial(ours, compiled=False, proved=True),
    "DuckDB": duckdb,
    "psycopg, text": psycopg_text,
    "pgloader": pgloader,
}
"""The first is the limit, the last what the others are compared with."""
READY_MADE = frozenset({"binary file, read by the server", "binary file, sent"})
"""Those that want files of binary COPY made beforehand."""

if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
