"""One event as mails, web hooks and Slack tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.mails import web_link
from events.models import Event, Stack
from events.notifications.facts import Facts
from exceptionless_site.core.json import JSONObject
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`content` is the wire document without the ids; the project comes with its organization."""

    event: Event
    stack: Stack
    project: Project
    facts: Facts
    content: JSONObject = field(default_factory=dict)

    @property
    def url(self) -> str:
        return web_link(f"/event/{self.event.event_id}")

    @property
    def data(self) -> JSONObject:
        found = self.content.get("data")
        return found if isinstance(found, dict) else {}

    def mapping(self, key: str) -> JSONObject | None:
        value = self.data.get(key)
        return value if isinstance(value, dict) else None

    def text(self, name: str) -> str:
        """A member of the event when it is a text with something in it, else the empty text."""
        value = self.content.get(name)
        return value.strip() if isinstance(value, str) else ""

    @property
    def tags(self) -> list[str]:
        tags = self.content.get("tags")
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []

    @property
    def is_by_bot(self) -> bool:
        client: Any = (self.mapping("@request") or {}).get("data")
        return isinstance(client, dict) and client.get("@is_bot") is True


def stack_url(stack: Stack, page: str = "") -> str:
    """The address of the stack, or of one of its pages such as `mark-fixed`."""
    return web_link(f"/stack/{stack.pk}{f'/{page}' if page else ''}")
