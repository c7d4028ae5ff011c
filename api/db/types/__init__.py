"""One module per kind of value whose form differs between the engines.

A module gives the value one form when it is read (`text`, `moment`, `flag`, `parsed`, …) and,
where the driver does not know it, spells it for storage (`stored`). Both spellings of old
rows are read.
"""

from api.db.types import boolean, date, json, number, timestamp

__all__ = ["boolean", "date", "json", "number", "timestamp"]
