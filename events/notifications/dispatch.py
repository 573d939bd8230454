"""From noted events to calls of web hooks, messages to Slack and mails. Nothing is sent here: all of it is queued."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from events.models import Event, Notification, Stack
from events.notifications.event_mail import event_mail
from events.notifications.facts import facts_of
from events.notifications.mail import Mail, queue_mails
from events.notifications.occurrence import Occurrence
from events.notifications.recipients import Settings, reachable_members, settings_of
from events.notifications.slack import slack_message, wants_slack
from events.notifications.throttle import Throttle
from events.notifications.web_hook_payloads import event_payload
from exceptionless_site.core import json
from exceptionless_site.core.json import JSONObject
from projects.models import WebHook, WebHookDelivery
from projects.models.notification_setting import SLACK
from projects.services.slack import incoming_address
from projects.services.web_hook_deliveries import queue_deliveries

logger = logging.getLogger(__name__)

_AT_ONCE = 100
_SECONDS = 4.0
_ERROR_LENGTH = 2_000


class _TakenError(Exception):
    """Another process has told of some of the events meanwhile."""


@dataclass(frozen=True, slots=True)
class _Notice:
    """What people get of one event, unless they were told of enough already."""

    occurrence: Occurrence
    mails: Sequence[Mail]
    slack: WebHookDelivery | None


@dataclass(slots=True)
class _Outbox:
    deliveries: list[WebHookDelivery] = field(default_factory=list)
    notices: list[_Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _World:
    """All that a batch of notifications needs, read in a few statements."""

    events: Mapping[int, Event]
    stacks: Mapping[str, Stack]
    web_hooks: Sequence[WebHook]
    settings: Mapping[str, Settings]
    members: Mapping[tuple[str, str], User]


def run_notifications(seconds: float = _SECONDS) -> int:
    """Queue calls and mails for what waits; how many events were looked at. The job's function."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        rows = list(Notification.objects.filter(error="").order_by("pk")[:_AT_ONCE])
        if not rows:
            break
        try:
            _dispatch(rows)
        except _TakenError:
            continue
        count += len(rows)
    return count


def _dispatch(rows: Sequence[Notification]) -> None:
    """Raises _TakenError. What cannot be put into words is kept with its error, and holds up nothing else."""
    world, outbox = _read(rows), _Outbox()
    failed: dict[str, str] = {}
    for row in rows:
        try:
            _tell(row, world, outbox)
        except Exception as error:
            logger.exception("The %s cannot be told", row)
            failed[row.pk] = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
    done = [row.pk for row in rows if row.pk not in failed]
    with transaction.atomic():
        # The end of the rows is what decides whose work counts.
        if Notification.objects.filter(pk__in=done, error="").delete()[0] != len(done):
            raise _TakenError
        for pk, text in failed.items():
            Notification.objects.filter(pk=pk).update(error=text)
        throttle = Throttle()
        told = [notice for notice in outbox.notices if throttle.allows(notice.occurrence)]
        queue_deliveries([*outbox.deliveries, *(notice.slack for notice in told if notice.slack)])
        queue_mails([mail for notice in told for mail in notice.mails])


def _read(rows: Sequence[Notification]) -> _World:
    owners = {(row.organization_id, row.project_id) for row in rows}
    organization_ids = {organization_id for organization_id, _ in owners}
    stacks = Stack.objects.filter(
        organization_id__in=organization_ids,
        pk__in={row.stack_id for row in rows},
        is_deleted=False,
        project__is_deleted=False,
        organization__is_deleted=False,
    )
    settings = settings_of(owners)
    return _World(
        events={event.key: event for event in Event.objects.filter(key__in=[row.event_key for row in rows])},
        stacks={stack.pk: stack for stack in stacks.select_related("project", "organization", "project__organization")},
        web_hooks=list(_web_hooks(owners)),
        settings=settings,
        members=reachable_members(
            (organization_id, settings.get(project_id, {})) for organization_id, project_id in owners
        ),
    )


def _web_hooks(owners: Iterable[tuple[str, str]]) -> Iterable[WebHook]:
    pairs = list(owners)
    return WebHook.objects.filter(
        Q(project_id__in={project_id for _, project_id in pairs}) | Q(project_id__isnull=True),
        organization_id__in={organization_id for organization_id, _ in pairs},
        is_enabled=True,
    )


def _tell(row: Notification, world: _World, outbox: _Outbox) -> None:
    event, stack = world.events.get(row.event_key), world.stacks.get(row.stack_id)
    if event is None or stack is None:
        return
    content = event.content
    facts = facts_of(event.type, content.get("tags"), is_new=row.is_new, is_regression=row.is_regression)
    occurrence = Occurrence(event, stack, stack.project, facts, content)
    _call_web_hooks(occurrence, world.web_hooks, outbox)
    _tell_people(occurrence, world, outbox)


def _call_web_hooks(occurrence: Occurrence, web_hooks: Iterable[WebHook], outbox: _Outbox) -> None:
    project = occurrence.project
    for web_hook in web_hooks:
        if web_hook.organization_id != project.organization_id or web_hook.project_id not in (None, project.pk):
            continue
        event_type = occurrence.facts.called_type(web_hook.event_types)
        payload = _payload(web_hook, occurrence) if event_type else None
        if event_type and payload:
            outbox.deliveries.append(_delivery(occurrence, event_type, payload, web_hook))


def _payload(web_hook: WebHook, occurrence: Occurrence) -> JSONObject | None:
    if not wants_slack(web_hook.url):
        return event_payload(web_hook.version, occurrence)
    return slack_message(occurrence) if occurrence.mapping("@error") else None


def _tell_people(occurrence: Occurrence, world: _World, outbox: _Outbox) -> None:
    project = occurrence.project
    wanting = [
        recipient
        for recipient, wishes in world.settings.get(project.pk, {}).items()
        if occurrence.facts.is_wanted(wishes)
    ]
    members = [member for recipient in wanting if (member := world.members.get((project.organization_id, recipient)))]
    has_slack = SLACK in wanting and incoming_address(project.data) is not None
    if occurrence.is_by_bot or not (members or has_slack):
        return
    message = slack_message(occurrence) if has_slack else None
    slack = _delivery(occurrence, occurrence.facts.web_hook_types()[0], message) if message else None
    mails = [mail for member in members if (mail := event_mail(occurrence, member)) is not None]
    if mails or slack:
        outbox.notices.append(_Notice(occurrence, mails, slack))


def _delivery(
    occurrence: Occurrence, event_type: str, payload: JSONObject, web_hook: WebHook | None = None
) -> WebHookDelivery:
    project = occurrence.project
    return WebHookDelivery(
        organization_id=project.organization_id,
        project_id=project.pk,
        web_hook=web_hook,
        event_type=event_type,
        payload=json.dumps(payload),
    )
