"""YAML with the types of JSON alone, for case files and the table of routes.

Plain YAML turns `2026-02-04` into a date, `yes` into a boolean and `1_000` into a number, and
lets a key be written twice. A case is data that travels as JSON, so none of that happens here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

import yaml

from migration.replay.errors import CaseFileError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# The same grammar, read by the C library where the installation has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, bool | None] = {"": None, "null": None, "~": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_REAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def read_yaml(file: Path) -> Json:
    """Read `file`; raise `CaseFileError`, with the line when it is not well formed."""
    try:
        node = yaml.compose(file.read_text("utf-8"), Loader=_LOADER)
        return None if node is None else _value(node)
    except yaml.YAMLError as error:
        raise CaseFileError.at(file, "the file", f"is not well formed: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CaseFileError.at(file, "the file", f"cannot be read: {error}") from error


def _value(node: yaml.Node) -> Json:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _REAL.fullmatch(text) else text


def _mapping(node: yaml.MappingNode) -> dict[str, Json]:
    pairs: dict[str, Json] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in pairs:
            raise yaml.MarkedYAMLError(
                problem=f"{key!r} is written twice", problem_mark=key_node.start_mark
            )
        pairs[key] = _value(value_node)
    return pairs
