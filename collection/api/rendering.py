"""JSON by orjson, in the forms REST framework gives its own."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_as_rest_framework = JSONEncoder().default
# Instants and odd values go through REST framework's encoder, so that nothing is written in two ways.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


class OrjsonRenderer(JSONRenderer):
    """As `JSONRenderer`, several times as fast. `Accept: application/json; indent=2` indents by two."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        indents = self.get_indent(accepted_media_type or "", dict(renderer_context or {}))
        options = _OPTIONS | orjson.OPT_INDENT_2 if indents else _OPTIONS
        return orjson.dumps(data, default=_as_rest_framework, option=options)
