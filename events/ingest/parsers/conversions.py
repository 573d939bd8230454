"""Values of clients that do not keep to the types of the wire, read where the meaning is plain."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from enum import Enum
from typing import Any, Final

from events.ingest.parsers.values import json_text

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
_INT64_LIMIT = 2**63
_INT32_LIMIT = 2**31


class Mistyped(Enum):
    """What a conversion answers when a value has no plain meaning for the type asked for."""

    MISTYPED = "mistyped"


MISTYPED: Final = Mistyped.MISTYPED


def to_text(value: Any) -> str | Mistyped:
    """Text as it is; numbers and booleans as JSON writes them."""
    if type(value) is str:
        return value
    if isinstance(value, (bool, int, float)):
        return json_text(value)
    return MISTYPED


def to_number(value: Any) -> float | Mistyped:
    """A finite number, whole ones within 64 bits as int; also from text such as `5` or `-1.5e3`."""
    if type(value) is str and _NUMBER.fullmatch(text := value.strip()):
        value = int(text) if _INTEGER.fullmatch(text) else float(text)
    if type(value) is int:
        return value if -_INT64_LIMIT <= value < _INT64_LIMIT else to_number(_as_float(value))
    return value if type(value) is float and math.isfinite(value) else MISTYPED


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def to_integer(value: Any) -> int | Mistyped:
    """A whole number within 64 bits; also from `5.0` or text such as `5`."""
    if type(value) is int:
        return value if -_INT64_LIMIT <= value < _INT64_LIMIT else MISTYPED
    number = to_number(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return number if type(number) is int and -_INT64_LIMIT <= number < _INT64_LIMIT else MISTYPED


def to_small_integer(value: Any) -> int | Mistyped:
    """A whole number within 32 bits, the range of `count` on the wire."""
    number = to_integer(value)
    return number if isinstance(number, int) and -_INT32_LIMIT <= number < _INT32_LIMIT else MISTYPED


def to_boolean(value: Any) -> bool | Mistyped:
    """A boolean; also from 0, 1 and the words true and false in any case."""
    if isinstance(value, bool):
        return value
    if type(value) is int and value in (0, 1):
        return value == 1
    if type(value) is str and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return MISTYPED


def to_lines(value: Any) -> str | Mistyped:
    """Text; a list of texts becomes its lines."""
    if isinstance(value, list):
        lines = to_text_list(value)
        return lines if isinstance(lines, Mistyped) else "\n".join(lines)
    return to_text(value)


def to_text_list(value: Any) -> list[str] | Mistyped:
    """A list of texts without nulls; a single text is a list of one."""
    if not isinstance(value, list):
        text = to_text(value)
        return text if isinstance(text, Mistyped) else [text]
    texts: list[str] = []
    for item in value:
        if item is not None:
            text = to_text(item)
            if isinstance(text, Mistyped):
                return MISTYPED
            texts.append(text)
    return texts


def to_text_map(value: Any) -> dict[str, str] | Mistyped:
    """An object whose values are texts: null becomes empty, lists are joined by `,`, objects are JSON text."""
    if not isinstance(value, dict):
        return MISTYPED
    return {key: item if type(item) is str else _map_text(item) for key, item in value.items()}


def _map_text(value: Any) -> str:
    if value is None:
        return ""
    texts = to_text_list(value)
    return json_text(value) if isinstance(texts, Mistyped) else ",".join(texts)


def to_list_map(value: Any) -> dict[str, list[str]] | Mistyped:
    """An object whose values are lists of texts, as header fields are."""
    if not isinstance(value, dict):
        return MISTYPED
    return {key: _map_list(item) for key, item in value.items()}


def _map_list(value: Any) -> list[str]:
    if value is None:
        return []
    texts = to_text_list(value)
    return [json_text(value)] if isinstance(texts, Mistyped) else texts


def to_object(value: Any) -> dict[str, Any] | Mistyped:
    """An object of free content."""
    return value if isinstance(value, dict) else MISTYPED


def distinct_texts(values: Iterable[str]) -> list[str]:
    """Non-blank texts, the first of those that differ in case only, in order."""
    found: dict[str, str] = {}
    for value in values:
        if value and not value.isspace():
            found.setdefault(value.lower(), value)
    return list(found.values())
