"""The compiled packer where it was built: found, checked, and given its work.

`_packer.c` says what it does; `build.py` builds it beside the bytecode of this package. Where it is
missing, or is linked to another SQLite than Python, everything goes on in Python.
"""

import hashlib
import sys
import sysconfig
from collections.abc import Callable, Sequence
from functools import cache
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from migration.copy.plan import Position, Range, TablePlan
from migration.db import scratch_sqlite
from migration.schema.model import Column, LogicalType

SOURCE = Path(__file__).with_name("_packer.c")

Encode: TypeAlias = Callable[[Any], bytes]
Packed: TypeAlias = tuple[bytes | None, int, Position | None, int, int]
"""The bytes, how many rows, the last one's position (None at the end), the sum of their digests."""

_KINDS = {
    LogicalType.INTEGER: "i",
    LogicalType.REAL: "r",
    LogicalType.TEXT: "t",
    LogicalType.BLOB: "x",
    LogicalType.BOOLEAN: "b",
    LogicalType.TIMESTAMP: "m",
    LogicalType.DATE: "d",
}
_THROUGH_PYTHON = "p"


class Connection(Protocol):
    """A SQLite file, read as of the moment of `begin`."""

    def begin(self) -> None:
        """Read as of this moment from now on."""

    def end(self) -> None:
        """See what is there now again."""

    def close(self) -> None:
        """Let go of the file."""


class Packing(Protocol):
    """A range of a table on its way."""

    def next(self, rows: int, size: int) -> Packed | None:
        """Pack about so many rows and bytes; None where one of them needs a second look."""


def place() -> Path:
    """Return where the module is once it was built from the present source."""
    version = hashlib.blake2b(SOURCE.read_bytes(), digest_size=8).hexdigest()
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return SOURCE.parent / "__pycache__" / f"_packer-{version}{suffix}"


def is_built() -> bool:
    """Say whether the compiled packer can be used."""
    return _module() is not None


def connect(file: Path) -> Connection | None:
    """Open a file with the compiled packer, or return None where that is not to be had."""
    module = _module()
    if module is None:
        return None
    connection: Connection = module.Connection(f"{file.absolute().as_uri()}?mode=ro")
    return connection


def pack(
    connection: Connection, plan: TablePlan, part: Range, encoders: Sequence[Encode | None]
) -> Packing:
    """Begin to pack a range; a column with an encoder goes through it, value by value."""
    query, values = plan.source_query(part)
    module = _module()
    packing: Packing = module.Packing(
        connection,
        query,
        tuple(values),
        "".join(map(_kind, plan.columns, encoders)),
        "".join("y" if column.nullable else "n" for column in plan.columns),
        tuple(encoders),
        plan.hidden,
        plan.places,
    )
    return packing


def knows(column: Column) -> bool:
    """Say whether a column's values can be packed without Python."""
    return column.type in _KINDS and not column.limit


def _kind(column: Column, encode: Encode | None) -> str:
    return _THROUGH_PYTHON if encode else _KINDS[column.type]


@cache
def _module() -> Any:
    file = place()
    # Its digests are those of Python only where the low byte comes first.
    if not file.exists() or sys.byteorder != "little":
        return None
    loader = ExtensionFileLoader("_packer", str(file))
    spec = spec_from_loader("_packer", loader)
    try:
        module = module_from_spec(spec) if spec else None
    except ImportError:
        return None
    return module if module and _same_sqlite(module) else None


def _same_sqlite(module: Any) -> bool:
    """Say whether the module shares SQLite with Python, by a setting that both would see.

    Two copies of SQLite in one process would lift each other's locks on a file.
    """
    python = scratch_sqlite()
    try:
        (before,) = python.execute("PRAGMA soft_heap_limit").fetchone()
        probe = 2**40 + id(module) % 2**20
        python.execute(f"PRAGMA soft_heap_limit = {probe:d}")
        shared = bool(module.heap_limit() == probe)
        python.execute(f"PRAGMA soft_heap_limit = {before:d}")
    finally:
        python.close()
    return shared
