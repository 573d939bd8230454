"""Events from a query string, as `GET /events/submit` takes them, and the user description of the first API."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from events.ingest.event import IncomingEvent
from events.ingest.parsers.binding import bind_event
from events.ingest.parsers.conversions import Mistyped, distinct_texts, to_number, to_small_integer, to_text
from exceptionless_site.core.dates import WireDate, format_offset, parse_wire_date
from exceptionless_site.core.json import clean_text

_CREDENTIALS = frozenset({"access_token", "api_key", "apikey"})
_TEXT_FIELDS = {"type": "type", "source": "source", "message": "message", "reference": "reference_id"}
_KNOWN = frozenset({*_TEXT_FIELDS, "date", "count", "value", "geo", "tags", "identity", "identity.name"})

_LATITUDE_LONGITUDE = re.compile(r"\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,30})?)\s*,\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,30})?)\s*")
# A `+` that was not percent-escaped arrives as a blank.
_LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})")
_DATE_FORMATS = (
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%a, %d %b %Y %H:%M:%S GMT",
)


class NamePatterns(Protocol):
    """Wildcard patterns of names, such as a project's data exclusions."""

    def match(self, text: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class SentUserDescription:
    """What a user wrote about an event."""

    email_address: str | None
    description: str | None


class _Parameters:
    """Query parameters by name in any case, in order, without empty values and credentials."""

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, tuple[str, list[str]]] = {}
        for name, value in items:
            lowered = clean_text(name).lower()
            if lowered and value and lowered not in _CREDENTIALS:
                _, values = self._values.setdefault(lowered, (clean_text(name), []))
                values.append(clean_text(value))

    def __bool__(self) -> bool:
        return bool(self._values)

    def all(self, name: str) -> list[str]:
        return self._values.get(name, ("", []))[1]

    def first(self, name: str) -> str | None:
        values = self.all(name)
        return values[0] if values else None

    def others(self) -> list[tuple[str, list[str]]]:
        """Names as sent and values of what is no field of an event."""
        return [entry for lowered, entry in self._values.items() if lowered not in _KNOWN]


def event_from_query(
    items: Iterable[tuple[str, str]],
    *,
    path_type: str | None,
    now: datetime,
    exclusions: NamePatterns | None = None,
) -> IncomingEvent | None:
    """The event that decoded query parameters describe; None when none of them is of use.

    `path_type` is the type named in the path, which the parameter `type` overrules. Parameters that are no
    fields go into `data`, unless `exclusions` match their names; repeated ones as a list. A date, count, value
    or geo that cannot be read is left out.
    """
    parameters = _Parameters(items)
    if not parameters:
        return None
    members = _read_fields(parameters)
    members.setdefault("type", path_type)
    members["data"] = {
        name: values if len(values) > 1 else values[0]
        for name, values in parameters.others()
        if exclusions is None or not exclusions.match(name)
    }
    user = {"identity": parameters.first("identity"), "name": parameters.first("identity.name")}
    members["@user"] = {name: value for name, value in user.items() if value is not None} or None
    return bind_event(members, now)


def _read_fields(parameters: _Parameters) -> dict[str, Any]:
    tags = [tag.strip() for value in parameters.all("tags") for tag in value.split(",")]
    members: dict[str, Any] = {"tags": distinct_texts(tags)}
    for name, field in _TEXT_FIELDS.items():
        if (text := parameters.first(name)) is not None:
            members[field] = text
    for name, convert in (("value", to_number), ("count", to_small_integer)):
        number = convert(parameters.first(name))
        if not isinstance(number, Mistyped):
            members[name] = number
    date = read_lenient_date(parameters.first("date") or "")
    if date is not None:
        members["date"] = format_offset(date.moment, date.tick)
    geo = format_geo(parameters.first("geo") or "")
    if geo is not None:
        members["geo"] = geo
    return members


def read_lenient_date(text: str) -> WireDate | None:
    """A date as people write it into a URL: ISO 8601, month/day/year or the form of HTTP; no zone means UTC."""
    text = _LOST_PLUS.sub(r"\1+\2", text.strip())
    date = parse_wire_date(text)
    if date is not None:
        return date
    for form in _DATE_FORMATS:
        try:
            return WireDate(datetime.strptime(text, form).replace(tzinfo=UTC), 0)
        except ValueError:
            continue
    return None


def format_geo(text: str) -> str | None:
    """`lat,lon` with one to eight decimals each; None when it is no position on earth."""
    match = _LATITUDE_LONGITUDE.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return f"{_format_degrees(latitude)},{_format_degrees(longitude)}"


def _format_degrees(degrees: float) -> str:
    whole, _, decimals = f"{degrees:.8f}".partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def parse_user_description(body: Any) -> SentUserDescription | None:
    """The description in a parsed `PATCH /api/v1/error` body, under its old or present names.

    None when there is nothing to do: no object, or an empty one.
    """
    if not isinstance(body, dict) or not body:
        return None
    members = {str(name).replace("_", "").lower(): value for name, value in body.items()}
    return SentUserDescription(
        email_address=_first_text(members, "useremail", "emailaddress"),
        description=_first_text(members, "userdescription", "description"),
    )


def _first_text(members: dict[str, Any], *names: str) -> str | None:
    for name in names:
        text = to_text(members.get(name))
        if isinstance(text, str) and text:
            return text
    return None
