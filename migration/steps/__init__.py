"""The steps in their order. Each is one file with its inputs, its work and the name of its suite.

    audit     what the sources are, and whether they are fit to be moved
    backup    a copy of every source that was seen to be restorable
    target    a PostgreSQL database that is fit to receive them
    schema    the tables, generated from the sources
    data      every row, moved and compared
    replay    the application's recorded answers, the same on PostgreSQL

How they are worked and proved: `flow.py`.
"""

from migration.errors import UsageError
from migration.steps import audit, backup, data, replay, schema, target
from migration.steps.step import Step

STEPS: tuple[Step, ...] = (
    audit.STEP,
    backup.STEP,
    target.STEP,
    schema.STEP,
    data.STEP,
    replay.STEP,
)


def step_named(name: str) -> Step:
    """Return a step by its name."""
    for step in STEPS:
        if step.name == name:
            return step
    raise UsageError(
        f"looking for the step {name}",
        "there is none of that name",
        f"the steps are {', '.join(step.name for step in STEPS)}",
    )
