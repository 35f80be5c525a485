"""What the published schema promises of an answer."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS31Validator, oas31_format_checker


def published_schema() -> dict[str, Any]:
    """The schema, read strictly: an object holds nothing that it does not name."""
    found: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    for component in found["components"]["schemas"].values():
        if component.get("type") == "object" and "properties" in component:
            component.setdefault("additionalProperties", False)
    return found


def check(schema: dict[str, Any], operation_id: str, body: Any, code: int = 200) -> None:
    """Raise unless the body is what the operation promises."""
    operation = next(
        operation
        for methods in schema["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict) and operation.get("operationId") == operation_id
    )
    promised = operation["responses"][str(code)]["content"]["application/json"]["schema"]
    root = {**promised, "components": schema["components"]}
    if "$ref" in promised:
        root = {"allOf": [promised], "components": schema["components"]}
    OAS31Validator(root, format_checker=oas31_format_checker).validate(body)
