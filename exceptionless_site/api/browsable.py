"""What the browsable API shows besides the answer: the operation's own words, body templates, neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from django.urls import Resolver404, resolve
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

# DRF reads the renderers while its own views are being imported, so nothing here may import those.
if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

# For pages with nothing from elsewhere and no script inside; the admin needs more, see the middleware.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ROOT = "/api/v2/"
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_SITE_LINK = re.compile(r"\[([^\]]+)\]\((/[\w/#-]+)\)")
_LINK = re.compile(r'<([^>]*)>; rel="(\w+)"')
_SECRET = re.compile(r"((?:access_token|api_?key)=)[^&>\s]+", re.IGNORECASE)
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS


def action_of(view: Any, method: str) -> str | None:
    """The action behind an HTTP method of the view's address."""
    found: str | None = (getattr(view, "action_map", None) or {}).get(method.lower())
    return found


def described(view: Any, method: str) -> AutoSchema | None:
    """What `extend_schema` says of the action behind the method; None where it says nothing."""
    action = action_of(view, method)
    schema_class = getattr(getattr(view, action or "", None), "kwargs", {}).get("schema")
    if schema_class is None:
        return None
    schema: AutoSchema = schema_class()
    schema.view, schema.method = view, method
    return schema


def page_name(view: Any, method: str) -> str:
    """`Token: Get by project`."""
    schema = described(view, method)
    parts = [getattr(view, "tag", ""), (schema and schema.get_summary()) or ""]
    return ": ".join(part for part in parts if part) or str(view.get_view_name())


def page_text(view: Any, method: str) -> SafeString:
    """The operation's description as HTML."""
    schema = described(view, method)
    return paragraphs((schema.get_description() or "").strip() if schema else "")


def paragraphs(text: str) -> SafeString:
    """Marked text of several paragraphs."""
    return format_html_join("", "<p>{}</p>", ((marked(part),) for part in text.split("\n\n") if part))


def marked(text: str) -> SafeString:
    """Text as HTML: `code`, **strong** words, and [links](/docs) to pages of this site."""
    found = _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escape(text)))
    # The text was escaped before anything was added to it.
    return mark_safe(_SITE_LINK.sub(r'<a href="\2">\1</a>', found))  # noqa: S308


def body_template(view: Any, method: str, shown: Any) -> str:
    """JSON to start from.

    For a change these are the object's own values, `shown` being the page's answer; else the operation's
    first example, else the members of its body with empty values.
    """
    schema = described(view, method)
    if schema is None:
        return ""
    members = _members(schema.get_request_serializer())
    if method in ("PUT", "PATCH") and isinstance(shown, Mapping) and members:
        return _json({name: shown.get(name, value) for name, value in members.items()})
    example = next(_request_examples(schema), None)
    return _json(example.value if example else members) if example or members else ""


def _request_examples(schema: AutoSchema) -> Iterator[Any]:
    """Those of the operation, then those of its bodies by media type."""
    yield from (item for item in schema.get_examples() if not item.response_only and not item.parameter_only)
    bodies: Any = schema.get_request_serializer()
    for body in bodies.values() if isinstance(bodies, dict) else ():
        yield from getattr(body, "examples", None) or ()


def media_types(view: Any, method: str) -> list[str]:
    """What a body may be: as documented, else what the view's parsers read."""
    schema = described(view, method)
    bodies = schema.get_request_serializer() if schema else None
    return list(bodies) if isinstance(bodies, dict) else [parser.media_type for parser in view.get_parsers()]


def sent_body(request: Request) -> str:
    """The JSON that was sent, so that a person can mend it; empty when it could not be read."""
    return _json(request.data) if isinstance(request.data, Mapping | list) and request.data else ""


def _members(serializer: Any) -> dict[str, Any]:
    """The members of a body with their initial values; empty for a body that no serializer describes."""
    instance = serializer() if isinstance(serializer, type) else serializer
    initial = instance.get_initial() if hasattr(instance, "get_initial") else None
    return dict(initial) if isinstance(initial, Mapping) else {}


def _json(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str, option=_INDENTED).decode()


def neighbours(link_header: str) -> dict[str, str]:
    """Addresses of a `Link` header by their relation."""
    return {relation: address for address, relation in _LINK.findall(link_header)}


def trail(path: str) -> list[tuple[str, str]]:
    """Name and address of each readable page on the way to this one, the entrance first."""
    found = [("API", _ROOT)]
    segments = path.removeprefix(_ROOT).split("/") if path.startswith(_ROOT) else []
    for number in range(1, len(segments) + 1):
        address = _ROOT + "/".join(segments[:number])
        if segments[number - 1] and _is_readable(address):
            found.append((segments[number - 1], address))
    return found


def _is_readable(path: str) -> bool:
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return "get" in getattr(view, "actions", {})


def covered(address: str) -> str:
    """The text with the tokens of its addresses covered: pages end up in screenshots."""
    return _SECRET.sub(r"\1••••", address)
