"""Replay: what the application answers and writes, recorded on SQLite, demanded of PostgreSQL.

`cases` reads what to ask, `play` asks it on an arm, `tokens` turns two recordings into a golden
and matches later observations against it, `goldens` keeps the files, `record` and `commands`
carry the work of `python -m migration record | accept | review`.
"""
