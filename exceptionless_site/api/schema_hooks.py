"""Last touches on the OpenAPI document, in the official document's style."""

from __future__ import annotations

from typing import Any

from exceptionless_site.api.errors import CONTENT_TYPE
from exceptionless_site.api.schema_names import camel, official_path, parameter_text

_METHODS = ("get", "post", "put", "patch", "delete")

Document = dict[str, Any]


def finish(result: Document, generator: Any, request: Any, public: bool) -> Document:
    """drf-spectacular's postprocessing hook."""
    result["security"] = [{"Bearer": []}, {"Token": []}, {"Basic": []}]
    result["paths"] = {official_path(path): item for path, item in result["paths"].items()}
    for item in result["paths"].values():
        for operation in (item[method] for method in _METHODS if method in item):
            _spell_parameters(operation)
            _mark_problems(operation)
    return result


def _spell_parameters(operation: Document) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            continue
        parameter["name"] = camel(parameter["name"])
        text = parameter_text(parameter["name"])
        if text:
            parameter.setdefault("description", text)


def _mark_problems(operation: Document) -> None:
    for status, response in operation["responses"].items():
        content = response.get("content")
        if int(status) >= 400 and content and set(content) == {"application/json"}:
            response["content"] = {CONTENT_TYPE: content["application/json"]}
