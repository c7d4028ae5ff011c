"""Whether SQLite and PostgreSQL hold the same: values, schemas, rows.

Nothing here knows how the data were moved, so an error of the mover cannot hide in its judge.
"""
