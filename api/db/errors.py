"""What may go wrong between the application and a database, the same on both engines.

    DatabaseError
    ├── UniqueViolation
    ├── ForeignKeyViolation
    ├── CheckViolation
    ├── NotNullViolation
    ├── TransactionAborted     a statement failed before; only a rollback may follow
    └── Unavailable            nobody answers, or all connections are taken: try again later
        └── SchemaMismatch     the database answers, but is not (yet) one of ours

The backends translate their driver's exceptions into these. The messages are for the log;
what a client may read is decided in `api/errors.py`.
"""


class DatabaseError(Exception):
    """A statement or a connection failed."""


class UniqueViolation(DatabaseError):
    """A row with this key is already there."""


class ForeignKeyViolation(DatabaseError):
    """The row refers to one that is not there, or is itself still referred to."""


class CheckViolation(DatabaseError):
    """A value is outside the range of its column."""


class NotNullViolation(DatabaseError):
    """A value is missing."""


class TransactionAborted(DatabaseError):
    """An earlier statement of the transaction failed, so nothing of it can be committed."""

    def __init__(self) -> None:
        super().__init__(
            "An earlier statement of this transaction failed: roll back, or put the statement"
            " that may fail into a savepoint."
        )


class Unavailable(DatabaseError):
    """The database cannot be reached, or is too busy to answer in time."""


class SchemaMismatch(Unavailable):
    """The database does not hold the schema that this version of the application needs."""
