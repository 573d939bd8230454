"""What tests of sessions tell and look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from events.models import Event
from exceptionless_site.core.dates import format_utc
from tokens.models import Token

SESSION_ID = "session-0001"
JANE = {"@user": {"identity": "jane@example.com", "name": "Jane"}}


@dataclass
class Story:
    """Seconds count from `beginning`."""

    beginning: datetime
    send: Callable[..., None]

    def at(self, seconds: float) -> datetime:
        return self.beginning + timedelta(seconds=seconds)

    def event(self, seconds: float, type_: str = "log", **members: Any) -> dict[str, Any]:
        return {"type": type_, "date": format_utc(self.at(seconds)), **members}

    def named(self, seconds: float, type_: str = "log", session_id: str = SESSION_ID, **members: Any) -> dict[str, Any]:
        """An event whose client names the session."""
        if type_ == "session":
            return self.event(seconds, type_, reference_id=session_id, **members)
        data = {"@ref:session": session_id, **members.pop("data", {})}
        return self.event(seconds, type_, data=data, **members)

    def jane(self, seconds: float, type_: str = "log", **members: Any) -> dict[str, Any]:
        """An event of a user whose client names no session."""
        return self.event(seconds, type_, data=JANE | members.pop("data", {}), **members)

    def batch(self, *documents: dict[str, Any], key: Token | None = None) -> None:
        """Post and process in one go, with the key of the cast's project unless another is given."""
        self.send(list(documents), key)

    def each(self, *documents: dict[str, Any]) -> None:
        """Post and process one after the other."""
        for document in documents:
            self.send([document])


def starts() -> list[Event]:
    """The stored start events, oldest first."""
    return list(Event.objects.filter(type="session").order_by("key"))


def the_start() -> Event:
    (start,) = starts()
    return start


def others() -> list[Event]:
    """All stored events but the starts, oldest first."""
    return list(Event.objects.exclude(type="session").order_by("key"))


def end_of(start: Event) -> str | None:
    """The end of a session as its start event tells it."""
    end: str | None = start.content["data"].get("sessionend")
    return end


def session_ids() -> set[str]:
    """What the stored events say they belong to."""
    return {
        (event.reference_id if event.type == "session" else event.session_id) or "" for event in Event.objects.all()
    }
