"""What global admins grant: another plan, and events on top of the plan's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from accounts.plans import Plan
from exceptionless_site.core.clock import utc_now

PLAN_FIELDS = (
    "plan_id",
    "max_events_per_month",
    "retention_days",
    "max_users",
    "max_projects",
    "has_premium_features",
)


@transaction.atomic
def change_plan(*, organization: Organization, plan: Plan) -> None:
    """Put the organization on the plan, with all the limits of the plan."""
    organization.apply_plan(plan)
    organization.updated_utc = utc_now()
    organization.save(update_fields=[*PLAN_FIELDS, "updated_utc"])


@transaction.atomic
def set_bonus(*, organization: Organization, events: int, expires: datetime | None) -> None:
    """Allow so many more events a month, until that instant or for good; replaces an earlier bonus."""
    organization.bonus_events_per_month = events
    organization.bonus_expiration = expires
    organization.updated_utc = utc_now()
    organization.save(update_fields=["bonus_events_per_month", "bonus_expiration", "updated_utc"])
