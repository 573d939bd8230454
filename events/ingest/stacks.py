"""Finding, making and counting the stacks of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from events.ingest.context import EventContext
from events.ingest.steps.mark_critical import mark_critical
from events.models import Stack
from events.stacking.regression import Occurrence, decide_regression
from events.stacking.signature import default_signature, signature_hash
from events.stacking.status import StackStatus, initial_status, stores_events
from events.stacking.text import merge_tags, truncate
from events.stacking.title import stack_title
from exceptionless_site.core.clock import utc_now

TITLE_LENGTH = 1000

StackKey = tuple[str, str]
"""Project id and signature hash."""


@dataclass(slots=True)
class StackGroup:
    """The events of a batch that belong to one stack, in the order in which they arrived."""

    key: StackKey
    contexts: list[EventContext] = field(default_factory=list)
    stack: Stack | None = None
    """The stack as the database has it; None until it is made."""
    is_new: bool = False
    """This batch made the stack, which has counted the events from the start."""
    has_regressed: bool = False

    @property
    def live(self) -> list[EventContext]:
        return [context for context in self.contexts if context.is_live]


def group_by_stack(contexts: Sequence[EventContext]) -> list[StackGroup]:
    """Sort the live events under their stacks, looking up those that exist: one query.

    To be called again when the batch could not be written; nothing of the first time is left then.
    """
    groups: dict[StackKey, StackGroup] = {}
    for context in contexts:
        context.is_new = context.is_regression = False
        if context.is_live:
            key = _stack_key(context)
            groups.setdefault(key, StackGroup(key)).contexts.append(context)
    _attach_stacks(groups)
    for group in groups.values():
        _apply_stack(group)
    return [group for group in groups.values() if group.live]


def _stack_key(context: EventContext) -> StackKey:
    event = context.event
    if not context.signature:
        context.signature.update(default_signature(event.type, event.source))
    return context.project.project_id, signature_hash(context.signature.values())


def _attach_stacks(groups: dict[StackKey, StackGroup]) -> None:
    rows = Stack.objects.filter(
        organization_id__in={group.contexts[0].project.organization_id for group in groups.values()},
        project_id__in={project_id for project_id, _ in groups},
        signature_hash__in={hash_ for _, hash_ in groups},
        is_deleted=False,
    )
    for stack in rows:
        group = groups.get((stack.project_id, stack.signature_hash))
        if group is not None:
            group.stack = stack


def _apply_stack(group: StackGroup) -> None:
    """What the stack's status means for its new events: discarded, critical, or a regression."""
    stack = group.stack
    if stack is None:
        return
    if not stores_events(stack.status):
        for context in group.contexts:
            context.discard()
        return
    if stack.occurrences_are_critical:
        for context in group.contexts:
            mark_critical(context)
    _regress(group, stack)


def _regress(group: StackGroup, stack: Stack) -> None:
    decision = decide_regression(
        [Occurrence(context.event.date, _version(context)) for context in group.contexts],
        status=stack.status,
        date_fixed=stack.date_fixed,
        fixed_in_version=stack.fixed_in_version or None,
        has_premium_features=group.contexts[0].project.has_premium_features,
    )
    for position in decision.discarded:
        group.contexts[position].discard()
    if decision.regressed is not None:
        group.contexts[decision.regressed].is_regression = True
        group.has_regressed = True


def _version(context: EventContext) -> str | None:
    version = context.event.data.get("@version")
    return version if isinstance(version, str) else None


class BatchChanged(Exception):  # noqa: N818 - an outcome, not a fault
    """What a batch was read from has changed: look its stacks and duplicates up again, and write it then."""


def create_stacks(groups: Sequence[StackGroup]) -> None:
    """Make the missing stacks; call it in the writer's transaction. Raises BatchChanged.

    Another worker may make the same stack at the same moment: the unique signature lets one insert win, and
    all groups take the row that the database has. All workers insert in the same order, so that two of them
    never wait for each other in a circle.
    """
    missing = {group.key: group for group in sorted(groups, key=lambda group: group.key) if group.stack is None}
    if not missing:
        return
    drafts = [_new_stack(group) for group in missing.values()]
    made = {draft.pk for draft in drafts}
    Stack.objects.bulk_create(drafts, ignore_conflicts=True)
    _attach_stacks(missing)
    for group in missing.values():
        if group.stack is None:
            raise BatchChanged
        if group.stack.pk in made:
            group.is_new = group.live[0].is_new = True


def _new_stack(group: StackGroup) -> Stack:
    context = group.live[0]
    event = context.event
    first, last = _date_span(group)
    return Stack(
        organization_id=context.project.organization_id,
        project_id=group.key[0],
        type=event.type,
        status=initial_status(event.type),
        signature_hash=group.key[1],
        signature_info=dict(context.signature),
        title=truncate(stack_title(event), TITLE_LENGTH),
        total_occurrences=len(group.live),
        first_occurrence=first,
        last_occurrence=last,
        tags=merge_tags([], _tags(group)),
    )


def _date_span(group: StackGroup) -> tuple[datetime, datetime]:
    dates = [context.event.date for context in group.live]
    return min(dates), max(dates)


def _tags(group: StackGroup) -> list[str]:
    return [tag for context in group.live for tag in context.event.tags]


# One statement for all rows: with the ORM the update of a stack costs more than storing an event.
_COUNT_EVENTS = """
    UPDATE events_stack SET
        total_occurrences = total_occurrences + %s,
        first_occurrence = CASE WHEN total_occurrences = 0 OR first_occurrence > %s THEN %s ELSE first_occurrence END,
        last_occurrence = CASE WHEN last_occurrence < %s THEN %s ELSE last_occurrence END,
        updated_utc = %s
    WHERE organization_id = %s AND id = %s AND NOT is_deleted
"""


def update_stacks(groups: Iterable[StackGroup]) -> None:
    """Count the new events of stacks that were there before; call it in the writer's transaction.

    Rows are touched in the order of their ids, so that two workers never wait for each other in a circle.
    Raises BatchChanged.
    """
    known = [(group.stack, group) for group in groups if group.stack is not None and not group.is_new]
    known.sort(key=lambda entry: entry[0].pk)
    if not known:
        return
    now = utc_now()
    with connection.cursor() as cursor:
        cursor.executemany(_COUNT_EVENTS, [_count_parameters(stack, group, now) for stack, group in known])
        if cursor.rowcount != len(known):
            raise BatchChanged
    for stack, group in known:
        _update_rest(stack, group)


def _count_parameters(stack: Stack, group: StackGroup, now: datetime) -> list[Any]:
    in_database = connection.ops.adapt_datetimefield_value
    first, last = (in_database(date) for date in _date_span(group))
    return [len(group.live), first, first, last, last, in_database(now), stack.organization_id, stack.pk]


def _update_rest(stack: Stack, group: StackGroup) -> None:
    """What only some stacks need; the row is locked by the count."""
    added = _tags(group)
    has_new_tags = bool(added) and merge_tags(stack.tags, added) != stack.tags
    if not (has_new_tags or group.has_regressed):
        return
    rows = Stack.objects.filter(organization_id=stack.organization_id, pk=stack.pk)
    if has_new_tags:
        # Another worker may have added tags since the batch was read.
        tags = rows.values_list("tags", flat=True).get()
        rows.update(tags=merge_tags(tags, added))
    if group.has_regressed and not rows.filter(status=StackStatus.FIXED).update(status=StackStatus.REGRESSED):
        # Another worker was first, or a person has decided otherwise since the batch was read.
        for context in group.contexts:
            context.is_regression = False
