"""docs/foreign_apps.md is right: every setting is in it, and what it shows can be used as it is."""

import re
from pathlib import Path

from tool_projects import REPOSITORY

from migration.cli import cli
from migration.config_file import load
from migration.replay.cases import load as load_cases
from migration.replay.routes import load_table
from migration.schema.model import LogicalType
from migration.steps import STEPS

DOCUMENT = (REPOSITORY / "docs" / "foreign_apps.md").read_text(encoding="utf-8")
# How a key is asked for: table.text("name"), and for one that holds a table of its own.
_ASKED = re.compile(r'\b(?:table|top|csrf)\.\w+\("(\w+)"|"(\w+)" in table\.keys')


def blocks(language: str) -> list[str]:
    """Return the document's examples in a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def keys() -> set[str]:
    """Return every key and section that the tool reads."""
    code = (REPOSITORY / "migration" / "config_file.py").read_text(encoding="utf-8")
    return {key or section for key, section in _ASKED.findall(code)}


def test_the_reader_of_keys_finds_them() -> None:
    assert {"factory", "smtp_port_env", "databases", "git_tag", "login", "header"} <= keys()


def test_every_key_is_explained() -> None:
    lacking = [key for key in keys() if not re.search(rf"`\[?{key}[`\].]", DOCUMENT)]
    assert sorted(lacking) == []


def test_examples_can_be_read(tmp_path: Path) -> None:
    cases, routes = blocks("yaml")
    (tmp_path / "migration.toml").write_text("\n".join(blocks("toml")), encoding="utf-8")
    config = load(tmp_path / "migration.toml")
    assert config.databases[0].choices.type_of("line", "paid_at") is LogicalType.INTEGER
    assert config.databases[0].choices.leaves_out("check 2 of line")
    for folder, text in ((config.replay.cases, cases), (config.replay.routes, routes)):
        folder.mkdir(parents=True)
        (folder / "orders.yaml").write_text(text, encoding="utf-8")
    routes_of_cases = {case.route for case in load_cases(config.replay.cases)}
    assert routes_of_cases == set(load_table(config.replay.routes))


def test_commands_exist() -> None:
    named = set(re.findall(r"`python -m migration (\w+)", DOCUMENT))
    assert {"status", "record", "accept", "run", "gate"} <= named <= set(cli.commands)


def test_every_step_is_named() -> None:
    assert [step.name for step in STEPS if f"`{step.name}`" not in DOCUMENT] == []
