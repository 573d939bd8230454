"""Values of a document's searchable fields, as they stand on the wire."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from events.search.custom_fields import custom_fields
from events.search.fields import CUSTOM_PREFIX, EVENT_FIELDS, Field, Kind

_MAX_INNER_ERRORS = 100
_USER = "@user"

Path = tuple[str, ...]
_Places = dict[str, "_Places | list[_Storage]"]


class _Storage(NamedTuple):
    name: str
    kind: Kind
    takes_text: bool


def field_values(document: Mapping[str, Any], field: Field) -> list[Any]:
    """Every value that a field has in an event or stack document; nulls are no values, lists are taken apart.

    Texts and keywords are texts, whatever the client sent; a value of another type than its field needs is none.
    """
    if field.name.startswith(CUSTOM_PREFIX):
        value = custom_fields(document.get("data") or {}).get(field.name[len(CUSTOM_PREFIX) :])
        return [] if value is None else [value]
    if field.chain is not None:
        found = [value for error in _error_chain(document) for value in _values(error, (field.chain,))]
    else:
        found = [value for path in field.paths for value in _values(document, tuple(path.split(".")))]
    return _of_kind(field.kind, found)


def searchable_values(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values of all fields that stand in an event's document, by the name of the field's storage.

    The same as `field_values` of each field, in one walk over the document.
    """
    found: dict[str, list[Any]] = {}
    _walk(document, _PLACES, found)
    data = document.get("data")
    if isinstance(data, Mapping):
        for error in _error_chain(document):
            _walk(error, _CHAIN_PLACES, found)
        for name, value in custom_fields(data).items():
            found[CUSTOM_PREFIX + name] = [value]
    return found


def _walk(value: Mapping[str, Any], places: _Places, found: dict[str, list[Any]]) -> None:
    for key, item in value.items():
        place = places.get(key)
        if place is None or item is None:
            continue
        if isinstance(place, list):
            for storage in place:
                _add(found, storage, item)
        elif item.__class__ is dict or isinstance(item, Mapping):
            _walk(_lower_names(item) if key == _USER else item, place, found)


def _add(found: dict[str, list[Any]], storage: _Storage, item: Any) -> None:
    name, kind, takes_text = storage
    if takes_text and item.__class__ is str:
        kept = [item]
    else:
        kept = _of_kind(kind, item if isinstance(item, list) else [item])
    if name in found:
        found[name] += kept
    elif kept:
        found[name] = kept


def _values(value: Any, path: Path) -> Sequence[Any]:
    for key in path:
        if not isinstance(value, Mapping):
            return ()
        value = _lower_names(value.get(key)) if key == _USER else value.get(key)
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return () if value is None else (value,)


def _lower_names(value: Any) -> Any:
    """Who the user is, is stored as the client sent it: `Identity` is `identity`."""
    if not isinstance(value, Mapping) or all(map(str.islower, value)):
        return value
    return {name.lower(): item for name, item in value.items()}


def _error_chain(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    data = document.get("data")
    error = (data.get("@error") or data.get("@simple_error")) if isinstance(data, Mapping) else None
    for _ in range(_MAX_INNER_ERRORS):
        if not isinstance(error, Mapping):
            return
        yield error
        error = error.get("inner")


def _of_kind(kind: Kind, values: Sequence[Any]) -> list[Any]:
    if kind is Kind.TEXT or kind is Kind.KEYWORD:
        return [text for value in values if (text := _as_text(value)) is not None]
    if kind is Kind.BOOLEAN:
        return [value for value in values if isinstance(value, bool)]
    if kind is Kind.NUMBER or kind is Kind.INTEGER:
        return [value for value in values if _is_number(value)]
    return [value for value in values if not isinstance(value, Mapping | list)]


def _as_text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _places() -> _Places:
    """The fields' paths as one tree: names lead to subtrees, or to the storages that take what stands there."""
    root: _Places = {}
    for field in EVENT_FIELDS.fields:
        for path in field.paths:
            *names, last = path.split(".")
            place = root
            for name in names:
                place = place.setdefault(name, {})  # type: ignore[assignment]
            place.setdefault(last, []).append(_storage(field))  # type: ignore[union-attr]
    return root


def _storage(field: Field) -> _Storage:
    return _Storage(field.storage, field.kind, field.kind in (Kind.TEXT, Kind.KEYWORD))


_PLACES = _places()
_CHAIN_PLACES: _Places = {field.chain: [_storage(field)] for field in EVENT_FIELDS.fields if field.chain is not None}
