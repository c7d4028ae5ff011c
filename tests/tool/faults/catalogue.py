"""The faults: each is one edit that a conversion is known to make, and what must turn red.

The expected tests are all that may turn red: a gate that is red for every fault proves as little
as one that never is. A text that is no longer found where it should be replaced is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SCHEMA_AND_DATA = ("tests/steps/test_schema.py", "tests/steps/test_data.py")
SCHEMA = ("tests/steps/test_schema.py",)
DATA = ("tests/steps/test_data.py",)


@dataclass(frozen=True)
class Fault:
    """One edit. `red` maps every test that must fail to words that its message must hold."""

    name: str
    file: str
    old: str
    new: str
    command: tuple[str, ...]
    red: Mapping[str, tuple[str, ...]]


FAULTS = (
    Fault(
        "'' for NULL",
        "migration/copy/pack.py",
        "None if value is None else pack(value)",
        '("" if pack is reader(LogicalType.TEXT) else None) if value is None else pack(value)',
        SCHEMA_AND_DATA,
        {},
    ),
    Fault(
        "sequence left at 1",
        "migration/copy/sequences.py",
        "[name, id, max(highest, 1), highest >= 1]",
        "[name, id, 1, False]",
        SCHEMA_AND_DATA,
        {},
    ),
    Fault(
        "dropped unique key",
        "migration/schema/convert.py",
        'uniques=tuple(self._key(key, *key.columns, "key") for key in source.uniques),',
        "uniques=(),",
        SCHEMA_AND_DATA,
        {},
    ),
    Fault(
        "frozen default",
        "migration/schema/defaults.py",
        """f"date_trunc('second', {_NOW})",""",
        """"'now'::timestamp with time zone",""",
        SCHEMA_AND_DATA,
        {},
    ),
    Fault(
        "float rounding, by the type",
        "migration/schema/types.py",
        'LogicalType.REAL: "double precision"',
        'LogicalType.REAL: "real"',
        SCHEMA_AND_DATA,
        {},
    ),
    Fault(
        "float rounding, in the copy",
        "migration/source/values.py",
        """        return value
    raise _wrong_class(value, "a real number")""",
        """        return round(value, 2)
    raise _wrong_class(value, "a real number")""",
        SCHEMA_AND_DATA,
        {},
    ),
    Fault(
        "a table the schema lacks",
        "migration/schema/convert.py",
        "conversions = [_Conversion(catalogue, table, relations) for table in catalogue.tables]",
        "conversions = [_Conversion(catalogue, table, relations) for table in catalogue.tables[:-1]]",
        SCHEMA_AND_DATA,
        {},
    ),
)
