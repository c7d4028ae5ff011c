"""Input models as JSON schema; two models of the same name get names that tell them apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

REFERENCE = "#/components/schemas/{model}"


VALIDATION: Literal["validation"] = "validation"


class Untitled(GenerateJsonSchema):
    """Writes no titles: they would only repeat the names."""

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False


@dataclass(frozen=True)
class Models:
    """The schemas of all models, under `components`, and where each model's is."""

    components: dict[str, Any]
    places: dict[type[BaseModel], dict[str, Any]]

    @classmethod
    def of(cls, models: Iterable[type[BaseModel]]) -> "Models":
        """Write every model, and those inside them, as JSON schema."""
        wanted = list(dict.fromkeys(models))
        places, definitions = models_json_schema(
            [(model, VALIDATION) for model in wanted],
            ref_template=REFERENCE,
            schema_generator=Untitled,
        )
        found = {model: places[model, VALIDATION] for model in wanted}
        return cls(definitions.get("$defs", {}), found)

    def reference(self, model: type[BaseModel]) -> dict[str, Any]:
        """Return the reference to a model's schema."""
        return self.places[model]

    def schema(self, model: type[BaseModel]) -> dict[str, Any]:
        """Return a model's schema itself."""
        name = self.places[model]["$ref"].rpartition("/")[2]
        found: dict[str, Any] = self.components[name]
        return found
