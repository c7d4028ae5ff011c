"""Input models as JSON schema, with all that `api.validation` refuses whatever the field.

Bodies become components; two models of the same name get names that tell them apart. Of a query
model only the fields matter: each becomes a parameter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import CoreRef, GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from api.validation import INT64, NOT_BLANK

Json = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"
VALIDATION: Literal["validation"] = "validation"
INTEGER: Json = {"type": "integer", "minimum": INT64.start, "maximum": INT64.stop - 1}
WITHOUT_NUL = r"^[^\u0000]*$"
TEXT: Json = {"type": "string", "pattern": WITHOUT_NUL}


class BodySchema(GenerateJsonSchema):
    """Writes no titles, which would only repeat the names, and bounds what has no bounds."""

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False

    def str_schema(self, schema: core_schema.StringSchema) -> Json:
        return {"pattern": _pattern(schema), **super().str_schema(schema)}

    def int_schema(self, schema: core_schema.IntSchema) -> Json:
        return {**INTEGER, **super().int_schema(schema)}

    def float_schema(self, schema: core_schema.FloatSchema) -> Json:
        return {**INTEGER, **super().float_schema(schema)}

    def any_schema(self, _schema: core_schema.AnySchema) -> Json:
        """Write any value that can be stored, which may hold others of its kind."""
        place, reference = self.get_cache_defs_ref_schema(CoreRef("Storable"))
        self.definitions[place] = {
            "anyOf": [
                {"type": ["null", "boolean"]},
                {**INTEGER, "type": "number"},
                TEXT,
                {"type": "array", "items": reference},
                {"type": "object", "propertyNames": TEXT, "additionalProperties": reference},
            ],
        }
        return reference


class QuerySchema(BodySchema):
    """Writes fields as they stand in a query: digits have no sign, and nothing is null."""

    def int_schema(self, schema: core_schema.IntSchema) -> Json:
        return super().int_schema({"ge": 0, **schema})

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Json:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described


@dataclass(frozen=True)
class Bodies:
    """The schemas of all body models, under `components`, and where each model's is."""

    components: Json
    places: dict[type[BaseModel], Json]

    @classmethod
    def of(cls, models: Iterable[type[BaseModel]]) -> "Bodies":
        """Write every model, and those inside them, as JSON schema."""
        wanted = list(dict.fromkeys(models))
        places, definitions = models_json_schema(
            [(model, VALIDATION) for model in wanted],
            ref_template=REFERENCE,
            schema_generator=BodySchema,
        )
        found = {model: places[model, VALIDATION] for model in wanted}
        return cls(definitions.get("$defs", {}), found)

    def reference(self, model: type[BaseModel]) -> Json:
        """Return the reference to a model's schema."""
        return self.places[model]


def query_schema(model: type[BaseModel]) -> Json:
    """Return the schema of a query model."""
    return model.model_json_schema(schema_generator=QuerySchema)


def _pattern(schema: core_schema.StringSchema) -> str:
    """Return what a text matches: no NUL, and enough of it where blanks around it do not count."""
    least = schema.get("min_length", 0)
    if not (least and schema.get("strip_whitespace")):
        return WITHOUT_NUL
    if least == 1:
        return NOT_BLANK
    return rf"^[^\u0000]*[^\s\u0000][^\u0000]{{{least - 2},}}[^\s\u0000][^\u0000]*$"
