"""Why a case does not match its golden: a headline, then titled blocks, the first cause first.

Only one difference is told in full, the first or the status that came with it; what follows from it
is counted. The statement behind it is the first one on which the two engines part, or else the
likeliest one of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from migration.db.trace import Statement
from migration.replay.canonical import Tree, write_line
from migration.replay.cases import Case
from migration.replay.compare import Difference, kind_of
from migration.replay.observation import Exchange, Observation
from migration.replay.paths import exchange_of, field_of, within_exchange

_KINDS = {
    "value": "another value",
    "type": "another type",
    "order": "the same items in another order",
    "missing": "something is missing",
    "extra": "something is there that was not expected",
}
_LONGEST_VALUE = 600
_LINES_OF_TRACEBACK = 8
_PLACEHOLDER = re.compile(r"\$\d+|:\w+|%\(\w+\)s|%s|\?")
# What an engine's connection needs, and the application did not ask.
_HOUSEKEEPING = re.compile(
    r"\s*(?:$|(?:PRAGMA|BEGIN|COMMIT|ROLLBACK|SET|SHOW)\b|SELECT\b.*\b(?:sqlite_master|sqlite_schema"
    r"|pg_catalog|information_schema)\b)",
    re.IGNORECASE | re.DOTALL,
)
_ROWS_OF = re.compile(r'^rows(?:\["(?:[^"]*\.)?([^".]+)"\]|\.(\w+))')


def explain(
    case: Case,
    differences: Sequence[Difference],
    observed: Observation,
    *,
    reference: Observation | None = None,
    after: str = "",
) -> str:
    """Return the report of a case that differs; `after` says what to do next."""
    first = _leading(differences)
    number = exchange_of(first.path)
    exchange = observed.exchanges[number] if number is not None and _has(observed, number) else None
    blocks = [
        ("Case", _case(case, exchange, number)),
        (f"First difference (of {len(differences)})", _difference(first)),
        ("Exception in the application", _traceback(exchange)),
        ("Statement behind it", _statement(first, exchange, _same_exchange(reference, number))),
        ("Also different", [field_of(one.path) for one in differences if one is not first][:5]),
        ("Next", after.splitlines()),
    ]
    return "\n\n".join([headline(case, first, observed.engine), *_shown(blocks)])


def headline(case: Case, first: Difference, engine: str) -> str:
    """Say in one line what differs where."""
    return f"{case.id} differs from its golden on {engine}: {_where(first)}: {_KINDS[first.kind]}"


def summary(difference: Difference) -> str:
    """Say in one line what a difference consists of."""
    return (
        f"{field_of(difference.path)}: {_KINDS[difference.kind]}: "
        f"{_value(difference.expected)} -> {_value(difference.actual)}"
    )


def _leading(differences: Sequence[Difference]) -> Difference:
    """Return the first difference, or the other status that its answer came with."""
    first = differences[0]
    status = f"exchanges[{exchange_of(first.path)}].answer.status"
    return next((found for found in differences if found.path == status), first)


def _shown(blocks: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    return [
        "\n".join([title, *(f"  {line}" for line in lines)]) for title, lines in blocks if lines
    ]


def _case(case: Case, exchange: Exchange | None, number: int | None) -> list[str]:
    lines = [f"{case.id} ({case.kind}), in {case.source}"]
    if exchange is not None and number is not None:
        lines.append(f"request {number + 1} of {len(case.steps)}: {write_line(exchange.request)}")
    return lines


def _difference(first: Difference) -> list[str]:
    return [
        f"at        {_where(first)}",
        f"kind      {_KINDS[first.kind]}",
        f"expected  {_value(first.expected) if first.kind != 'extra' else 'nothing'}",
        f"got       {_value(first.actual) if first.kind != 'missing' else 'nothing'}",
    ]


def _where(difference: Difference) -> str:
    return within_exchange(difference.path) or "the number of requests"


def _value(tree: Tree) -> str:
    text = write_line(tree)
    if len(text) > _LONGEST_VALUE:
        text = f"{text[:_LONGEST_VALUE]}… ({len(text)} characters)"
    return f"{text} ({kind_of(tree)})"


def _traceback(exchange: Exchange | None) -> list[str]:
    if exchange is None or exchange.error is None:
        return []
    return exchange.error.rstrip().splitlines()[-_LINES_OF_TRACEBACK:]


def _statement(
    first: Difference, exchange: Exchange | None, reference: Exchange | None
) -> list[str]:
    if exchange is None:
        return []
    statements = _asked(exchange)
    if reference is not None:
        for ours, theirs in zip_longest(statements, _asked(reference)):
            if _parted(ours, theirs):
                return [*_told(ours or theirs), _came_of_it(theirs), _came_of_it(ours)]
    likely = _likeliest(first, statements)
    return [*_told(likely), _came_of_it(likely)] if likely else []


def _asked(exchange: Exchange) -> list[Statement]:
    """Return the statements that the application asked, on whatever engine."""
    return [one for one in exchange.statements if not _HOUSEKEEPING.match(one.sql)]


def _parted(ours: Statement | None, theirs: Statement | None) -> bool:
    if ours is None or theirs is None:
        return True
    counted = ours.rows is not None and theirs.rows is not None
    return (
        _worded(ours) != _worded(theirs)
        or (ours.error is None) != (theirs.error is None)
        or (counted and ours.rows != theirs.rows)
    )


def _worded(statement: Statement) -> list[str]:
    """Return the words of a statement, whatever its engine calls a parameter."""
    return _PLACEHOLDER.sub("?", statement.sql).split()


def _told(statement: Statement | None) -> list[str]:
    if statement is None:
        return []
    lines = [line for line in statement.sql.splitlines() if line.strip()]
    return [*lines, f"parameters: {statement.params!r}"]


def _came_of_it(statement: Statement | None) -> str:
    if statement is None:
        return "the other engine was not asked this"
    outcome = "rows not counted" if statement.rows is None else f"{statement.rows} rows"
    return f"{statement.engine}, {statement.database}: {statement.error or outcome}"


def _likeliest(first: Difference, statements: Sequence[Statement]) -> Statement | None:
    """Return the failed statement, else the last that writes the table or reads the field."""
    failed = [statement for statement in statements if statement.error is not None]
    if failed:
        return failed[0]
    place = _where(first)
    rows = _ROWS_OF.match(place)
    if rows:
        table, column = re.escape(rows[1] or rows[2]), re.escape(place.rpartition(".")[2])
        writers = _fitting(statements, rf"\b(?:INTO|UPDATE|FROM)\s+[\"\w.]*\b{table}\b")
        return _last(writers, rf"\b{column}\b") or _last(writers, "")
    words = re.findall(r"[A-Za-z_]+", field_of(first.path).removeprefix("answer"))
    for word in reversed(words):
        found = _last(statements, rf"\b{word}\b")
        if found is not None:
            return found
    return _last(statements, r"\bSELECT\b")


def _last(statements: Sequence[Statement], pattern: str) -> Statement | None:
    return next(reversed(_fitting(statements, pattern)), None)


def _fitting(statements: Sequence[Statement], pattern: str) -> list[Statement]:
    return [one for one in statements if re.search(pattern, one.sql, re.IGNORECASE)]


def _has(observation: Observation, number: int) -> bool:
    return number < len(observation.exchanges)


def _same_exchange(reference: Observation | None, number: int | None) -> Exchange | None:
    if reference is None or number is None or not _has(reference, number):
        return None
    return reference.exchanges[number]
