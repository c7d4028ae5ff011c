"""migration.toml: what is read, and how a mistake is told."""

from pathlib import Path

import pytest

from migration.config_file import load
from migration.errors import ConfigError, masked
from migration.schema.model import LogicalType

GOOD = """
[app]
name = "shop"
factory = "shop:create"
sources = ["shop"]
[databases.orders]
sqlite = "data/orders.db"
url_env = "SHOP_DATABASE"
[replay]
cases = "cases"
goldens = "goldens"
routes = "routes"
known_differences = "known_differences.toml"
seed = "shop.demo:build"
now = "2026-02-04T10:30:00+00:00"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "migration.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_paths_are_resolved_against_the_file(tmp_path: Path) -> None:
    config = load(write(tmp_path, GOOD))
    (database,) = config.databases
    assert database.sqlite == tmp_path / "data" / "orders.db"
    assert config.relative(database.sqlite) == "data/orders.db"
    assert config.site == tmp_path / ".migration" / "site"


def test_choices_are_read(tmp_path: Path) -> None:
    text = """
        [databases.orders]
        types = "faithful"
        columns = { "line.extra" = "text" }
        leave_out = { "view v" = "old" }
    """
    (database,) = load(write(tmp_path, GOOD.replace("[databases.orders]", text))).databases
    assert database.choices.types == "faithful"
    assert database.choices.type_of("LINE", "Extra") is LogicalType.TEXT
    assert database.choices.leaves_out("view V")
    assert not database.choices.leaves_out("view w")


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    config = load(write(tmp_path, GOOD))
    assert config.databases[0].schema == "orders"
    assert config.replay.majors == (18, 16)
    assert config.backup.git_tag
    assert config.demo_build is None


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ('name = "shop"', "", "`name` is missing"),
        ('name = "shop"', "name = 3", "`name` must be a text, not 3"),
        ('name = "shop"', 'name = "shop"\nclok = "CLOCK"', "unknown: clok"),
        ('factory = "shop:create"', 'factory = "shop"', "package.module:function"),
        (
            'sqlite = "data/orders.db"',
            'sqlite = "a"\npseudonymous = true',
            "names its `identifying`",
        ),
        ('sources = ["shop"]', 'sources = "shop"', "`sources` must be a list of texts"),
        ("+00:00", "", "`now` must be a time with its zone"),
        ("[replay]", "[replay]\nmajors = []", "`majors` must be a list of at least one"),
        ("[replay]", "[target]\nmajor = true\n[replay]", "`major` must be a whole number"),
        ("[replay]", "[backups]\n[replay]", "unknown: backups"),
        ("[databases.orders]", "[databases.orders]\nurl = 1", "[databases.orders] of "),
        ("[app]", "[app", "migration.toml"),
        ("[replay]", "[databases.orders.columns]\na = 'text'\n[replay]", "'a' names no column"),
        (
            "[replay]",
            "[databases.orders.columns]\n'a.b' = 'varchar'\n[replay]",
            "`a.b` must be 'integer' or 'real' or 'text'",
        ),
        (
            "[replay]",
            "[databases.orders.leave_out]\n'views v' = 'old'\n[replay]",
            "'views v' names nothing that can be left out (table …, view …",
        ),
        (
            "[replay]",
            "[databases.orders.leave_out]\n'view v' = ''\n[replay]",
            "`view v` must be a text that is not empty",
        ),
        (
            "[databases.orders]",
            "[databases.orders]\ntypes = 'exact'",
            "`types` must be 'native' or 'faithful', not 'exact'",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, good: str, bad: str, told: str) -> None:
    file = write(tmp_path, GOOD.replace(good, bad, 1))
    with pytest.raises(ConfigError) as raised:
        load(file)
    assert told in str(raised.value)


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file") as raised:
        load(tmp_path / "migration.toml")
    assert raised.value.exit_code == 2


def test_errors_hide_passwords() -> None:
    error = ConfigError("reaching postgresql://ann:s3cret@db/shop", "password=s3cret refused", "x")
    assert "s3cret" not in str(error)
    assert masked("postgresql://ann:s3c@ret@db/shop") == "postgresql://ann:***@db/shop"
