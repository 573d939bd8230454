"""The start event of a session: made from the session's first event, and moved on by later ones."""

from __future__ import annotations

from typing import Any

from events.ingest.event import SESSION, IncomingEvent
from events.ingest.parsers.models import map_model
from events.sessions.plan import StartState, sensible_seconds
from exceptionless_site.core.dates import format_utc, parse_wire_date

END = "sessionend"
_ENVIRONMENT = (
    "architecture",
    "command_line",
    "data",
    "install_id",
    "o_s_name",
    "o_s_version",
    "process_id",
    "process_name",
    "processor_count",
    "runtime_version",
    "total_physical_memory",
)
_PRIVATE_ENVIRONMENT = ("ip_address", "machine_name")
_REQUEST = ("data", "host", "http_method", "is_secure", "path", "port", "referrer", "user_agent")
_PRIVATE_REQUEST = ("client_ip_address",)


def make_start(first: IncomingEvent, *, include_private: bool) -> IncomingEvent:
    """A start event of a session that begins with this event; it has no reference id yet."""
    start = IncomingEvent(type=SESSION, date=first.date, date_tick=first.date_tick, geo=first.geo, value=0)
    user = map_model("@user", first.data.get("@user")) if include_private else None
    members = {
        "@user": user,
        "@location": first.data.get("@location"),
        "@version": _text(first.data.get("@version")),
        "@environment": _part(first, "@environment", _ENVIRONMENT, _PRIVATE_ENVIRONMENT if include_private else ()),
        "@request": _part(first, "@request", _REQUEST, _PRIVATE_REQUEST if include_private else ()),
    }
    start.data.update({name: value for name, value in members.items() if value})
    return start


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _part(event: IncomingEvent, key: str, names: tuple[str, ...], private: tuple[str, ...]) -> dict[str, Any] | None:
    model = event.mapping(key)
    return {name: model[name] for name in (*names, *private) if name in model} if model else None


def state_of_event(event: IncomingEvent) -> StartState:
    return StartState(event.date, sensible_seconds(event.value))


def put_state(event: IncomingEvent, state: StartState) -> None:
    """Write the duration and the end of the session into its start event."""
    event.value = state.seconds
    _put_end(event.data, state)


def state_of_document(document: dict[str, Any]) -> StartState:
    """Of a stored start event."""
    date = parse_wire_date(document["date"])
    if date is None:
        raise ValueError("the document of an event has no date")
    end = (document.get("data") or {}).get(END)
    ended = parse_wire_date(end) if isinstance(end, str) else None
    return StartState(date.moment, sensible_seconds(document.get("value")), ended.moment if ended else None)


def put_state_in_document(document: dict[str, Any], state: StartState) -> None:
    document["value"] = state.seconds
    _put_end(document.setdefault("data", {}), state)


def _put_end(data: dict[str, Any], state: StartState) -> None:
    data.pop(END, None)
    if state.ended is not None:
        data[END] = format_utc(state.ended)


def has_end(data: dict[str, Any]) -> bool:
    """Whether a start event's data says that the session is over."""
    return data.get(END) is not None
