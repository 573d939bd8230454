"""Custom data in searches: the type of each value is part of the name of the field.

`{"Age": 18}` is saved as `age-n`, and the filter `data.age:>17` asks for `idx.age-n`.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from events.search.date_math import to_epoch_milliseconds
from events.search.fields import CUSTOM_PREFIX, MAX_CUSTOM_NAME
from events.search.nodes import AnyNode, Group, Node, Range, Term, with_field
from exceptionless_site.core.dates import parse_wire_date

MAX_TEXT = 1000
MAX_REFERENCE = 256

CustomValue = str | float | bool

_REFERENCE = "@ref:"
_NUMBER = re.compile(r"[+-]?(?=\.?\d)\d*(?:,\d+)*(?:\.\d*)?(?:[eE][+-]?\d{1,9})?", re.ASCII)
_MONTH_ONLY = re.compile(r"\d{4}-\d{2}", re.ASCII)
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{4}(?!\d)", re.ASCII)
_SLASHED_DATES = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")
_INTERNET_DATE = "%a, %d %b %Y %H:%M:%S GMT"
_TRUTH = {"true": True, "false": False}
_FIXED_TYPES = {"sessionend": "d", "haserror": "b"}


def custom_fields(data: Mapping[str, Any]) -> dict[str, CustomValue]:
    """The typed custom fields of an event's data, by names such as `age-n` and `session-r`.

    `-b` bool, `-n` float, `-d` whole milliseconds since 1970, `-s` and `-r` text. Objects, lists, long texts, and keys
    that are no name are left out.
    """
    fields: dict[str, CustomValue] = {}
    for key, value in data.items():
        if key[:1] != "@":
            typed = _typed_value(value)
            name = _field_name(key) if typed else None
            if typed and name:
                fields[f"{name}-{typed[0]}"] = typed[1]
        elif key.startswith(_REFERENCE):
            name = _field_name(key[len(_REFERENCE) :])
            if name and isinstance(value, str) and 0 < len(value) <= MAX_REFERENCE:
                fields[f"{name}-r"] = value
    return fields


def _field_name(key: str) -> str | None:
    name = key.strip().lower()
    if not 0 < len(name) <= MAX_CUSTOM_NAME:
        return None
    return name if all(character.isalnum() or character == "-" for character in name) else None


def _typed_value(value: Any) -> tuple[str, CustomValue] | None:
    if isinstance(value, str):
        return _typed_text(value) if 0 < len(value) < MAX_TEXT else None
    if isinstance(value, bool):
        return "b", value
    if isinstance(value, int | float):
        number = _to_float(value)
        return None if number is None else ("n", number)
    return None


def _typed_text(text: str) -> tuple[str, CustomValue] | None:
    stripped = text.strip()
    if stripped[:1] + stripped[-1:] in ("{}", "[]"):
        return None
    truth = _TRUTH.get(stripped.lower())
    if truth is not None:
        return "b", truth
    # Most texts are neither dates nor numbers; all that are hold a digit.
    if any(character.isdigit() for character in stripped):
        moment = parse_custom_date(stripped)
        if moment is not None:
            return "d", to_epoch_milliseconds(moment)
        number = parse_custom_number(stripped)
        if number is not None:
            return "n", number
    return "s", text


def parse_custom_number(text: str) -> float | None:
    """A number with optional sign, thousands commas and exponent; None for any other text."""
    stripped = text.strip()
    return _to_float(stripped.replace(",", "")) if _NUMBER.fullmatch(stripped) else None


def _to_float(value: float | str) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def parse_custom_date(text: str) -> datetime | None:
    """An instant, from ISO 8601, `12/31/2015 23:59:59`, or `Thu, 31 Dec 2015 23:59:59 GMT`; no zone means UTC."""
    found = parse_wire_date(f"{text}-01" if _MONTH_ONLY.fullmatch(text) else text)
    if found is not None:
        return found.moment
    if text.endswith("GMT"):
        forms: tuple[str, ...] = (_INTERNET_DATE,)
    else:
        forms = _SLASHED_DATES if _SLASHED.match(text) else ()
    for form in forms:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def type_custom_names(tree: Group) -> Group:
    """The same filter with `data.X` and `ref.X` replaced by the typed names under which they are stored."""
    items = tuple(type_custom_names(item) if isinstance(item, Group) else _renamed(item) for item in tree.items)
    return dataclasses.replace(_renamed(tree), items=items)


def _renamed(node: AnyNode) -> AnyNode:
    name = None if node.field is None else _stored_name(node.field, node)
    return node if name is None else with_field(node, name)


def _stored_name(name: str, node: Node) -> str | None:
    """`idx.age-n` for `data.Age`; None for a name that stays: `data.@level`, `data.a.b`, `message`."""
    owner, _, key = name.partition(".")
    owner, key = owner.lower(), key.lower()
    if not key or "." in key or key[0] == "@":
        return None
    if owner == "ref":
        return f"{CUSTOM_PREFIX}{key}-r"
    if owner == "data":
        return f"{CUSTOM_PREFIX}{key}-{_FIXED_TYPES.get(key) or _type_of(list(_values(node)))}"
    return None


def _values(node: Node) -> Iterator[str]:
    """The values that decide on a type: of a group those of its direct children."""
    if isinstance(node, Term):
        yield node.value
    elif isinstance(node, Range):
        yield from (value for value in (node.lower_value, node.upper_value) if value is not None)
    elif isinstance(node, Group):
        for item in node.row():
            if not isinstance(item, Group) and item.field is None:
                yield from _values(item)


def _type_of(values: list[str]) -> str:
    given = [value for value in values if not value.startswith("*")]
    if not given:
        return "s"
    first = given[0]
    if first.lower() in _TRUTH:
        return "b"
    if parse_custom_number(first) is not None:
        return "n"
    if parse_custom_date(first) is not None or all(value == "now" or value.startswith("now/") for value in given):
        return "d"
    return "s"
