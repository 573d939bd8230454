"""The data keys that have a meaning: their spelling, and what their values must be."""

from __future__ import annotations

from typing import Any

from events.ingest.parsers.models import KNOWN_OBJECTS, map_model, read_object
from events.ingest.parsers.values import normalize_value

REWRITTEN_OBJECTS = frozenset({"@error", "@simple_error", "@request", "@environment"})
"""Known objects stored with their members in snake_case; the others, `@user` above all, are stored as sent."""

_SCALARS = ("@version", "@level", "@submission_method", "@trace", "@ref:session", "sessionend")
_CANONICAL = {name: name for name in (*KNOWN_OBJECTS, *_SCALARS)}
_REFERENCE_PREFIX = "@ref:"

# The event, its data, and then the value.
_LEVEL = 3


def canonical_key(key: str) -> str:
    """The spelling under which a known key is stored; other keys are kept as sent."""
    known = _CANONICAL.get(key) or _CANONICAL.get(lowered := key.lower())
    if known is not None:
        return known
    if lowered.startswith(_REFERENCE_PREFIX):
        return _REFERENCE_PREFIX + key[len(_REFERENCE_PREFIX) :]
    return key


def read_entry(key: str, value: Any) -> tuple[str, Any]:
    """A data entry as it is stored, `key` being canonical.

    A known object is unpacked from JSON text and, where the contract rewrites it, mapped; a value that is no
    object goes under `_` and the key.
    """
    if key not in KNOWN_OBJECTS:
        return key, normalize_value(value, _LEVEL)
    found = read_object(value)
    if found is None:
        return f"_{key}", normalize_value(value, _LEVEL)
    found = normalize_value(found, _LEVEL)
    return key, map_model(key, found) if key in REWRITTEN_OBJECTS else found
