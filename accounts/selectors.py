"""Reading organizations and their members, with everything that the wire shows of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Count, Prefetch, Q

from accounts.identity import Identity
from accounts.models import ExternalAccount, Invite, Membership, Organization, OrganizationUsage, User
from accounts.models.organization import OrganizationQuerySet
from accounts.models.user import GLOBAL
from accounts.plans import PLANS, UNLIMITED, Plan
from accounts.services.usage import throttled_organizations
from accounts.usage_history import UsageHistory, last_months, usage_histories
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.text_filter import NOTHING, boolean, matching

MAXIMUM_FILTERED = 1000

# --- Organizations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Totals:
    """`event_count` and `stack_count` of one organization."""

    stacks: int = 0
    events: int = 0


TotalsSource = Callable[[Sequence[str]], Mapping[str, Totals]]
_totals_sources: list[TotalsSource] = []


def register_totals(source: TotalsSource) -> None:
    """Name what counts stacks and events by organization id; the app that owns them calls this when it is ready."""
    _totals_sources.append(source)


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization and what is read along with it; the counts are 0 unless they were asked for."""

    organization: Organization
    usage: UsageHistory
    project_count: int = 0
    totals: Totals = Totals()
    is_over_request_limit: bool = False
    is_throttled: bool = False

    billing_status: int = 0
    """Trialing: nobody is billed here."""

    @property
    def name(self) -> str:
        return self.organization.name

    @property
    def is_over_monthly_limit(self) -> bool:
        limit = self.organization.event_limit(utc_now())
        return 0 <= limit <= self.usage.month_total


def own_organizations(identity: Identity, filter_text: str = "") -> OrganizationQuerySet:
    """The caller's own organizations, for a global admin too; by name when they are filtered."""
    rows = Organization.objects.alive().filter(pk__in=identity.organization_ids)
    if not filter_text.strip():
        return rows
    return rows.filter(matching(filter_text, _term)).order_by("name", "pk")[:MAXIMUM_FILTERED]


def _term(field: str, text: str) -> Q:
    if field in ("", "name"):
        return Q(name__icontains=text)
    if field in ("is_suspended", "has_premium_features"):
        return boolean(field, text)
    if field in ("id", "plan_id"):
        return Q(**{f"{field}__iexact": text})
    return NOTHING


def organization_views(
    found: Sequence[Organization], *, with_counts: bool = False, over_request_limit: Collection[str] = ()
) -> list[OrganizationView]:
    """What the wire shows of each organization; the number of statements does not depend on how many there are.

    `over_request_limit` are the ids of those whose API keys have used up their requests.
    """
    now = utc_now()
    limits = {organization.pk: organization.event_limit(now) for organization in found}
    rows = OrganizationUsage.objects.filter(organization_id__in=limits)
    usage = usage_histories(rows, "organization_id", limits, last_months(now), now)
    throttled = throttled_organizations(found)
    views = [
        OrganizationView(
            organization,
            usage[organization.pk],
            is_over_request_limit=organization.pk in over_request_limit,
            is_throttled=organization.pk in throttled,
        )
        for organization in found
    ]
    return _with_counts(views) if with_counts else views


def _with_counts(views: list[OrganizationView]) -> list[OrganizationView]:
    ids = [view.organization.pk for view in views]
    living = Organization.objects.filter(pk__in=ids).order_by()
    projects = dict(
        living.annotate(living=Count("projects", filter=Q(projects__is_deleted=False))).values_list("pk", "living")
    )
    totals: dict[str, Totals] = {}
    for source in _totals_sources:
        totals.update(source(ids))
    return [
        replace(
            view,
            project_count=projects.get(view.organization.pk, 0),
            totals=totals.get(view.organization.pk, Totals()),
        )
        for view in views
    ]


def organizations_with_projects(ids: Iterable[str]) -> set[str]:
    """Those of the organizations that have a living project."""
    rows = Organization.objects.filter(pk__in=list(ids), projects__is_deleted=False)
    return set(rows.order_by().values_list("pk", flat=True).distinct())


def plans_for(organization: Organization, *, with_hidden: bool) -> list[Plan]:
    """Plans to choose from; the organization's own plan is among them, with the organization's own limits."""
    shown = [plan for plan in PLANS if with_hidden or not plan.is_hidden or plan.id == organization.plan_id]
    return [_own(plan, organization) if plan.id == organization.plan_id else _public(plan) for plan in shown]


def _public(plan: Plan) -> Plan:
    return replace(plan, retention_days=settings.MAXIMUM_RETENTION_DAYS) if plan.id == UNLIMITED.id else plan


def _own(plan: Plan, organization: Organization) -> Plan:
    return replace(
        plan,
        max_projects=organization.max_projects,
        max_users=organization.max_users,
        retention_days=organization.effective_retention_days,
        max_events_per_month=organization.max_events_per_month,
        has_premium_features=organization.has_premium_features,
        is_hidden=False,
    )


# --- Members ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UserView:
    """A person as one caller may see them: no organizations of others, no other person's admin role."""

    user: User
    organization_ids: Sequence[str]
    roles: Sequence[str]
    is_invite: bool = False

    @property
    def full_name(self) -> str:
        return self.user.full_name

    @property
    def email_notifications_enabled(self) -> bool:
        return self.user.email_notifications_enabled

    @property
    def avatar_url(self) -> str:
        return self.user.avatar_url

    @property
    def o_auth_accounts(self) -> list[ExternalAccount]:
        return list(self.user.external_accounts.all())


def user_view(user: User, identity: Identity) -> UserView:
    """The person as the caller sees them; memberships are read unless they were prefetched."""
    if identity.user is not None and identity.user.pk == user.pk:
        return UserView(user, identity.organization_ids, user.roles)
    living: list[Membership] | None = getattr(user, "living_memberships", None)
    ids = user.organization_ids() if living is None else [row.organization_id for row in living]
    if identity.is_global_admin:
        return UserView(user, ids, user.roles)
    shown = [id_ for id_ in ids if identity.is_in(id_)]
    return UserView(user, shown, [role for role in user.roles if role != GLOBAL])


def members_and_invites(organization: Organization, start: int, end: int) -> tuple[list[User | Invite], int]:
    """One slice of the members by e-mail address followed by the open invites, and how many there are in all."""
    invites = list(organization.invites.all())
    members = User.objects.filter(memberships__organization=organization).order_by("email_address")
    number = members.count()
    living = Membership.objects.filter(organization__is_deleted=False).order_by("organization_id")
    people = members.prefetch_related(Prefetch("memberships", living, to_attr="living_memberships"))[start:end]
    rest = invites[max(start - number, 0) : max(end - number, 0)]
    return [*people, *rest], number + len(invites)
