"""DuckDB moving the benchmark's tables; a script by itself, for an environment that has DuckDB.

Its arguments are the SQLite file, how libpq reaches the database, and the tables with their types
as JSON. See `copy.py`, which starts it.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

import duckdb

_TYPES = {
    "integer": "BIGINT",
    "real": "DOUBLE",
    "text": "VARCHAR",
    "blob": "BLOB",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ",
    "date": "DATE",
}


def main(file: str, place: str, tables: dict[str, dict[str, str]]) -> None:
    """Insert every table from the one database into the other."""
    duck = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    duck.execute("SET TimeZone = 'UTC'")
    for name in ("sqlite", "postgres"):
        folder = Path(import_module(f"duckdb_extension_{name}_scanner").__file__).parent
        (extension,) = folder.rglob("*.duckdb_extension")
        duck.execute(f"LOAD '{extension}'")
    duck.execute(f"ATTACH '{file}' AS source (TYPE sqlite, READ_ONLY)")
    duck.execute(f"ATTACH '{place}' AS target (TYPE postgres)")
    for table, columns in tables.items():
        values = ", ".join(f'CAST("{c}" AS {_TYPES[type]})' for c, type in columns.items())
        duck.execute(f'INSERT INTO target.public."{table}" SELECT {values} FROM source."{table}"')


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
