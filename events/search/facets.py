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
    found = {}
    for name in FACETS:
        given = values.get(name)
        if given and (kept := given if len(given) == 1 and _is_plain(given[0]) else _kept(given)):
            found[name] = kept
    return json.dumps(found).decode() if found else None


def _is_plain(value: Any) -> bool:
    return value.__class__ is bool or (len(value) <= MAXIMUM_TEXT and "\0" not in value)


def _kept(values: list[Any]) -> list[Any]:
    # PostgreSQL's JSON has no such character.
    once = dict.fromkeys(values)
    return [value if _is_plain(value) else value.replace("\0", "") for value in once if _is_short(value)]


def _is_short(value: Any) -> bool:
    return value.__class__ is bool or len(value) <= MAXIMUM_TEXT
