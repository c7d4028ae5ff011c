"""Pytest plugins of the tool, each of which documents its own fixtures.

`server.py`     the PostgreSQL server and the folder of a run
`databases.py`  the template, and each worker's arms
`header.py`     what a run says of itself at the top
`site.py`       the source and target that a step's suite looks at (`scratch.py`: invented ones)
`players.py`    cases played on the arms (`snapshots.py`: their goldens)
`sent.py`       what the cases sent to the engines, judged at the end of the run
`workers.py`    how many workers `-n auto` means
"""

PLUGINS = tuple(
    f"migration.testing.{name}"
    for name in ("server", "databases", "header", "site", "sent", "players", "workers")
)
"""What a suite needs that is run without a `conftest.py` of ours."""
