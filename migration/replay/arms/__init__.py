"""The two arms of a replay: one engine with the application's databases, resettable to a template.

`base.py` says what an arm offers, `sqlite.py` and `postgres.py` hold the differences. What a dump
is and how two are compared: `migration/replay/rows.py`.
"""

from migration.replay.arms.base import Arm, IsolationBroken
from migration.replay.arms.postgres import PostgresArm
from migration.replay.arms.sqlite import SqliteArm

__all__ = ["Arm", "IsolationBroken", "PostgresArm", "SqliteArm"]
