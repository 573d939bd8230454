"""What organizations sent and what they may still send."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, Model, Sum

from accounts.models import Organization, OrganizationUsage
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.memory import Memory
from exceptionless_site.core.rates import Window

COUNTERS = ("total", "blocked", "discarded", "too_big", "deleted")
UNLIMITED = -1

_BUCKET = Window("usage", timedelta(minutes=5))
_BUCKETS_AT_ONCE = 10
"""How many times its even share of the month an organization may send in one bucket."""
_SMALL_LIMIT = 5_000
_LAST_DAY = timedelta(days=1)


def start_of_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def start_of_month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_total(organization_id: str, at: datetime) -> int:
    """Events that the organization got stored in the UTC month of `at`."""
    return _month_totals([organization_id], at).get(organization_id, 0)


def _month_totals(organization_ids: Iterable[str], at: datetime) -> dict[str, int]:
    hours = OrganizationUsage.objects.filter(
        organization_id__in=list(organization_ids), hour__gte=start_of_month(at), hour__lte=at
    )
    sums = hours.order_by().values("organization_id").annotate(sum=Sum("total"))
    return {row["organization_id"]: row["sum"] for row in sums}


def bucket_limit(limit: int, at: datetime) -> int:
    """How many events of a monthly limit may come in the five minutes of `at`.

    Ten times the even share of what is left of the month, so that a runaway program does not use up the month
    in an hour; small limits, and all on the last day, know no such bound.
    """
    month = start_of_month(at)
    next_month = start_of_month(month + timedelta(days=32))
    if limit < _SMALL_LIMIT or next_month - at < _LAST_DAY:
        return limit
    # Counted from the start of the bucket, so that its limit does not move while it fills.
    start = at - (at - month) % _BUCKET.length
    return math.ceil(limit / ((next_month - start) / _BUCKET.length) * _BUCKETS_AT_ONCE)


def events_left(organization: Organization) -> int:
    """How many events the organization may send now; -1 is unlimited."""
    return _left([organization]).get(organization.pk, UNLIMITED)


_left_in_memory: Memory[str, int] = Memory(Organization)


def may_send_none(organization: Organization) -> bool:
    """Whether a post can be refused unseen, by what was left within the last second.

    What is accepted meanwhile is no loss: the worker counts exactly.
    """
    if organization.max_events_per_month <= 0:
        return False
    return _left_in_memory.get(organization.pk, partial(events_left, organization)) == 0


def events_left_of(organization_ids: Iterable[str]) -> dict[str, int]:
    """How many events each of these organizations may send now; those without a limit are left out."""
    limited = Organization.objects.filter(pk__in=list(organization_ids), max_events_per_month__gt=0)
    return _left(limited)


def _left(organizations: Iterable[Organization]) -> dict[str, int]:
    now = utc_now()
    limits = {row.pk: limit for row in organizations if (limit := row.event_limit(now)) >= 0}
    if not limits:
        return {}
    totals, recent = _month_totals(limits, now), _BUCKET.current_of(limits)
    return {
        id_: max(min(limit - totals.get(id_, 0), bucket_limit(limit, now) - recent.get(id_, 0)), 0)
        for id_, limit in limits.items()
    }


def is_throttled(organization: Organization) -> bool:
    """Whether the organization has sent all that it may in these five minutes."""
    return organization.pk in throttled_organizations([organization])


def throttled_organizations(organizations: Iterable[Organization]) -> set[str]:
    """The ids of those that have sent all they may in these five minutes, in one statement at most."""
    now = utc_now()
    limits = {row.pk: limit for row in organizations if (limit := row.event_limit(now)) >= 0}
    if not limits:
        return set()
    return {id_ for id_, count in _BUCKET.current_of(limits).items() if count >= bucket_limit(limits[id_], now)}


def count_usage(*, organization_id: str, counts: Mapping[str, int]) -> None:
    """Add to the organization's counters of the current hour; names are those of COUNTERS."""
    add_to_hour(OrganizationUsage, {"organization_id": organization_id}, counts)
    rows = Organization.objects.filter(pk=organization_id)
    if was_sent(counts):
        rows.update(last_event_date_utc=utc_now())
    total = counts.get("total")
    if total:
        _left_in_memory.forget()
        if rows.filter(max_events_per_month__gt=0).exists():
            _BUCKET.add(organization_id, total)


def was_sent(counts: Mapping[str, int]) -> bool:
    """Whether clients sent what is counted, kept or not; only deleting is done by others."""
    return any(amount for name, amount in counts.items() if name != "deleted")


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
