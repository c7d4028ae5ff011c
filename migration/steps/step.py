"""What a step is, and what every step depends on besides its own inputs.

The steps themselves are one file each beside this one; their order is in `__init__.py`; how they
are worked and proved is in `flow.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from migration.config import Config
from migration.evidence.inputs import Inputs, files, tool_files
from migration.evidence.suite import SERIAL, Plan, project_suite
from migration.site import Site

Say = Callable[[str], None]
"""Takes one line for the person who runs the step."""


def _once(_config: Config) -> tuple[Plan, ...]:
    return (SERIAL,)


@dataclass(frozen=True)
class Step:
    """One part of the migration: its work, its proof and what both depend on."""

    name: str
    purpose: str
    needs: tuple[str, ...]
    """Steps that must be done before, and whose staleness spreads to this one."""
    committed: bool
    """Whether the receipt depends on the repository alone and is committed with it."""
    own_inputs: Callable[[Site], Inputs]
    work: Callable[[Site, Say], None]
    plans: Callable[[Config], tuple[Plan, ...]] = _once
    """How often and on which servers the suite is run."""

    def inputs(self, site: Site) -> Inputs:
        """Return everything that the proof of this step depends on. Only looks."""
        suite = project_suite(site.config, self.name)
        return {
            **self.own_inputs(site),
            **tool_files(f"steps/{self.name}.py", f"suites/{self.name}.py", "site.py"),
            **files(site.config.root, [suite] if suite else []),
        }
