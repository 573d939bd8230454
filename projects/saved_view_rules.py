"""What a saved view may hold: pure rules, each broken one told by the field it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from projects.models.saved_view import EVENTS, STACKS, STREAM, VIEW_TYPES

LENGTHS = {"name": 100, "filter": 2_000, "time": 100, "sort": 100, "slug": 100, "filter_definitions": 100_000}
SLUG_PATTERN = r"^(?![a-f0-9]{24}$)[a-z0-9]+(?:-[a-z0-9]+)*$"
CONTENT = ("filter", "filter_definitions", "columns", "time", "sort", "show_stats", "show_chart")
"""What a view shows; its name and slug are not among it."""

_SLUG = re.compile(SLUG_PATTERN)
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_EVENT_COLUMNS = frozenset(
    [
        "summary",
        "user",
        "date",
        "project",
        "tags",
        "message",
        "type",
        "version",
        "exception_type",
        "source",
        "name",
        "level",
    ]
)
_COLUMNS = {
    EVENTS: _EVENT_COLUMNS,
    STREAM: _EVENT_COLUMNS,
    STACKS: frozenset(["summary", "project", "tags", "status", "users", "events", "first", "last"]),
}
MAXIMUM_COLUMNS = 50

Columns = Mapping[str, Mapping[str, Any]]
Errors = dict[str, str]


def slug_of(name: str) -> str:
    """`Most Frequent 404s` as an address has it: most-frequent-404s; empty when nothing of the name is left."""
    return _NOT_IN_SLUGS.sub("-", name.lower()).strip("-")[: LENGTHS["slug"]].rstrip("-")


def broken_rules(view_type: str, values: Mapping[str, Any]) -> Errors:
    """What is wrong with the values that are there, by field; lengths are the caller's concern."""
    errors: Errors = {}
    if view_type not in VIEW_TYPES:
        return {"view_type": f"View type must be one of: {', '.join(VIEW_TYPES)}"}
    if "name" in values and not (values["name"] or "").strip():
        errors["name"] = "The Name field is required."
    if "slug" in values and not _SLUG.fullmatch(values["slug"] or ""):
        errors["slug"] = f"The field Slug must match the regular expression '{SLUG_PATTERN}'."
    if values.get("filter_definitions") and not _is_json_list(values["filter_definitions"]):
        errors["filter_definitions"] = "Filter definitions must be a JSON array."
    column_error = next(_column_errors(view_type, values.get("columns") or {}), None)
    return errors | {"columns": column_error} if column_error else errors


def _is_json_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


def _column_errors(view_type: str, columns: Columns) -> Iterator[str]:
    if len(columns) > MAXIMUM_COLUMNS:
        yield f"A view cannot have more than {MAXIMUM_COLUMNS} columns."
    unknown = sorted(columns.keys() - _COLUMNS[view_type])
    if unknown:
        yield f"'{unknown[0][:100]}' is not a column of {view_type}."
    positions = [settings["position"] for settings in columns.values() if settings.get("position") is not None]
    if len(positions) != len(set(positions)):
        yield "Column positions must be unique."
    filling = [settings for settings in columns.values() if settings.get("auto_fill")]
    if len(filling) > 1:
        yield "Only one column can fill the remaining width."
    for settings in filling:
        if settings.get("width") is not None:
            yield "A column that fills the remaining width cannot have a width."
        if settings.get("visible") is False:
            yield "A column that fills the remaining width must be visible."
