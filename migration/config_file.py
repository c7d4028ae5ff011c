"""Reading migration.toml into the records of `config`.

Unknown keys and wrong types are refused by name; paths are resolved against the folder of the file.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migration.config import (
    DEFAULT_DOOR,
    App,
    Backup,
    Config,
    Copy,
    Exclusion,
    LogicalDatabase,
    Login,
    Replay,
    Sql,
    Target,
)
from migration.errors import ConfigError
from migration.schema.choices import KINDS, Choices
from migration.schema.model import LogicalType
from migration.table import Table, policies_in

# The roles' names are made of it, and PostgreSQL cuts names after 63 bytes.
_LONGEST_DATABASE_NAME = 50


def load(path: Path) -> Config:
    """Read the file; ConfigError names a key that is missing, unknown or of a wrong type."""
    path = path.absolute()
    sections = _parse(path)
    top = Table(sections, name="", file=path)
    databases = _databases(top.table("databases"))
    config = Config(
        path=path,
        sections=sections,
        app=_app(top.table("app")),
        databases=databases,
        target=_target(top.table("target", default={})),
        copy=_copy(top.table("copy", default={}), [database.name for database in databases]),
        backup=_backup(top.table("backup", default={})),
        demo_build=_demo(top.table("demo", default={})),
        sql=_sql(top.table("sql", default={})),
        replay=_replay(top.table("replay")),
    )
    top.close()
    return config


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"reading {path}",
            "there is no such file",
            "run in the folder of your migration.toml, or name it with --config PATH",
        ) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"reading {path}", str(error), "mend the file") from error


def _app(table: Table) -> App:
    app = App(
        name=table.text("name"),
        factory=table.function("factory"),
        sources=table.paths("sources"),
        schema=table.paths("schema", default=()),
        requirements=table.path_or_none("requirements"),
        settings=table.mapping("settings", default={}),
        clock=table.text_or_none("clock"),
        ids=table.text_or_none("ids"),
        effects=table.text_or_none("effects"),
        read_protected=table.function_or_none("read_protected"),
        smtp_port_env=table.text_or_none("smtp_port_env"),
    )
    table.close()
    return app


def _databases(table: Table) -> tuple[LogicalDatabase, ...]:
    names = table.keys
    if not names:
        raise table.refusal("name at least one database, as [databases.NAME]")
    databases = tuple(_database(name, table.table(name)) for name in names)
    known = any(database.identifying for database in databases if not database.pseudonymous)
    if any(database.pseudonymous for database in databases) and not known:
        raise table.refusal(
            "a database is `pseudonymous`, but no other one names its `identifying` columns"
        )
    return databases


def _database(name: str, table: Table) -> LogicalDatabase:
    database = LogicalDatabase(
        name=name,
        sqlite=table.path("sqlite"),
        url_env=table.text("url_env"),
        schema=table.text("schema", default=name),
        ddl=table.path_or_none("ddl"),
        protected=table.texts("protected", default=()),
        identifying=table.texts("identifying", default=()),
        pseudonymous=table.flag("pseudonymous", default=False),
        choices=_choices(table),
    )
    table.close()
    return database


def _choices(table: Table) -> Choices:
    return Choices(
        types=table.one_of("types", ("native", "faithful"), default="native"),
        columns=_columns(table.table("columns", default={})),
        leave_out=_left_out(table.table("leave_out", default={})),
    )


def _columns(table: Table) -> dict[str, LogicalType]:
    for name in table.keys:
        if not all(name.partition(".")):
            raise table.refusal(f'{name!r} names no column; write "table.column"')
    types = [type.value for type in LogicalType]
    return {name: LogicalType(table.one_of(name, types)) for name in table.keys}


def _left_out(table: Table) -> dict[str, str]:
    for name in table.keys:
        if not name.startswith(KINDS) or name in KINDS:
            known = ", ".join(f"{kind.strip()} …" for kind in KINDS)
            raise table.refusal(f"{name!r} names nothing that can be left out ({known})")
    return table.all_texts()


def _target(table: Table) -> Target:
    target = Target(
        url_env=table.text("url_env", default="TARGET_DATABASE_URL"),
        database=table.text("database", default="application"),
        major=table.whole("major", default=18),
        minimum_major=table.whole("minimum_major", default=16),
        connections=table.whole("connections", default=20),
    )
    if len(target.database.encode()) > _LONGEST_DATABASE_NAME:
        raise table.refusal(f"`database` is longer than {_LONGEST_DATABASE_NAME} bytes")
    table.close()
    return target


def _copy(table: Table, databases: Sequence[str]) -> Copy:
    policies = table.table("policies", default={})
    left_behind = table.table("left_behind", default={})
    for part in (policies, left_behind):
        for name in part.keys:
            if name not in databases:
                raise part.refusal(f"there is no database `{name}`")
    copy = Copy(
        streams=table.whole("streams") if "streams" in table.keys else None,
        policies={name: policies_in(policies.table(name)) for name in policies.keys},
        left_behind={name: left_behind.table(name).all_texts() for name in left_behind.keys},
    )
    table.close()
    return copy


def _backup(table: Table) -> Backup:
    backup = Backup(git_tag=table.flag("git_tag", default=True))
    table.close()
    return backup


def _demo(table: Table) -> str | None:
    build = table.function_or_none("build")
    table.close()
    return build


def _sql(table: Table) -> Sql:
    sql = Sql(
        door=table.texts("door", default=DEFAULT_DOOR),
        exclude=tuple(_exclusion(each) for each in table.tables("exclude")),
    )
    table.close()
    return sql


def _exclusion(table: Table) -> Exclusion:
    exclusion = Exclusion(
        place=table.text_or_none("place") or "",
        text=table.text_or_none("text") or "",
        reason=table.text("reason"),
    )
    if bool(exclusion.place) is bool(exclusion.text):
        raise table.refusal("give either `place` or `text`")
    table.close()
    return exclusion


def _replay(table: Table) -> Replay:
    replay = Replay(
        cases=table.path("cases"),
        goldens=table.path("goldens"),
        routes=table.path("routes"),
        known_differences=table.path("known_differences"),
        seed=table.function("seed"),
        now=table.moment("now"),
        majors=table.wholes("majors", default=(18, 16)),
        login=_login(table.table("login")) if "login" in table.keys else None,
        users=_users(table.table("users", default={})),
    )
    table.close()
    return replay


def _login(table: Table) -> Login:
    csrf = table.table("csrf", default={})
    login = Login(
        request=table.mapping("request"),
        csrf_header=csrf.text_or_none("header"),
        csrf_from=csrf.text_or_none("from"),
    )
    csrf.close()
    table.close()
    return login


def _users(table: Table) -> dict[str, Mapping[str, str]]:
    users: dict[str, Mapping[str, str]] = {
        name: table.table(name).all_texts() for name in table.keys
    }
    table.close()
    return users
