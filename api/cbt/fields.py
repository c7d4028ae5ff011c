"""What the entries of the tools are made of: field types, and the models built on them.

A tool declares one model, an `Entry`: its fields are the columns of the tool's table, with the
ranges that the table demands. `changes_of` makes the model of an update out of it.
"""

from copy import copy
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic.fields import FieldInfo

from api.web import Body, Query, QueryInt, Text

MAX_ROWS = 1000


def _zero_or_one(value: object) -> object:
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise ValueError("must be true or false")


Title = Annotated[Text, Field(min_length=1, max_length=200)]
Account = Annotated[Text, Field(min_length=1, max_length=2000)]
Notes = Annotated[Text, Field(max_length=2000)]
Word = Annotated[Text, Field(min_length=1, max_length=50)]
TimeOfDay = Annotated[Text, Field(max_length=20)]
FromZero = Annotated[int, Field(ge=0, le=10)]
FromOne = Annotated[int, Field(ge=1, le=10)]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Rank = Annotated[int, Field(ge=0, le=1000)]
Minutes = Annotated[int, Field(ge=0, le=1440)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Hours = Annotated[float, Field(ge=0, le=24)]
Flag = Annotated[
    bool,
    BeforeValidator(_zero_or_one),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "integer", "enum": [0, 1]}]}),
]


class Owned(Body):
    """A body that may name its owner, who can only be the caller."""

    username: Text | None = None


class Entry(Owned):
    """The base of every tool's entry: each further field is a column of the tool's table."""


def _one_of_the_fields(schema: dict[str, Any]) -> None:
    fields = schema["properties"].keys() - {"username"}
    schema["anyOf"] = [{"required": [name]} for name in sorted(fields)]


class Change(Owned):
    """The base of every update: of the fields, those that are sent are set."""

    model_config = ConfigDict(json_schema_extra=_one_of_the_fields)

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.model_fields_set - {"username"}:
            raise ValueError("must hold at least one field to change")
        return self


class Page(Query):
    """A part of a list."""

    limit: QueryInt = Field(default=MAX_ROWS, ge=1, le=MAX_ROWS)
    offset: QueryInt = Field(default=0, le=1_000_000)


class OwnersPage(Page):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None


class StatusPage(OwnersPage):
    """A page of the entries in one status, where one is named."""

    status: Word | None = None


def columns_of(entry: type[Entry]) -> tuple[str, ...]:
    """Return the columns that an entry's fields are stored in."""
    return tuple(name for name in entry.model_fields if name != "username")


def changes_of(entry: type[Entry]) -> type[Change]:
    """Return the model of an update: every field of the entry, none of them required."""
    fields: dict[str, Any] = {
        name: (entry.model_fields[name].annotation, _optional(entry.model_fields[name]))
        for name in columns_of(entry)
    }
    return create_model(f"{entry.__name__}Change", __base__=Change, **fields)


def _optional(field: FieldInfo) -> FieldInfo:
    """Let a field be left out, which says nothing about its value."""
    optional = copy(field)
    optional.default = None
    optional.json_schema_extra = _without_default
    return optional


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)
