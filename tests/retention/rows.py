"""Rows of a given age, straight into the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OrganizationUsage
from events.documents import pack
from events.models import Event, Stack
from events.services.pace import Pace
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import event_key
from projects.models import Project
from tests.events.stack_rows import make_event, make_stack


def days_ago(days: float) -> datetime:
    return utc_now() - timedelta(days=days)


def event_of_age(stack: Stack, days: float) -> Event:
    return make_event(stack, minutes=days * 24 * 60)


def stack_of_age(project: Project, days: float, **fields: Any) -> Stack:
    """A stack that last occurred then, with one event."""
    stack = make_stack(project, last_occurrence=days_ago(days), **fields)
    event_of_age(stack, days)
    return stack


def stack_with_events(project: Project, count: int, **fields: Any) -> Stack:
    """A stack with that many events of the last minutes, all its counters right."""
    now = utc_now()
    stack = make_stack(project, total_occurrences=count, **{"last_occurrence": now} | fields)
    events = [
        Event(
            key=event_key(now - timedelta(milliseconds=number)),
            organization_id=stack.organization_id,
            project_id=stack.project_id,
            stack_id=stack.pk,
            type=stack.type,
            created_utc=now,
            document=pack({"type": stack.type, "message": f"Event {number}"}),
        )
        for number in range(count)
    ]
    Event.objects.bulk_create(events, batch_size=500)
    return stack


def deleted_usage() -> int:
    return sum(OrganizationUsage.objects.values_list("deleted", flat=True))


class FewBatches(Pace):
    """Its time is up after so many batches, whatever the clock says."""

    def __init__(self, number: int) -> None:
        super().__init__(on_progress=self._count)
        self.left = number

    def _count(self, count: int) -> None:
        self.left -= 1

    @property
    def is_over(self) -> bool:
        return self.left <= 0


class Statements(CaptureQueriesContext):
    """Counts statements, and knows the longest list of parameters that one deletion had."""

    def __init__(self) -> None:
        super().__init__(connection)

    @property
    def deletions(self) -> list[str]:
        return [query["sql"] for query in self.captured_queries if query["sql"].startswith("DELETE")]
