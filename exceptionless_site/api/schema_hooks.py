"""Last touches on the OpenAPI document, in the official document's style."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from exceptionless_site.api.errors import CONTENT_TYPE
from exceptionless_site.api.schema import OPTIONAL_BODY_KEY
from exceptionless_site.api.schema_names import camel, official_path, parameter_text

_SCHEMES = ("Bearer", "Token", "Basic")
_NO_SCHEMAS = ("example", "examples", "default", "enum")
_METHODS = ("get", "post", "put", "patch", "delete")

Document = dict[str, Any]


def finish(result: Document, generator: Any, request: Any, public: bool) -> Document:
    """drf-spectacular's postprocessing hook."""
    result["security"] = [{name: []} for name in _SCHEMES]
    schemes = result["components"]["securitySchemes"]
    result["components"]["securitySchemes"] = {name: schemes[name] for name in _SCHEMES}
    result["paths"] = {official_path(path): item for path, item in result["paths"].items()}
    for item in result["paths"].values():
        for operation in (item[method] for method in _METHODS if method in item):
            operation["description"] = operation.get("description", "").strip()
            _spell_parameters(operation)
            _finish_body(operation)
            _finish_responses(operation)
    _name_integer_sizes(result)
    return result


def _spell_parameters(operation: Document) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            continue
        parameter["name"] = camel(parameter["name"])
        text = parameter_text(parameter["name"])
        if text:
            parameter.setdefault("description", text)


def _finish_body(operation: Document) -> None:
    """A JSON body must be sent unless the operation says `OPTIONAL_BODY`, and may be any JSON media type."""
    is_optional = operation.pop(OPTIONAL_BODY_KEY, False)
    body = operation.get("requestBody")
    if body is None or "application/json" not in body["content"]:
        return
    json_content = body["content"]["application/json"]
    if is_optional:
        json_content["schema"] = {"oneOf": [{"type": "null"}, json_content["schema"]]}
        body.pop("required", None)
    else:
        body["required"] = True
    if set(body["content"]) == {"application/json"}:
        body["content"]["application/*+json"] = dict(json_content)


def _name_integer_sizes(part: Any) -> None:
    """Whole numbers have 32 bits unless their field says more (`LongField`)."""
    if isinstance(part, list):
        for item in part:
            _name_integer_sizes(item)
    elif isinstance(part, dict):
        kinds = part.get("type")
        if "enum" not in part and (kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds)):
            part.setdefault("format", "int32")
        for name, item in part.items():
            if name not in _NO_SCHEMAS:
                _name_integer_sizes(item)


def _finish_responses(operation: Document) -> None:
    for status, response in operation["responses"].items():
        response["description"] = response["description"] or _phrase(status)
        content = response.get("content")
        if int(status) >= 400 and content and set(content) == {"application/json"}:
            response["content"] = {CONTENT_TYPE: content["application/json"]}


def _phrase(status: str) -> str:
    return HTTPStatus(int(status)).phrase
