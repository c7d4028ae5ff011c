"""docs/features.md, made from what the tool printed of every feature."""

import re
from collections.abc import Callable, Mapping, Sequence

_INTRODUCTION = (
    "# What becomes of each feature\n\n"
    "Each row is a SQLite database of its own that `tests/tool/test_features.py` moves with the"
    " real command, and beside it what `python -m migration run audit` prints of it. What arrives"
    " is looked at in PostgreSQL afterwards: values are read, defaults, keys, rules, references"
    " and triggers are tried, and `python -m migration compare` ends with 0 differences and the"
    " status 0. What is refused ends the command with the status 1 before anything is written;"
    " with the setting or the change that the line names it arrives. The test writes this page:"
    " `RENEW_DOCS=1 .venv/bin/python -m pytest -n 0 tests/tool/test_features.py`.\n"
)


def page(
    order: Mapping[str, Sequence[str]], script: Callable[[str], str], printed: Sequence[str]
) -> str:
    """Return the page: a table for each heading, a row for each feature."""
    parts = [_INTRODUCTION]
    for heading, names in order.items():
        parts.append(f"## {heading}\n\n| feature | the database | what is printed |\n|---|---|---|")
        for name in names:
            lines = " <br> ".join(_code(line) for line in lines_of(name, printed))
            parts[-1] += f"\n| {name.replace('_', ' ')} | {_code(script(name))} | {lines} |"
        parts[-1] += "\n"
    return "\n".join(parts)


def lines_of(name: str, printed: Sequence[str]) -> list[str]:
    """Return what the audit printed of one database, without its name."""
    start = re.compile(rf"audit: {name}(?: is|:) ")
    return [start.sub("", line) for line in printed if start.match(line)]


def _code(text: str) -> str:
    """Return a text as code in one cell of a table."""
    one_line = " ".join(text.split()).replace("|", "\\|")
    return f"`` {one_line} ``" if "`" in one_line else f"`{one_line}`"
