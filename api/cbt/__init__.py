"""The tools of cognitive behavioural therapy.

A tool is described once, as a `Tool` (`tool.py`): its table, its fields with their limits, its
order, what hangs below its entries, whether they please the pet. All that the tools have in
common is made from that:

fields.py       the types of fields; the models of new entries, changes and lists
statements.py   the SQL
entries.py      what is done with entries
routes.py       the addresses

What a tool is, and what is special to it:

practice.py     breathing, relaxation, sleep diary
worksheets.py   core beliefs, problem solving, self-compassion
exposure.py     feared situations and attempts
goals.py        values; goals with check-ins
milestones.py   the milestones of goals
cards.py        coping cards

Beside them stand thought records (`thoughts.py`), the summary over all tools (`summary.py`),
the interactive tools as HTML (`components.py`) and what is kept of them (`saved_tools.py`).

SQL that is not written out beside its view is data. Importing this package makes every
description, and with it every text, before any request: they are the fields of the frozen
`Statements` (`ToolStatements`, `ChildStatements`) that each of `TOOLS` and each of its
`children` holds as `statements`, and `milestones.UPDATE`. `all_statements` lists them.
"""

from dataclasses import asdict
from typing import Final

from flask import Blueprint

from api.cbt import (
    cards,
    components,
    exposure,
    goals,
    milestones,
    practice,
    saved_tools,
    summary,
    thoughts,
    worksheets,
)
from api.cbt.tool import Tool

bp = Blueprint("cbt", __name__)
for part in (
    practice,
    worksheets,
    exposure,
    goals,
    milestones,
    cards,
    thoughts,
    summary,
    saved_tools,
    components,
):
    bp.register_blueprint(part.bp)

TOOLS: Final[tuple[Tool, ...]] = (
    practice.BREATHING,
    practice.RELAXATION,
    practice.SLEEP,
    worksheets.BELIEF,
    worksheets.PROBLEM,
    worksheets.COMPASSION,
    exposure.EXPOSURE,
    goals.VALUE,
    goals.GOAL,
    cards.CARD,
)


def all_statements() -> dict[str, str]:
    """Return every generated SQL text by a name like `goals.update`."""
    texts = {"goal_milestones.update": milestones.UPDATE}
    for tool in TOOLS:
        below = [(child.table, child.statements) for child in tool.children]
        for table, statements in [(tool.table, tool.statements), *below]:
            texts |= {f"{table}.{name}": sql for name, sql in asdict(statements).items()}
    return texts
