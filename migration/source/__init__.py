"""Reading a SQLite file: its catalogue, its values, and a profile of both. Writes nothing."""
