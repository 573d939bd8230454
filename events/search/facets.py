"""The values of documents that aggregations count, in a column of their own: no document is unpacked to count them.

A facet stands under the name of its field's storage, as a list of values, each of them once and as it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exceptionless_site.core import json

FACETS = (
    *("tag", "source", "user", "error_type", "error_code", "target_type", "target_method"),
    *("os", "os_version", "os_major", "browser", "browser_major", "device", "bot"),
    *("architecture", "machine", "country", "level1", "level2", "locality"),
)

MAXIMUM_TEXT = 256
"""Longer texts are not counted, as in the official server."""


def facets_text(values: Mapping[str, list[Any]]) -> str | None:
    """The facets as JSON, from the values of a document by storage; None without any."""
    found = {name: kept for name in FACETS if name in values and (kept := _kept(values[name]))}
    return json.dumps(found).decode() if found else None


def _kept(values: list[Any]) -> list[Any]:
    return [_storable(value) for value in dict.fromkeys(values) if not isinstance(value, str) or _is_short(value)]


def _is_short(text: str) -> bool:
    return len(text) <= MAXIMUM_TEXT


def _storable(value: Any) -> Any:
    # PostgreSQL's JSON has no such character.
    return value.replace("\0", "") if isinstance(value, str) and "\0" in value else value
