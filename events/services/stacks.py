"""Decisions about stacks: their status, their links, and deleting them.

Each write locks its rows in the order of their ids, as the ingestion does, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from events.models import Stack
from events.stacking.status import StackStatus, StatusChange, changed_to, fixed_in, reopened, snoozed_until
from exceptionless_site.core.clock import utc_now

on_promote: list[Callable[[Stack], int]] = []
"""What sends a promoted stack to external services; each gives the number of services it will be sent to."""


class NoPromotionTargetError(Exception):
    """Nothing is set up that a stack of this project could be promoted to."""


class LockedStack(NamedTuple):
    id: str
    organization_id: str


@transaction.atomic
def mark_fixed(*, stacks: Sequence[Stack], version: str | None = None) -> None:
    """Fixed as of now, from `version` on, which is normalized; None stands for any version."""
    _write(stacks, fixed_in(version, utc_now()))


@transaction.atomic
def snooze(*, stacks: Sequence[Stack], until: datetime) -> None:
    """No notifications until then; a job opens the stacks when the time has passed."""
    _write(stacks, snoozed_until(until))


@transaction.atomic
def change_status(*, stacks: Sequence[Stack], status: StackStatus) -> None:
    """Set the status of those of the stacks that have another one."""
    _write(stacks, changed_to(status, utc_now()), except_status=status)


@transaction.atomic
def set_critical(*, stacks: Sequence[Stack], is_critical: bool) -> None:
    """Whether future events of the stacks are marked critical."""
    _update(_lock(_rows(stacks).exclude(occurrences_are_critical=is_critical)), occurrences_are_critical=is_critical)


@transaction.atomic
def add_link(*, stack: Stack, url: str) -> None:
    """Add a reference, unless the stack has it."""
    _write_links(stack, lambda links: links if url in links else [*links, url])


@transaction.atomic
def remove_link(*, stack: Stack, url: str) -> None:
    """Remove a reference, if the stack has it."""
    _write_links(stack, lambda links: [link for link in links if link != url])


@transaction.atomic
def delete_stacks(*, stacks: Sequence[Stack]) -> None:
    """Soft-delete: gone for every caller at once. A job removes the events, which count as deleted as they go.

    The next event with the same signature makes a new stack.
    """
    _update(_lock(_rows(stacks)), is_deleted=True)


def promote_stack(*, stack: Stack) -> None:
    """Send the stack to the services that take promoted stacks. Raises NoPromotionTargetError."""
    if not sum(send(stack) for send in on_promote):
        raise NoPromotionTargetError


def reopen_snoozed_stacks() -> int:
    """Open the snoozed stacks whose time has passed; how many.

    Safe to run twice at once: each row is looked at again when it is locked.
    """
    due = Stack.objects.filter(status=StackStatus.SNOOZED, snooze_until_utc__lte=utc_now(), is_deleted=False)
    organization_ids = set(due.order_by().values_list("organization_id", flat=True))
    return sum(_reopen(due.filter(organization_id=organization_id)) for organization_id in organization_ids)


@transaction.atomic
def _reopen(due: QuerySet[Stack]) -> int:
    return _update(_lock(due), **reopened())


def _write(stacks: Sequence[Stack], change: StatusChange, *, except_status: str | None = None) -> None:
    rows = _rows(stacks)
    _update(_lock(rows if except_status is None else rows.exclude(status=except_status)), **change)


def _write_links(stack: Stack, change: Callable[[list[str]], list[str]]) -> None:
    # Two links added at once must both stay: each is added to what the row holds when its turn has come.
    row = _rows([stack]).select_for_update().first()
    if row is None:
        return
    links = change(row.references)
    if links != row.references:
        _rows([stack]).update(references=links, updated_utc=utc_now())


def _rows(stacks: Iterable[Stack | LockedStack]) -> QuerySet[Stack]:
    found = [(stack.organization_id, stack.id) for stack in stacks]
    organization_ids = {organization_id for organization_id, _ in found}
    return Stack.objects.filter(
        organization_id__in=organization_ids, pk__in=[id_ for _, id_ in found], is_deleted=False
    ).order_by()


def _lock(rows: QuerySet[Stack]) -> list[LockedStack]:
    locked = rows.select_for_update().order_by("pk")
    return [LockedStack(*row) for row in locked.values_list("pk", "organization_id")]


def _update(stacks: Sequence[LockedStack], **changes: Any) -> int:
    return _rows(stacks).update(updated_utc=utc_now(), **changes) if stacks else 0
