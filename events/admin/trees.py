"""Any JSON value as HTML that can be folded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_OPEN_ITEMS = 12
"""Objects and lists with more members than that are folded at first."""
_DEEPEST = 20
_MAXIMUM_ITEMS = 200


def as_tree(value: Any, *, depth: int = 0) -> SafeString:
    """Objects and lists as nested lists, other values as text; what is too deep or too long stays JSON text."""
    if isinstance(value, dict) and value:
        return _folded(value.items(), f"{len(value)} members", depth)
    if isinstance(value, list) and value:
        return _folded(enumerate(value), f"{len(value)} items", depth)
    return _scalar(value)


def _folded(items: Iterable[tuple[Any, Any]], count: str, depth: int) -> SafeString:
    rows = list(items)
    if depth >= _DEEPEST:
        return _json(dict(rows))
    lines = [(name, as_tree(value, depth=depth + 1)) for name, value in rows[:_MAXIMUM_ITEMS]]
    body = format_html_join("", "<li><span class='tree-key'>{}</span>{}</li>", lines)
    if len(rows) > _MAXIMUM_ITEMS:
        body += format_html("<li>{} more; see the raw document</li>", len(rows) - _MAXIMUM_ITEMS)
    if depth == 0:
        return format_html("<ul class='tree'>{}</ul>", body)
    is_open = " open" if len(rows) <= _OPEN_ITEMS and depth < 3 else ""
    return format_html("<details{}><summary>{}</summary><ul class='tree'>{}</ul></details>", is_open, count, body)


def _scalar(value: Any) -> SafeString:
    if isinstance(value, str) and ("\n" in value or len(value) > 200):
        return format_html("<pre class='tree-text'>{}</pre>", value)
    return format_html("<span class='tree-value'>{}</span>", value if isinstance(value, str) else _text(value))


def _json(value: Any) -> SafeString:
    return format_html("<pre class='tree-text'>{}</pre>", _text(value))


def _text(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
