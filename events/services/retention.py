"""How long events are kept, and removing what is older. What goes for its age is not counted as deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organization, OrganizationUsage
from accounts.plans import PLANS
from events.models import Event, Stack
from events.services.event_deletion import remove_batch
from events.services.pace import Pace
from events.stacking.status import StackStatus
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_range
from projects.models import ProjectUsage

USAGE_KEPT = timedelta(days=366)
STACKS_KEPT_LONGER = timedelta(days=60)


def kept_days(shown_days: int, maximum: int) -> int:
    """Days for which events are stored: as long as the next larger plan shows them, `maximum` at most.

    So who changes to a larger plan finds older events there at once.
    """
    longer = [plan.retention_days for plan in PLANS if plan.retention_days > shown_days]
    return min(*longer, maximum) if longer else maximum


def cutoff(organization: Organization, now: datetime) -> datetime:
    """Events before this start of a UTC day go."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = kept_days(organization.effective_retention_days, settings.MAXIMUM_RETENTION_DAYS)
    return today - timedelta(days=days)


def expired_events(organization: Organization, now: datetime) -> QuerySet[Event]:
    first, _ = key_range(cutoff(organization, now), None)
    return Event.objects.filter(organization_id=organization.pk, key__lt=first)


def stale_stacks(organization: Organization, now: datetime) -> QuerySet[Stack]:
    """Stacks that nobody decided anything about and that have not occurred for long."""
    return Stack.objects.filter(
        organization_id=organization.pk,
        last_occurrence__lt=cutoff(organization, now) - STACKS_KEPT_LONGER,
        status=StackStatus.OPEN,
        references=[],
        is_deleted=False,
    )


def remove_expired_events(pace: Pace) -> bool:
    """False when the time ran out."""
    now = utc_now()
    return all(
        pace.repeat(partial(remove_batch, expired_events(organization, now))) for organization in _organizations()
    )


def delete_stale_stacks(pace: Pace) -> bool:
    """Soft-delete them, for the purge to remove with their events; False when the time ran out."""
    now = utc_now()
    return all(pace.repeat(partial(_soft_delete, stale_stacks(organization, now))) for organization in _organizations())


def remove_old_usage(pace: Pace) -> bool:
    """Remove hours that nothing shows any more; False when the time ran out."""
    return all(pace.repeat(partial(_remove_rows, rows)) for rows in old_usage(utc_now()))


def old_usage(now: datetime) -> Sequence[QuerySet[OrganizationUsage] | QuerySet[ProjectUsage]]:
    oldest = now - USAGE_KEPT
    return (OrganizationUsage.objects.filter(hour__lt=oldest), ProjectUsage.objects.filter(hour__lt=oldest))


def _organizations() -> list[Organization]:
    return list(Organization.objects.alive().order_by("pk"))


@transaction.atomic
def _soft_delete(stacks: QuerySet[Stack], limit: int) -> int:
    ids = stacks.order_by("pk").select_for_update().values_list("pk", flat=True)[:limit]
    return Stack.objects.filter(pk__in=list(ids)).update(is_deleted=True, updated_utc=utc_now())


@transaction.atomic
def _remove_rows(rows: QuerySet[OrganizationUsage] | QuerySet[ProjectUsage], limit: int) -> int:
    keys = list(rows.order_by().values_list("pk", flat=True)[:limit])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0]
