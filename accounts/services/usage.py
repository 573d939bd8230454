"""What organizations sent and what they may still send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Sum

from accounts.models import Organization, OrganizationUsage
from exceptionless_site.core.clock import utc_now

COUNTERS = ("total", "blocked", "discarded", "too_big", "deleted")
UNLIMITED = -1


def start_of_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def start_of_month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_total(organization_id: str, at: datetime) -> int:
    """Events that the organization got stored in the UTC month of `at`."""
    rows = OrganizationUsage.objects.filter(organization_id=organization_id, hour__gte=start_of_month(at), hour__lte=at)
    return rows.aggregate(sum=Sum("total"))["sum"] or 0


def events_left(organization: Organization) -> int:
    """How many events the organization may send now; -1 is unlimited."""
    now = utc_now()
    limit = organization.event_limit(now)
    if limit < 0:
        return UNLIMITED
    return max(limit - month_total(organization.pk, now), 0)


def count_usage(*, organization_id: str, counts: Mapping[str, int]) -> None:
    """Add to the organization's counters of the current hour; names are those of COUNTERS."""
    add_to_hour(OrganizationUsage, {"organization_id": organization_id}, counts)
    if counts.get("total"):
        Organization.objects.filter(pk=organization_id).update(last_event_date_utc=utc_now())


def add_to_hour(model: type[Model], owner: dict[str, Any], counts: Mapping[str, int]) -> None:
    """Add to one hour's row, which is made when it is the first of its hour."""
    added = {name: amount for name, amount in counts.items() if amount}
    if not added:
        return
    unknown = added.keys() - set(COUNTERS)
    if unknown:
        raise ValueError(f"no such usage counter: {', '.join(sorted(unknown))}")
    row = owner | {"hour": start_of_hour(utc_now())}
    increments = {name: F(name) + amount for name, amount in added.items()}
    rows = model._default_manager.filter(**row)
    if rows.update(**increments):
        return
    # Two processes may both find no row yet: the second insert is ignored, and both then add.
    model._default_manager.bulk_create([model(**row)], ignore_conflicts=True)
    rows.update(**increments)
