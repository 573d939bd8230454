"""The address that the request of an event asked for, put together from its parts."""

from __future__ import annotations

from urllib.parse import quote

from events.stacking.error_chain import text_member
from exceptionless_site.core.json import JSONObject

_USUAL_PORTS = (80, 443)


def request_url(request: JSONObject | None, *, with_method: bool = False) -> str:
    """`https://example.com:8080/path?key=value`, `GET ` before it when asked; empty without a request.

    Keys of the query are percent-encoded, its values stand as they are.
    """
    if not request:
        return ""
    path = text_member(request, "path")
    slash = "" if not path or path.startswith("/") else "/"
    address = f"{_origin(request)}{slash}{path}{_query(request)}"
    method = text_member(request, "http_method") if with_method else ""
    return f"{method.upper()} {address}" if method and address else address


def _origin(request: JSONObject) -> str:
    host = text_member(request, "host")
    if not host:
        return ""
    port = request.get("port")
    has_port = type(port) is int and port > 0 and port not in _USUAL_PORTS
    return f"{'https' if request.get('is_secure') is True else 'http'}://{host}{f':{port}' if has_port else ''}"


def _query(request: JSONObject) -> str:
    pairs = request.get("query_string")
    if not isinstance(pairs, dict) or not pairs:
        return ""
    return "?" + "&".join(f"{quote(key, safe='')}={value if value is not None else ''}" for key, value in pairs.items())
