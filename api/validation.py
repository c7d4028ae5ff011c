"""Reading input: strict models for bodies and queries, and messages people can act on.

A view declares a `Body` (JSON object) or a `Query` (values are text); `api.web` calls `read`
for both before the view runs. Models are strict: `"7"` and `true` are no integers. Text that
one of the engines cannot store (NUL, half of a surrogate pair), numbers beyond 64 bits or not
finite, and endless nesting are refused in every field that a model declares, so views never
meet them.

Field types: `Text` (stripped of blanks around it), `RawText` (as sent), `Day` (YYYY-MM-DD),
and for queries `QueryInt` and `QueryFlag`. Lengths and ranges belong to the field, with
pydantic's `Field(min_length=…, max_length=…, ge=…, le=…)`.
"""

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails

MAX_DEPTH = 32
NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
INT64 = range(-(2**63), 2**63)


class Body(BaseModel):
    """A JSON object as a request body; keys the model does not declare are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Query(BaseModel):
    """The query string; every value arrives as text, of a repeated key the first counts."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("must be a date like 2026-02-04")


def _digits(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value) and int(value) in INT64:
        return int(value)
    raise ValueError("must be a whole number")


def _flag(value: object) -> object:
    flags = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value in flags:
        return flags[value]
    raise ValueError("must be true or false")


def described(**schema: Any) -> Any:
    """Return an annotation that says in JSON schema what a validator function checks."""
    return Field(json_schema_extra=schema)


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
RawText = Annotated[str, StringConstraints()]
Day = Annotated[date, BeforeValidator(_day)]
QueryInt = Annotated[int, BeforeValidator(_digits)]
QueryFlag = Annotated[bool, BeforeValidator(_flag)]

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], values: Mapping[str, Any], problems: dict[str, str]) -> Model | None:
    """Return `values` as a `model`, or None after adding to `problems` (field -> message)."""
    declared = {name: value for name, value in values.items() if name in model.model_fields}
    flaws = storable_problems(declared)
    problems.update(flaws)
    if flaws:
        return None
    try:
        return model.model_validate(declared)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.setdefault(_field(detail), _message(detail))
        return None


def storable_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Return field -> message for the values that not every engine could store."""
    found = {_readable(name): _unstorable([name, value]) for name, value in values.items()}
    return {name: message for name, message in found.items() if message}


def _unstorable(value: object) -> str | None:
    """Return what makes this JSON value unfit for a database, or None."""
    pending: list[tuple[object, int]] = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        if depth > MAX_DEPTH:
            return "is nested too deeply"
        if flaw := _scalar_flaw(item):
            return flaw
        if isinstance(item, dict):
            pending.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            pending.extend((part, depth + 1) for part in item)
    return None


def _scalar_flaw(item: object) -> str | None:
    match item:
        case str() if "\0" in item:
            return "must not contain the NUL character"
        case str() if _readable(item) != item:
            return "must be valid Unicode text"
        case int() if item not in INT64:
            return "is out of range"
        case float() if not math.isfinite(item):
            return "must be a finite number"
        case _:
            return None


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _field(detail: ErrorDetails) -> str:
    return ".".join(str(part) for part in detail["loc"]) or "body"


def _message(detail: ErrorDetails) -> str:
    """Say what a value must be, without pydantic's vocabulary."""
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(limits["error"])
        case "string_too_short" if limits["min_length"] == 1:
            return "must not be empty"
        case "literal_error" | "enum":
            return f"must be one of {limits['expected']}"
        case kind if kind in MESSAGES:
            return MESSAGES[kind].format(**limits)
        case _:
            return detail["msg"]


MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is unknown here",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "string_pattern_mismatch": "is not in the right format",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
}
