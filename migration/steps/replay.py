"""Replay: the application's recorded cases, played again on both engines by the suite.

There is no work to do: goldens are recorded and accepted on purpose (`record`, `accept`), never by
a step. The receipt depends on the repository alone, so it is committed with it.
"""

from migration.config import Config
from migration.errors import EvidenceError
from migration.evidence.inputs import Inputs, files, settings, tool_files
from migration.evidence.suite import Plan
from migration.loading import module_files
from migration.site import Site
from migration.steps.step import Say, Step

CANDIDATE = ("test_candidate",)


def _inputs(site: Site) -> Inputs:
    config, replay = site.config, site.config.replay
    paths = [
        *config.app.sources,
        *config.app.schema,
        *(database.ddl for database in config.databases if database.ddl),
        *([config.app.requirements] if config.app.requirements else []),
        *(replay.cases, replay.goldens, replay.routes, replay.known_differences),
        *module_files(config.root, replay.seed),
    ]
    return {
        **settings(config.sections, "app", "databases", "sql", "replay"),
        **files(config.root, paths),
        **tool_files("replay", "sql", "testing", "db", "source", "schema", "copy", "compare"),
    }


def _work(site: Site, say: Say) -> None:
    goldens = site.config.replay.goldens
    count = sum(1 for _ in goldens.rglob("*.json"))
    if not count:
        raise EvidenceError(
            "replaying the goldens",
            f"there are none in {goldens}",
            "`python -m migration record`, then `python -m migration accept --new --reason …`",
        )
    say(f"replay: {count} goldens")


def _plans(config: Config) -> tuple[Plan, ...]:
    """Run the whole suite on the first version; SQLite does not ask how old PostgreSQL is."""
    first, *others = config.replay.majors
    return (
        Plan(major=first, workers="auto"),
        *(Plan(major=major, workers="auto", checks=CANDIDATE) for major in others),
    )


STEP = Step(
    name="replay",
    purpose="play every recorded case on both engines, on each PostgreSQL version",
    needs=(),
    committed=True,
    own_inputs=_inputs,
    work=_work,
    plans=_plans,
)
