"""Reading the stored form of `@error`: snake_case objects whose members may be missing or of a wrong type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exceptionless_site.core.json import JSONObject

MAXIMUM_DEPTH = 100


def error_chain(error: JSONObject) -> list[JSONObject]:
    """The error and its non-empty inner errors, outermost first, at most `MAXIMUM_DEPTH` of them."""
    chain = [error]
    while len(chain) < MAXIMUM_DEPTH:
        inner = chain[-1].get("inner")
        if not inner or not isinstance(inner, dict):
            break
        chain.append(inner)
    return chain


def stack_frames(error: JSONObject) -> list[JSONObject]:
    """The frames of this error alone, top of the stack first."""
    frames = error.get("stack_trace")
    return [frame for frame in frames if isinstance(frame, dict)] if isinstance(frames, list) else []


def target_method(error: JSONObject) -> JSONObject | None:
    """The method that threw, as clients name it beside the frames."""
    method = error.get("target_method")
    return method if isinstance(method, dict) else None


def text_member(item: Mapping[str, Any], name: str) -> str:
    """The member when it is a text, else the empty text."""
    value = item.get(name)
    return value if isinstance(value, str) else ""
