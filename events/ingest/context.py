"""What the steps of the pipeline share: the submission, the project, and one context per event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from events.ingest.event import IncomingEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from events.sessions.groups import SessionGroup


@dataclass(frozen=True, slots=True)
class SubmissionInfo:
    """How an event reached us: facts of the request that brought it."""

    received_at: datetime
    api_version: int = 2
    ip_address: str | None = None
    user_agent: str | None = None
    """`X-Exceptionless-Client` if present, else `User-Agent`."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What the pipeline needs to know of a project and its organization, read once per batch."""

    project_id: str
    organization_id: str
    settings: Mapping[str, str]
    """Client configuration; keys are looked up in lower case."""
    delete_bot_data_enabled: bool = False
    has_premium_features: bool = True
    retention_days: int = 0
    """0 means: keep as long as the server's maximum."""
    common_methods: tuple[str, ...] | None = None
    user_namespaces: tuple[str, ...] = ()
    is_configured: bool = False

    def setting(self, key: str) -> str | None:
        return self.settings.get(key.lower())

    @property
    def include_private_information(self) -> bool:
        return (self.setting("@@IncludePrivateInformation") or "").strip().lower() != "false"


@dataclass(slots=True)
class EventContext:
    """One event in the pipeline and what the steps decided about it.

    A cancelled event is not stored; a discarded one is cancelled and counted as discarded.
    """

    event: IncomingEvent
    submission: SubmissionInfo
    project: ProjectSettings
    signature: dict[str, str] = field(default_factory=dict)
    """Names and values whose concatenation identifies the stack, in order."""
    is_cancelled: bool = False
    is_discarded: bool = False
    is_new: bool = False
    is_regression: bool = False
    stack_id: str | None = None
    error: str | None = None
    """Why this event could not be processed; its neighbours go on."""
    is_referenced: bool = False
    """No other event of the last day may have its reference id."""
    custom_fields: dict[str, str | float | bool] = field(default_factory=dict)
    """Typed custom fields, such as `age-n`, that searching needs (wire name: idx)."""
    session: SessionGroup | None = field(default=None, repr=False)
    """The events of the batch that belong to the same session, this one included."""
    is_server_made: bool = False
    """No client sent it: it counts in no quota, and nobody is told of it."""

    @property
    def is_live(self) -> bool:
        return not self.is_cancelled and self.error is None

    def cancel(self) -> None:
        self.is_cancelled = True

    def discard(self) -> None:
        self.is_cancelled = True
        self.is_discarded = True
