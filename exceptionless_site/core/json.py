"""JSON in and out: fast where the text is well-formed, tolerant where real clients are not."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

JSONObject = dict[str, Any]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_REFUSED = "\x00"


def loads(raw: bytes | str) -> Any:
    """Parse JSON; lone surrogates become U+FFFD and U+0000 is taken out (PostgreSQL stores neither).

    Raises ValueError for text that is not JSON, RecursionError for text nested beyond all use.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        # orjson refuses lone surrogates, which JavaScript clients can send; the standard library reads them.
        value = json.loads(raw, parse_constant=_refuse_constant)
        return clean(value)
    has_nul = b"\\u0000" in raw if isinstance(raw, bytes) else "\\u0000" in raw
    return clean(value) if has_nul else value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def clean(value: Any) -> Any:
    """The same value with all texts (keys too) free of U+0000 and lone surrogates."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return value


def clean_text(text: str) -> str:
    """Text without U+0000, lone surrogates replaced by U+FFFD."""
    if _REFUSED in text:
        text = text.replace(_REFUSED, "")
    return _LONE_SURROGATE.sub("�", text)


def dumps(value: Any) -> bytes:
    """Compact JSON bytes; keys are kept in their order."""
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
