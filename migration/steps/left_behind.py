"""Rows in quarantine and the decisions about them in migration.toml, held side by side."""

from migration.compare.left_behind import left_behind
from migration.config import LogicalDatabase
from migration.site import Site


def rows_left_behind(site: Site, database: LogicalDatabase) -> list[str]:
    """Return the rows in quarantine as migration.toml names them. Only looks."""
    with site.target(database) as target:
        found = left_behind(target, database.schema)
    return [f"{table} ({key})" for table, rows in sorted(found.items()) for key in rows.entries]


def undecided(site: Site, database: LogicalDatabase) -> list[str]:
    """Return the rows in quarantine of which migration.toml does not say why they may stay."""
    decided = site.config.copy.left_behind.get(database.name, {})
    return [row for row in rows_left_behind(site, database) if row not in decided]


def outdated(site: Site, database: LogicalDatabase) -> list[str]:
    """Return the decisions about rows that are not in quarantine."""
    rows = set(rows_left_behind(site, database))
    return [row for row in site.config.copy.left_behind.get(database.name, {}) if row not in rows]
