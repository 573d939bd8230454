"""How an event is called and described to people: pure, for mails and Slack alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from events.ingest.event import ERROR, LOG, NOT_FOUND, USAGE
from events.notifications.facts import Facts
from events.notifications.occurrence import Occurrence
from events.notifications.request_url import request_url
from events.stacking.error_chain import stack_frames, text_member
from events.stacking.method_text import method_full_name, method_signature
from events.stacking.target import stacking_target
from events.stacking.text import truncate
from events.summaries.summary import short_type_name
from exceptionless_site.core.json import JSONObject

SUBJECT_LENGTH = 120
_NAME_LENGTH = 60
_MESSAGE_LENGTH = 60


class Field(NamedTuple):
    """A line of the description; short ones stand two in a row."""

    title: str
    value: str
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is what happened, such as `critical new NullReferenceException`; `title` names the event."""

    kind: str
    title: str
    fields: tuple[Field, ...]

    def subject(self, project_name: str) -> str:
        kind = f"{self.kind[:1].upper()}{self.kind[1:]}"
        return f"[{project_name}] {truncate(f'{kind}: {self.title}', SUBJECT_LENGTH)}"


def notice_of(occurrence: Occurrence) -> Notice | None:
    """None for an event that says nothing about itself."""
    event_type = occurrence.text("type")
    if event_type == ERROR:
        kind, title, fields = _error(occurrence)
    elif event_type == NOT_FOUND:
        kind, title, fields = _plain("404", occurrence.facts), occurrence.text("source") or "(Unknown)", []
    elif event_type == USAGE:
        kind, title, fields = "feature", occurrence.text("source") or "(Unknown)", []
    elif event_type == LOG:
        kind, title, fields = _log_kind(occurrence.facts), occurrence.text("source") or "(Global)", _log(occurrence)
    else:
        kind, title, fields = _plain("event", occurrence.facts), _own_words(occurrence), _other(occurrence)
    if not title:
        return None
    prefix = "critical " if occurrence.facts.is_critical else ""
    return Notice(prefix + kind, title, (*fields, *_common(occurrence)))


def _plain(noun: str, facts: Facts) -> str:
    if facts.is_new:
        return f"new {noun}"
    return f"regression {noun}" if facts.is_regression else f"occurrence {noun}"


def _log_kind(facts: Facts) -> str:
    if facts.is_new:
        return "new log source"
    return "log regression" if facts.is_regression else "log message"


def _own_words(occurrence: Occurrence) -> str:
    return occurrence.text("message") or occurrence.text("source")


def _error(occurrence: Occurrence) -> tuple[str, str, list[Field]]:
    error, simple = occurrence.mapping("@error"), occurrence.mapping("@simple_error")
    target = stacking_target(error) if error else None
    level: JSONObject = target.error if target else simple or {}
    exception_type = text_member(level, "type")
    name = truncate(short_type_name(exception_type), _NAME_LENGTH) if exception_type else "Error"
    message = text_member(level, "message").strip() or occurrence.text("message") or "Unknown Error"
    fields = [Field("Message", message)]
    if exception_type:
        fields.append(Field("Type", exception_type))
    if target and target.method:
        fields.append(Field("Method", method_full_name(target.method)))
    trace = _stack_trace(target.error if target else None, simple)
    if trace:
        fields.append(Field("Stack Trace", trace))
    return _error_kind(name, occurrence.facts), message, fields


def _error_kind(name: str, facts: Facts) -> str:
    if facts.is_new:
        return f"new {name}"
    return f"{name} regression" if facts.is_regression else f"{name} occurrence"


def _stack_trace(error: JSONObject | None, simple: JSONObject | None) -> str:
    """Its first three lines."""
    if error is not None:
        lines = [method_signature(frame) for frame in stack_frames(error)]
    else:
        lines = text_member(simple or {}, "stack_trace").splitlines()
    if not lines:
        return ""
    return "\n".join([*(line.strip() for line in lines[:3]), *(["..."] if len(lines) > 3 else [])])


def _log(occurrence: Occurrence) -> list[Field]:
    level = text_member(occurrence.data, "@level").strip()
    return [*_some("Message", occurrence.text("message")), *_some("Level", level, is_short=True)]


def _other(occurrence: Occurrence) -> list[Field]:
    message, source = occurrence.text("message"), occurrence.text("source")
    return [*_some("Message", message), *_some("Source", source)]


def _common(occurrence: Occurrence) -> Iterator[Field]:
    yield from _some("Url", request_url(occurrence.mapping("@request"), with_method=True))
    yield from _some("Tags", ", ".join(occurrence.tags), is_short=True)
    value = occurrence.content.get("value")
    if isinstance(value, int | float) and value:
        yield Field("Value", f"{value:g}", is_short=True)
    yield from _some("Version", text_member(occurrence.data, "@version").strip(), is_short=True)


def _some(title: str, value: str, *, is_short: bool = False) -> list[Field]:
    return [Field(title, value, is_short)] if value else []


class Person(NamedTuple):
    """Who met the event, as far as it says so."""

    name: str
    email_address: str
    description: str


def person_of(occurrence: Occurrence) -> Person:
    user, said = occurrence.mapping("@user") or {}, occurrence.mapping("@user_description") or {}
    identity, name = _any_case(user, "identity"), _any_case(user, "name")
    email_address = _any_case(said, "email_address") or (identity if "@" in identity else "")
    second = email_address or identity
    shown = f"{name} ({second})" if name and second and second != name else name or second
    return Person(shown, email_address, _any_case(said, "description"))


def _any_case(item: JSONObject, name: str) -> str:
    found = next((text_member(item, key) for key in item if key.lower() == name), "")
    return found.strip()


def short_message(text: str) -> str:
    """As mails show it in one line."""
    return truncate(" ".join(text.split()), _MESSAGE_LENGTH)
