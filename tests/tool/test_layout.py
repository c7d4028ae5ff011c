"""The lines between the parts, read from the imports: who may know of whom.

A line is broken by an import anywhere in a module, also in a function or for type checkers only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = {"sqlite3", "psycopg", "psycopg_pool"}
PACKAGES = ("api", "migration")


def _modules(folder: str) -> list[str]:
    """Return the dotted names of the modules below a folder."""
    files = sorted((ROOT / folder).rglob("*.py"))
    return [_name(file) for file in files]


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    candidates = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in candidates if file.is_file()), None)


@cache
def _imports(module: str) -> frozenset[str]:
    """Return every module that this one names in an import, ours by their full names."""
    file = _file(module)
    if file is None:
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return frozenset(name for node in ast.walk(tree) for name in _named(node, package))


def _named(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        source = ".".join([*base, *filter(None, [node.module])])
        yield source
        for alias in node.names:
            # A name taken from a package may be a module of its own.
            if _file(f"{source}.{alias.name}"):
                yield f"{source}.{alias.name}"


def _reached(module: str) -> set[str]:
    """Return the modules of ours that this one imports, directly or through others."""
    reached, pending = {module}, [module]
    while pending:
        found = {name for name in _imports(pending.pop()) if _file(name)} - reached
        reached |= found
        pending += found
    return reached - {module}


def _inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("package", PACKAGES)
def test_drivers_are_imported_only_in_the_database_package(package: str) -> None:
    users = {
        module
        for module in _modules(package)
        if DRIVERS & {name.partition(".")[0] for name in _imports(module)}
    }
    inside = {module for module in users if _inside(module, f"{package}.db")}
    assert inside, "nobody imports a driver: this test looks in the wrong place"
    assert users == inside


@pytest.mark.parametrize(("package", "other"), [PACKAGES, PACKAGES[::-1]])
def test_application_and_tool_do_not_import_each_other(package: str, other: str) -> None:
    modules = _modules(package)
    assert len(modules) > 10
    offenders = {
        module for module in modules if any(_inside(name, other) for name in _imports(module))
    }
    assert offenders == set()


def test_comparing_shares_no_code_with_copying_and_converting() -> None:
    """One mistake must not hide on both sides, so not by way of a third module either."""
    modules = _modules("migration/compare")
    assert modules
    shared = {
        (module, name)
        for module in modules
        for name in _reached(module)
        if _inside(name, "migration.copy") or _inside(name, "migration.schema.convert")
    }
    assert shared == set()


def test_the_reader_of_imports_sees_every_way_to_write_one() -> None:
    """What the other tests rest on, shown on modules whose imports are known."""
    assert "sqlite3" in _imports("migration.db.sqlite")
    assert "migration.db.postgres" in _imports("migration.db")
    tree = ast.parse("def late():\n    from ..copy import load\n")
    relative = {name for node in ast.walk(tree) for name in _named(node, "migration.compare")}
    assert relative == {"migration.copy", "migration.copy.load"}
