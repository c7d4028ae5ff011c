"""Packing blocks of rows for binary COPY, one strict packer for each table.

How a value is read is fixed in `migration.source.values`, the form that goes over the wire in
`wire`. What does not fit raises: the server's text parser never gets to guess. A column is packed
at once where all its values are plain (`columns`), else value by value, with the rules that were
decided for it; a row with a value that still does not fit is left behind with all its faults.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, TypeAlias

from migration.copy.columns import Unusual, column_packer
from migration.copy.plan import TablePlan
from migration.copy.rules import mending
from migration.copy.wire import LONGEST_ROW, NULL, encoder, row_head
from migration.policies import FAIL, SET_NULL, Policies, Policy
from migration.schema.model import Column
from migration.source.values import BadValue

Row: TypeAlias = Sequence[Any]

IS_NULL = "it is NULL, which the column or key forbids"
_TOO_LARGE = "the row is larger than PostgreSQL can take at once (1 GB)"


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be stored, and what was decided for its column."""

    column: str
    reason: str
    ending: str


@dataclass(frozen=True)
class Packed:
    """A block of rows: the bytes of those that fit, and the faults of each that does not."""

    rows: Sequence[bytes]
    size: int
    """How many bytes the rows are."""
    places: Sequence[int]
    """Where in the block the rows that fit stood."""
    faults: dict[int, list[Fault]]


class Packer:
    """Packs the rows of one table as its plan reads them."""

    def __init__(self, plan: TablePlan, policies: Policies) -> None:
        self._hidden = plan.hidden
        self._head = row_head(len(plan.columns))
        self._columns = [
            _ColumnPacker(column, policies.of(plan.table.source, column.source))
            for column in plan.columns
        ]

    def encoders(
        self, knows: Callable[[Column], bool]
    ) -> tuple[Callable[[Any], bytes] | None, ...]:
        """Return what packs single values, for the columns that another packer does not know."""
        return tuple(column.encoder(knows) for column in self._columns)

    def pack(self, block: Sequence[Row]) -> Packed:
        """Return the bytes of every row that fits; none is changed but by a rule."""
        if not block:
            return Packed((), 0, (), {})
        faults: dict[int, list[Fault]] = {}
        values = list(zip(*block, strict=True))[self._hidden :]
        fields = [
            column.pack(content, faults)
            for column, content in zip(self._columns, values, strict=True)
        ]
        rows = list(map(b"".join, zip(repeat(self._head, len(block)), *fields, strict=True)))
        size = sum(map(len, rows))
        if size > LONGEST_ROW:
            _refuse_long(rows, faults)
        if not faults:
            return Packed(rows, size, range(len(rows)), faults)
        places = [place for place in range(len(rows)) if place not in faults]
        rows = [rows[place] for place in places]
        return Packed(rows, sum(map(len, rows)), places, faults)


class _ColumnPacker:
    def __init__(self, column: Column, policy: Policy) -> None:
        self._column = column
        self._ending = policy.ending
        self._encode = encoder(column)
        self._mend = mending(policy.rules, column.type) if policy.rules else None
        self._at_once = None if self._mend else column_packer(column)

    def encoder(self, knows: Callable[[Column], bool]) -> Callable[[Any], bytes] | None:
        known = knows(self._column) and self._mend is None and self._ending != SET_NULL
        return None if known else self._field

    def pack(self, values: Sequence[Any], faults: dict[int, list[Fault]]) -> Iterable[bytes]:
        if self._at_once:
            try:
                return self._at_once(values)
            except Unusual:
                pass
        fields = []
        for place, value in enumerate(values):
            try:
                fields.append(self._field(value))
            except BadValue as error:
                fault = Fault(self._column.name, str(error), self._ending)
                faults.setdefault(place, []).append(fault)
                fields.append(b"")
        return fields

    def _field(self, value: Any) -> bytes:
        if self._mend:
            value = self._mend(value)
        if value is not None:
            try:
                return self._encode(value)
            except BadValue:
                if self._ending != SET_NULL or not self._column.nullable:
                    raise
        elif not self._column.nullable:
            raise BadValue("null", IS_NULL)
        return NULL


def _refuse_long(rows: Sequence[bytes], faults: dict[int, list[Fault]]) -> None:
    for place, row in enumerate(rows):
        if len(row) > LONGEST_ROW:
            faults.setdefault(place, []).append(Fault("", _TOO_LARGE, FAIL))
