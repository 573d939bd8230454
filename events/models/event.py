"""Events as stored: narrow columns for what is filtered and counted often, the document once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from events.documents import unpack
from exceptionless_site.core.fields import ObjectIdField, TimeKeyField, tenant_key
from exceptionless_site.core.time_keys import key_moment

if TYPE_CHECKING:
    from accounts.identity import Identity


_COUNTED = ("stack", "type", "is_first_occurrence", "count", "user_hash")


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, identity: Identity) -> EventQuerySet:
        """Events of living projects and stacks in the caller's organizations; a global admin reaches all."""
        alive = self.filter(stack__is_deleted=False, project__is_deleted=False, organization__is_deleted=False)
        if identity.is_global_admin:
            return alive
        return alive.filter(organization_id__in=identity.organization_ids)


class Event(models.Model):
    """One occurrence. `key` holds the date (see time_keys), `event_id` is the wire's id.

    `user_hash` is a 63-bit hash of the user's identity, for counting distinct users. `session_id` is the session that
    the event refers to (`@ref:session`); the start event of a session has that id as its reference id. `facets` are
    values of the document that aggregations count.
    """

    key = TimeKeyField(primary_key=True)
    event_id = ObjectIdField(db_column="id", unique=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    stack = tenant_key("events.Stack")
    type = models.CharField(max_length=100)
    level = models.CharField(max_length=100, null=True)  # noqa: DJ001 - absent and empty differ for _missing_
    version = models.CharField(max_length=255, null=True)  # noqa: DJ001
    reference_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    value = models.FloatField(null=True)
    count = models.IntegerField(null=True)
    is_first_occurrence = models.BooleanField(default=False)
    user_hash = models.BigIntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    session_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    is_session_open = models.BooleanField(null=True, help_text="Of session starts only: the session has no end yet.")
    created_utc = models.DateTimeField()
    document = models.BinaryField()
    facets = models.TextField(null=True)  # noqa: DJ001 - old rows get the column without being written anew

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-key"]
        indexes = [
            # Counting and adding up by stack, type or user reads these indexes alone.
            models.Index(fields=["organization", "key", *_COUNTED], name="event_organization_counted"),
            models.Index(fields=["project", "key", *_COUNTED], name="event_project_counted"),
            models.Index(fields=["stack", "key", "type", "count", "user_hash"], name="event_stack_counted"),
            models.Index(
                fields=["project", "reference_id"],
                name="event_project_reference",
                condition=models.Q(reference_id__isnull=False),
            ),
            models.Index(
                fields=["organization", "session_id", "key"],
                name="event_session",
                condition=models.Q(session_id__isnull=False),
            ),
            models.Index(
                fields=["organization", "key"],
                name="event_session_start",
                condition=models.Q(is_session_open__isnull=False),
            ),
            models.Index(fields=["key"], name="event_open_session", condition=models.Q(is_session_open=True)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    @property
    def date(self) -> datetime:
        """The event's date in UTC, to the millisecond."""
        return key_moment(self.key)

    @property
    def content(self) -> dict[str, Any]:
        """The wire document without the ids, unpacked anew at each call."""
        return unpack(bytes(self.document))


@dataclass(slots=True, kw_only=True)
class NewEvent:
    """The columns of an event that is to be stored: an instance of the model costs more than all of its values."""

    key: int
    event_id: str
    organization_id: str
    project_id: str
    stack_id: str = ""
    type: str
    level: str | None = None
    version: str | None = None
    reference_id: str | None = None
    value: float | None = None
    count: int | None = None
    is_first_occurrence: bool = False
    user_hash: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    session_id: str | None = None
    is_session_open: bool | None = None
    created_utc: datetime
    document: bytes
    facets: str | None = None
