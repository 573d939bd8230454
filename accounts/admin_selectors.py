"""All organizations of the server, for its admins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from accounts.models import Organization
from accounts.models.organization import OrganizationQuerySet
from accounts.plans import FREE, PLANS
from accounts.services.usage import start_of_month
from exceptionless_site.core.clock import utc_now

NEWEST, SUBSCRIBED, MOST_ACTIVE, ALPHABETICAL = "newest", "subscribed", "mostactive", "alphabetical"


def _newest(rows: OrganizationQuerySet) -> OrganizationQuerySet:
    return rows.order_by("-created_utc", "-pk")


def _most_active(rows: OrganizationQuerySet) -> OrganizationQuerySet:
    month = Q(usage_hours__hour__gte=start_of_month(utc_now()))
    sent = rows.annotate(sent=Sum("usage_hours__total", filter=month, default=0))
    return sent.order_by("-sent", "name", "pk")


SORTS: dict[str, Callable[[OrganizationQuerySet], OrganizationQuerySet]] = {
    NEWEST: _newest,
    # Nobody subscribes where nobody is billed.
    SUBSCRIBED: _newest,
    MOST_ACTIVE: _most_active,
    ALPHABETICAL: lambda rows: rows.order_by("name", "pk"),
}


def all_organizations(
    *, criteria: str = "", paid: bool | None = None, suspended: bool | None = None, sort: str = NEWEST
) -> OrganizationQuerySet:
    """`criteria` is an id or a part of the name; `paid` are all that are not on the free plan."""
    rows = Organization.objects.alive()
    if criteria:
        rows = rows.filter(Q(pk=criteria.lower()) | Q(name__icontains=criteria))
    if paid is not None:
        rows = rows.exclude(plan_id=FREE.id) if paid else rows.filter(plan_id=FREE.id)
    if suspended is not None:
        rows = rows.filter(is_suspended=suspended)
    return SORTS[sort](rows)


@dataclass(frozen=True, slots=True)
class PlanStatistics:
    """How many organizations are on which plan, and what they would pay if anybody did."""

    small_total: int
    small_yearly_total: int
    medium_total: int
    medium_yearly_total: int
    large_total: int
    large_yearly_total: int
    extra_large_total: int
    extra_large_yearly_total: int
    enterprise_total: int
    enterprise_yearly_total: int
    monthly_total: float
    yearly_total: float
    monthly_total_accounts: int
    yearly_total_accounts: int
    free_accounts: int
    paid_accounts: int
    freeloader_accounts: int
    suspended_accounts: int


_NAMES = {
    "EX_SMALL": "small",
    "EX_MEDIUM": "medium",
    "EX_LARGE": "large",
    "EX_XL": "extra_large",
    "EX_ENT": "enterprise",
}
_YEARLY = "_YEARLY"


def plan_statistics() -> PlanStatistics:
    """All organizations by plan, in one statement. Suspended ones count as suspended and nowhere else."""
    counts: Counter[str] = Counter()
    suspended = 0
    rows = Organization.objects.alive().order_by().values("plan_id", "is_suspended").annotate(number=Count("pk"))
    for row in rows:
        if row["is_suspended"]:
            suspended += row["number"]
        else:
            counts[row["plan_id"]] += row["number"]
    monthly = [plan for plan in PLANS if plan.id in _NAMES]
    yearly = [plan for plan in PLANS if plan.id.removesuffix(_YEARLY) in _NAMES and plan.id.endswith(_YEARLY)]
    totals = {f"{_NAMES[plan.id]}_total": counts[plan.id] for plan in monthly}
    totals |= {f"{_NAMES[plan.id.removesuffix(_YEARLY)]}_yearly_total": counts[plan.id] for plan in yearly}
    return PlanStatistics(
        **totals,
        monthly_total=float(sum(plan.price * counts[plan.id] for plan in monthly)),
        yearly_total=float(sum(plan.price * counts[plan.id] for plan in yearly)),
        monthly_total_accounts=sum(counts[plan.id] for plan in monthly),
        yearly_total_accounts=sum(counts[plan.id] for plan in yearly),
        free_accounts=counts[FREE.id],
        paid_accounts=sum(counts[plan.id] for plan in [*monthly, *yearly]),
        freeloader_accounts=counts.total() - counts[FREE.id] - sum(counts[plan.id] for plan in [*monthly, *yearly]),
        suspended_accounts=suspended,
    )
