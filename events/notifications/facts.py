"""What is special about an event, and who wants to hear of it: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from events.ingest.event import ERROR
from projects.models.web_hook import CRITICAL_ERROR, CRITICAL_EVENT, NEW_ERROR, NEW_EVENT, STACK_REGRESSION

_CRITICAL_TAG = "critical"


def has_critical_tag(tags: object) -> bool:
    return isinstance(tags, list) and any(isinstance(tag, str) and tag.lower() == _CRITICAL_TAG for tag in tags)


@dataclass(frozen=True, slots=True)
class Facts:
    """`is_new` is the first event of its stack, `is_regression` the one that opened a fixed stack again."""

    is_error: bool
    is_new: bool = False
    is_regression: bool = False
    is_critical: bool = False

    @property
    def is_special(self) -> bool:
        return self.is_new or self.is_regression or self.is_critical

    def web_hook_types(self) -> list[str]:
        """Event types of web hooks that this is, the most telling first."""
        found = (
            (NEW_ERROR, self.is_new and self.is_error),
            (CRITICAL_ERROR, self.is_critical and self.is_error),
            (STACK_REGRESSION, self.is_regression),
            (NEW_EVENT, self.is_new),
            (CRITICAL_EVENT, self.is_critical),
        )
        return [name for name, applies in found if applies]

    def wishes(self) -> list[str]:
        """Names of the notification settings that this concerns."""
        found = (
            ("report_new_errors", self.is_new and self.is_error),
            ("report_critical_errors", self.is_critical and self.is_error),
            ("report_event_regressions", self.is_regression),
            ("report_new_events", self.is_new),
            ("report_critical_events", self.is_critical),
        )
        return [name for name, applies in found if applies]

    def called_type(self, event_types: Collection[str]) -> str | None:
        """Why a web hook with these event types is called; None when it is not."""
        return next((name for name in self.web_hook_types() if name in event_types), None)

    def is_wanted(self, wishes: Mapping[str, bool]) -> bool:
        return any(wishes.get(name, False) for name in self.wishes())


def facts_of(event_type: str, tags: object, *, is_new: bool, is_regression: bool) -> Facts:
    return Facts(event_type == ERROR, is_new, is_regression, has_critical_tag(tags))


def union(settings: Iterable[Mapping[str, bool]]) -> dict[str, bool]:
    """The wishes that any of the recipients has."""
    found: dict[str, bool] = {}
    for wishes in settings:
        found.update({name: True for name, is_wanted in wishes.items() if is_wanted})
    return found
