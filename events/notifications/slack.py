"""Messages to Slack channels, and to whatever understands Slack's messages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from accounts.mails import web_link
from events.ingest.event import ERROR, LOG, NOT_FOUND
from events.notifications.occurrence import Occurrence, stack_url
from events.notifications.wording import Field, Notice, notice_of, person_of
from events.stacking.error_chain import text_member
from exceptionless_site.core.json import JSONObject

_RED, _GREEN = "#BB423F", "#5E9A00"
_LEVELS = {
    "trace": "#5cb85c",
    "debug": "#5cb85c",
    "info": "#5bc0de",
    "warn": "#f0ad4e",
    "error": "#d9534f",
    "fatal": "#d9534f",
}


def wants_slack(url: str) -> bool:
    """Whether a web hook's address asks for Slack's messages by its end."""
    return urlsplit(url).path.endswith("/slack")


def slack_message(occurrence: Occurrence) -> JSONObject | None:
    """The message; None for an event that says nothing about itself."""
    notice = notice_of(occurrence)
    if notice is None:
        return None
    title = f"[{_escaped(occurrence.project.name)}] A {_escaped(notice.kind)}: *{_link(occurrence.url, notice.title)}*"
    return {"text": title, "attachments": [_attachment(occurrence, notice)]}


def _attachment(occurrence: Occurrence, notice: Notice) -> JSONObject:
    person = person_of(occurrence)
    members: JSONObject = {
        "text": _escaped(person.description),
        "author_name": person.name,
        "author_link": _mail_link(person.email_address, person.description),
        "color": _color(occurrence),
        "fields": [*map(_field, notice.fields), _actions(occurrence)],
        "mrkdwn_in": ["text", "fields"],
        "ts": int(occurrence.event.date.timestamp()),
    }
    return {name: value for name, value in members.items() if value != ""}


def _field(field: Field) -> JSONObject:
    value = _escaped(field.value)
    if field.title == "Stack Trace":
        value = f"```{value}```"
    return {"title": field.title, "value": value, "short": field.is_short}


def _actions(occurrence: Occurrence) -> JSONObject:
    stack = occurrence.stack
    links = (
        (stack_url(stack, "mark-fixed"), "Mark event as fixed"),
        (stack_url(stack, "ignored"), "Stop sending notifications for this event"),
        (stack_url(stack, "discarded"), "Discard future occurrences"),
        (web_link(f"/project/{occurrence.project.pk}/manage?tab=integrations"), "Change your notification settings"),
    )
    lines = "\n".join(f"• {_link(address, text)}" for address, text in links)
    return {"title": "Other Actions", "value": lines, "short": False}


def _color(occurrence: Occurrence) -> str:
    event_type = occurrence.text("type")
    if event_type in (ERROR, NOT_FOUND):
        return _RED
    if event_type == LOG:
        return _LEVELS.get(text_member(occurrence.data, "@level").strip().lower(), _GREEN)
    return _GREEN


def _mail_link(email_address: str, description: str) -> str:
    if not email_address:
        return ""
    return f"mailto:{quote(email_address, safe='@')}?body={quote(description)}"


def _link(address: str, text: str) -> str:
    return f"<{address}|{_escaped(text)}>"


def _escaped(text: Any) -> str:
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
