"""Values of a document's searchable fields, as they stand on the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events.search.custom_fields import custom_fields
from events.search.fields import CUSTOM_PREFIX, Field

_MAX_INNER_ERRORS = 100


def field_values(document: Mapping[str, Any], field: Field) -> list[Any]:
    """Every value that a field has in an event or stack document; nulls are no values, lists are taken apart."""
    if field.chain is not None:
        return [value for error in _error_chain(document) for value in _values(error, (field.chain,))]
    if field.name.startswith(CUSTOM_PREFIX):
        value = custom_fields(document.get("data") or {}).get(field.name[len(CUSTOM_PREFIX) :])
        return [] if value is None else [value]
    return [value for path in field.paths for value in _values(document, tuple(path.split(".")))]


def _values(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        yield from (item for item in value if item is not None)
    elif value is not None:
        yield value


def _error_chain(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    data = document.get("data")
    error = (data.get("@error") or data.get("@simple_error")) if isinstance(data, Mapping) else None
    for _ in range(_MAX_INNER_ERRORS):
        if not isinstance(error, Mapping):
            return
        yield error
        error = error.get("inner")
