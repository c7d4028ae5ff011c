"""What can go wrong on the way from SQLite's schema to PostgreSQL's.

SchemaError
    Unsupported          something in the source has no exact equal, named with a way out
    CannotApply          the server refused the DDL
Untranslatable           (internal) an expression; `convert` adds where it stands
"""

from migration.errors import SchemaError


class Unsupported(SchemaError):
    """Something in the source has no exact equal in PostgreSQL."""


class CannotApply(SchemaError):
    """The server refused the DDL."""


class Untranslatable(ValueError):
    """An expression has no exact equal in PostgreSQL."""
