"""What can go wrong on the way from SQLite's schema to PostgreSQL's.

SchemaError
    Unsupported          things in the source that have no exact equal, each with a way out
    CannotApply          the server refused the DDL
Untranslatable           (internal) an expression; `refusals` adds where it stands
"""

from collections.abc import Sequence
from dataclasses import dataclass

from migration.errors import SchemaError


@dataclass(frozen=True)
class Refusal:
    """Something that has no exact equal in PostgreSQL: its name, why, and what can be done."""

    what: str
    why: str
    remedy: str

    def __str__(self) -> str:
        """Return it in one line for a report."""
        return f"{self.what}: {self.why}; {self.remedy}"


class Unsupported(SchemaError):
    """Things in the source that have no exact equal in PostgreSQL; `refusals` holds them all."""

    def __init__(self, schema: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        self.schema = schema
        super().__init__(
            what=f"convert the schema of {schema}",
            why=f"{len(self.refusals)} things have no exact equal in PostgreSQL:\n    "
            + "\n    ".join(map(str, self.refusals)),
            remedy="do what is named for each; docs/foreign_apps.md explains the settings",
        )

    def __reduce__(self) -> tuple[type["Unsupported"], tuple[str, tuple[Refusal, ...]]]:
        """Let the error survive pickling, whatever its base class keeps."""
        return Unsupported, (self.schema, self.refusals)


class CannotApply(SchemaError):
    """The server refused the DDL."""


class Untranslatable(ValueError):
    """An expression has no exact equal in PostgreSQL."""
