"""Summaries of single events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.ingest.event import ERROR, HEARTBEAT, LOG, NOT_FOUND, SESSION, SESSION_END, USAGE
from events.stacking.error_chain import text_member
from events.stacking.method_text import is_mapped_anonymous, method_full_name
from events.stacking.target import stacking_target
from events.stacking.title import default_title
from events.summaries.summary import Summary, present, short_source_name, type_names
from exceptionless_site.core.json import JSONObject

_SESSION_TYPES = frozenset({SESSION, SESSION_END, HEARTBEAT})


def event_summary(
    *,
    event_type: str,
    source: str | None,
    message: str | None,
    data: Mapping[str, Any],
    value: float | None = None,
    reference_id: str | None = None,
) -> Summary:
    """Template and values of a row of `mode=summary`.

    `value` (seconds) and `reference_id` matter for session events only.
    """
    user = _user(data)
    if event_type == ERROR and (simple_error := _mapping(data, "@simple_error")) is not None:
        return Summary("event-simple-summary", _simple_error_data(message, user, data, simple_error))
    if event_type == ERROR and (error := _mapping(data, "@error")) is not None:
        return Summary("event-error-summary", _error_data(message, user, data, error))
    if event_type == NOT_FOUND:
        return Summary("event-notfound-summary", {"Source": source, **user, **present(IpAddress=_ip_addresses(data))})
    if event_type == USAGE:
        return Summary("event-feature-summary", {"Source": source, **user})
    if event_type in _SESSION_TYPES:
        return Summary("event-session-summary", _session_data(event_type, user, data, value, reference_id))
    if event_type == LOG:
        return Summary("event-log-summary", {"Message": message, **user, **_log_data(source, data)})
    title = default_title(event_type, source, message)
    return Summary("event-summary", {"Message": title, "Source": source, "Type": event_type, **user})


def _simple_error_data(
    message: str | None, user: dict[str, Any], data: Mapping[str, Any], simple_error: JSONObject
) -> dict[str, Any]:
    exception_type = text_member(simple_error, "type")
    names = type_names(exception_type) if exception_type else {}
    return {"Message": message, **user, **names, **_path(data)}


def _error_data(
    message: str | None, user: dict[str, Any], data: Mapping[str, Any], error: JSONObject
) -> dict[str, Any]:
    target = stacking_target(error)
    names = type_names(text_member(target.error, "type"))
    return {"Message": message, **user, **names, **_method_names(target.method), **_path(data)}


def _method_names(method: JSONObject | None) -> dict[str, str | None]:
    name = text_member(method, "name") if method else ""
    if method and (name or is_mapped_anonymous(method)):
        full_name = method_full_name(method)
        return {"Method": name or full_name, "MethodFullName": full_name}
    return {"Method": None, "MethodFullName": None}


def _session_data(
    event_type: str, user: dict[str, Any], data: Mapping[str, Any], value: float | None, reference_id: str | None
) -> dict[str, Any]:
    is_start = event_type == SESSION
    return {
        "SessionId": reference_id if is_start else data.get("@ref:session"),
        "Type": event_type,
        **user,
        "Value": 0 if is_start and value is None else value,
        **present(SessionEnd=data.get("sessionend")),
    }


def _log_data(source: str | None, data: Mapping[str, Any]) -> dict[str, Any]:
    short_name = short_source_name(source) if source else None
    return present(Source=source, SourceShortName=short_name, Level=text_member(data, "@level").strip())


def _user(data: Mapping[str, Any]) -> dict[str, Any]:
    user = _mapping(data, "@user")
    return present(Identity=_any_case(user, "identity"), Name=_any_case(user, "name")) if user else {}


def _any_case(item: JSONObject, name: str) -> str:
    # `@user` is stored as the client spelled it, so Identity is as good as identity.
    if name in item:
        return text_member(item, name)
    return next((text_member(item, key) for key in item if key.lower() == name), "")


def _path(data: Mapping[str, Any]) -> dict[str, Any]:
    return present(Path=text_member(_mapping(data, "@request") or {}, "path"))


def _ip_addresses(data: Mapping[str, Any]) -> list[str]:
    """The addresses of the request and the machine, each once."""
    lists = (
        text_member(_mapping(data, "@request") or {}, "client_ip_address"),
        text_member(_mapping(data, "@environment") or {}, "ip_address"),
    )
    addresses = (address.strip() for text in lists for address in text.split(","))
    return list(dict.fromkeys(address for address in addresses if address))


def _mapping(data: Mapping[str, Any], key: str) -> JSONObject | None:
    value = data.get(key)
    return value if isinstance(value, dict) else None
