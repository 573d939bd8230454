"""Noting which of the events of a batch somebody wants to hear of, in the transaction that stores them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from events.ingest.context import EventContext
from events.ingest.stacks import StackGroup
from events.ingest.stored import StoredEvent
from events.models import Notification
from events.notifications.facts import Facts, facts_of, union
from projects.models import NotificationSetting, WebHook
from projects.models.notification_setting import WISHES
from projects.models.web_hook import STACK_PROMOTED

_REPORTS = [name for name in WISHES if name.startswith("report_")]
_ROWS_PER_STATEMENT = 100

_Special = tuple[StoredEvent, Facts]


class _Audience:
    """What anybody wants to hear of in one project."""

    def __init__(self) -> None:
        self.event_types: set[str] = set()
        self.wishes: dict[str, bool] = {}

    def wants(self, facts: Facts) -> bool:
        return facts.called_type(self.event_types) is not None or facts.is_wanted(self.wishes)


def queue_notifications(stored: Sequence[StoredEvent]) -> None:
    """Add a row for each event that is special and has an audience.

    A batch without special events costs nothing; any other two statements, and one for each hundred rows to add.
    """
    special = list(_special(stored))
    if not special:
        return
    audiences = _audiences(
        {(context.project.organization_id, context.project.project_id) for (_, context, _), _ in special}
    )
    rows = [_row(event, facts) for event, facts in special if audiences[event[1].project.project_id].wants(facts)]
    Notification.objects.bulk_create(rows, batch_size=_ROWS_PER_STATEMENT)


def _special(stored: Iterable[StoredEvent]) -> Iterable[_Special]:
    for entry in stored:
        group, context, _ = entry
        if context.is_server_made or not context.project.has_premium_features or not _may_be_told(group):
            continue
        facts = _facts(context)
        if facts.is_special:
            yield entry, facts


def _facts(context: EventContext) -> Facts:
    event = context.event
    return facts_of(event.type, event.tags, is_new=context.is_new, is_regression=context.is_regression)


def _may_be_told(group: StackGroup) -> bool:
    # The stack is as it was read: one that has just regressed still says that it is fixed.
    return group.stack is not None and (group.has_regressed or group.stack.allow_notifications)


def _audiences(owners: set[tuple[str, str]]) -> dict[str, _Audience]:
    organization_ids = {organization_id for organization_id, _ in owners}
    project_ids = {project_id for _, project_id in owners}
    projects_of = defaultdict(set)
    for organization_id, project_id in owners:
        projects_of[organization_id].add(project_id)
    found: defaultdict[str, _Audience] = defaultdict(_Audience)
    for organization_id, hook_project, event_types in _web_hooks(organization_ids, project_ids):
        for project_id in [hook_project] if hook_project else projects_of[organization_id]:
            found[project_id].event_types.update(name for name in event_types if name != STACK_PROMOTED)
    for project_id, *values in _settings(organization_ids, project_ids):
        found[project_id].wishes.update(union([dict(zip(_REPORTS, values, strict=True))]))
    return found


def _web_hooks(organization_ids: set[str], project_ids: set[str]) -> Iterable[tuple[str, str | None, list[str]]]:
    rows = WebHook.objects.filter(
        Q(project_id__in=project_ids) | Q(project_id__isnull=True),
        organization_id__in=organization_ids,
        is_enabled=True,
    )
    return rows.order_by().values_list("organization_id", "project_id", "event_types")


def _settings(organization_ids: set[str], project_ids: set[str]) -> Iterable[tuple[str, *tuple[bool, ...]]]:
    rows = NotificationSetting.objects.filter(organization_id__in=organization_ids, project_id__in=project_ids)
    found: Iterable[tuple[str, *tuple[bool, ...]]] = rows.order_by().values_list("project_id", *_REPORTS)
    return found


def _row(entry: StoredEvent, facts: Facts) -> Notification:
    _, context, event = entry
    return Notification(
        organization_id=context.project.organization_id,
        project_id=context.project.project_id,
        stack_id=event.row.stack_id,
        event_key=event.row.key,
        is_new=facts.is_new,
        is_regression=facts.is_regression,
        is_critical=facts.is_critical,
    )
