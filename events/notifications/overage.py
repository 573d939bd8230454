"""Telling an organization that its events of the month are used up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from accounts.mails import web_link
from accounts.models import Membership, Organization, OrganizationUsage
from accounts.services.usage import start_of_month
from events.notifications.mail import Mail, queue_mails
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import RateCounter


def send_overage_notices() -> int:
    """Queue the mails of organizations that are over their limit, once a month each; how many. The job's function."""
    now = utc_now()
    return sum(_notify(organization, now) for organization in _over_limit(now))


def _over_limit(now: datetime) -> list[Organization]:
    hours = OrganizationUsage.objects.filter(hour__gte=start_of_month(now), organization__max_events_per_month__gt=0)
    totals = dict(hours.order_by().values_list("organization_id").annotate(total=Sum("total")))
    rows = Organization.objects.alive().filter(pk__in=totals)
    return [organization for organization in rows if totals[organization.pk] >= organization.event_limit(now)]


@transaction.atomic
def _notify(organization: Organization, now: datetime) -> bool:
    # The row is the memory, whichever process makes it first.
    month = start_of_month(now)
    key = f"overage-notice:{organization.pk}:{month:%Y-%m}"
    _, is_first = RateCounter.objects.get_or_create(
        key=key, defaults={"count": 1, "expires_utc": month + timedelta(days=40)}
    )
    if is_first:
        queue_mails([_mail(organization, membership) for membership in _members(organization)])
    return is_first


def _members(organization: Organization) -> list[Membership]:
    rows = Membership.objects.filter(
        organization=organization,
        user__is_active=True,
        user__is_email_address_verified=True,
        user__email_notifications_enabled=True,
    )
    return list(rows.select_related("user").order_by("user__email_address"))


def _mail(organization: Organization, membership: Membership) -> Mail:
    return Mail(
        organization_id=organization.pk,
        recipient=membership.user.email_address,
        subject=f"[{organization.name}] Monthly plan limit exceeded.",
        template="overage_notice",
        context={
            "name": membership.user.full_name,
            "organization_name": organization.name,
            "limit": organization.max_events_per_month,
            "organization_url": web_link(f"/organization/{organization.pk}/manage?tab=usage"),
        },
    )
