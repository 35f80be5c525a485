"""What every operation of a kind may answer besides what it says itself, put into the published schema once."""

from typing import Any

_METHODS = {"get", "post", "put", "patch", "delete"}


def with_common_refusals(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """A page that is none is not found; a body that is neither JSON nor files is not read."""
    for methods in result["paths"].values():
        for method, operation in methods.items():
            refusal = operation["responses"].get("401") if method in _METHODS else None
            if refusal is None:
                continue
            if any(asked["name"] == "cursor" for asked in operation.get("parameters", ())):
                operation["responses"].setdefault("404", refusal)
            if "requestBody" in operation:
                operation["responses"].setdefault("415", refusal)
    return result
