"""Organizations in the admin: plans, suspension, deletion."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, OrganizationUsage, User
from accounts.models.organization import SuspensionCode
from accounts.plans import FREE, SMALL, UNLIMITED
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast

LIST = "/admin/accounts/organization/"
INLINES = {f"{name}-{what}_FORMS": "0" for name in ("memberships", "invites") for what in ("TOTAL", "INITIAL")}


def form(organization: Organization) -> dict[str, Any]:
    return INLINES | {
        "name": organization.name,
        "plan_id": organization.plan_id,
        "max_events_per_month": organization.max_events_per_month,
        "retention_days": organization.retention_days,
        "max_users": organization.max_users,
        "max_projects": organization.max_projects,
        "has_premium_features": "on",
        "bonus_events_per_month": organization.bonus_events_per_month,
        "features": "[]",
    }


def change(site: Client, organization: Organization, **fields: Any) -> Any:
    response = site.post(f"{LIST}{organization.pk}/change/", form(organization) | fields)
    organization.refresh_from_db()
    return response


def run(site: Client, action: str, *organizations: Organization) -> None:
    site.post(LIST, {"action": action, "_selected_action": [organization.pk for organization in organizations]})


def status_of_key(cast: Cast) -> int:
    return int(cast.client(cast.key).get("/api/v2/projects/config").status_code)


def test_a_new_organization_gets_the_limits_of_its_plan(site: Client) -> None:
    empty = Organization(name="Fresh", plan_id=SMALL.id)
    assert site.post(f"{LIST}add/", form(empty)).status_code == 302
    made = Organization.objects.get(name="Fresh")
    assert (made.max_users, made.max_projects, made.retention_days) == (10, 5, 30)


def test_another_plan_brings_its_limits(cast: Cast, site: Client) -> None:
    assert change(site, cast.organization, plan_id=FREE.id).status_code == 302
    assert cast.organization.max_events_per_month == FREE.max_events_per_month
    assert not cast.organization.has_premium_features


def test_a_limit_set_in_the_same_step_is_kept(cast: Cast, site: Client) -> None:
    change(site, cast.organization, plan_id=SMALL.id, max_users="77")
    assert (cast.organization.max_users, cast.organization.max_projects) == (77, SMALL.max_projects)


def test_a_limit_can_be_changed_alone(cast: Cast, site: Client) -> None:
    change(site, cast.organization, max_projects="3")
    assert (cast.organization.plan_id, cast.organization.max_projects) == (UNLIMITED.id, 3)


def test_saving_leaves_what_changed_meanwhile(cast: Cast, site: Client) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(last_event_date_utc=utc_now(), features=["beta"])
    sent = form(cast.organization) | {"name": "Renamed", "features": '["beta"]'}
    Organization.objects.filter(pk=cast.organization.pk).update(data={"key": "value"})
    site.post(f"{LIST}{cast.organization.pk}/change/", sent)
    cast.organization.refresh_from_db()
    assert cast.organization.name == "Renamed"
    assert cast.organization.data == {"key": "value"}
    assert cast.organization.last_event_date_utc is not None


def test_suspending_by_the_form_stops_the_api_keys(cast: Cast, site: Client) -> None:
    response = change(site, cast.organization, is_suspended="on", suspension_code="Abuse", suspension_notes="Spam")
    assert response.status_code == 302
    assert cast.organization.suspension_date is not None
    assert cast.organization.suspended_by_user_id == cast.admin.pk
    assert status_of_key(cast) == 401
    change(site, cast.organization)
    assert (cast.organization.is_suspended, cast.organization.suspension_code) == (False, "")
    assert status_of_key(cast) == 200


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Say why the organization is suspended."),
        ({"suspension_code": SuspensionCode.OTHER, "suspension_notes": "  "}, "The code Other needs notes."),
    ],
)
def test_a_suspension_needs_a_reason(cast: Cast, site: Client, fields: dict[str, str], message: str) -> None:
    response = change(site, cast.organization, is_suspended="on", **fields)
    assert message in response.content.decode()
    assert not cast.organization.is_suspended


@pytest.mark.parametrize(("action", "code"), [("suspend_for_abuse", "Abuse"), ("suspend_for_billing", "Billing")])
def test_suspending_by_an_action_stops_the_api_keys(cast: Cast, site: Client, action: str, code: str) -> None:
    run(site, action, cast.organization)
    cast.organization.refresh_from_db()
    assert (cast.organization.is_suspended, cast.organization.suspension_code) == (True, code)
    assert status_of_key(cast) == 401
    assert cast.client(cast.foreign_key).get("/api/v2/projects/config").status_code == 200
    run(site, "resume", cast.organization)
    assert status_of_key(cast) == 200


@pytest.mark.parametrize("way", ["page", "list"])
def test_deleting_hides_the_organization_and_keeps_the_row(cast: Cast, site: Client, way: str) -> None:
    if way == "page":
        site.post(f"{LIST}{cast.organization.pk}/delete/", {"post": "yes"})
    else:
        sent = {"action": "delete_selected", "_selected_action": [cast.organization.pk], "post": "yes"}
        site.post(LIST, sent)
    cast.organization.refresh_from_db()
    assert cast.organization.is_deleted
    assert status_of_key(cast) == 401
    assert site.get(f"{LIST}{cast.organization.pk}/change/").status_code == 302
    assert not User.objects.filter(pk=cast.owner.pk).exists()
    assert User.objects.filter(pk__in=[cast.admin.pk, cast.stranger.pk]).count() == 2


def test_the_list_counts_members_and_living_projects(cast: Cast, site: Client) -> None:
    cast.organization.projects.create(name="Gone", is_deleted=True)
    rows = {row.pk: row for row in site.get(LIST).context["cl"].result_list}
    assert (rows[cast.organization.pk].members, rows[cast.organization.pk].projects_alive) == (2, 1)


def test_the_page_sums_usage_by_month_and_hides_the_servers_own_data(cast: Cast, site: Client) -> None:
    OrganizationUsage.objects.create(organization=cast.organization, hour=utc_now(), total=12_345)
    Organization.objects.filter(pk=cast.organization.pk).update(data={"color": "blue", "-@token": "hidden-value"})
    page = site.get(f"{LIST}{cast.organization.pk}/change/").content.decode()
    assert "12,345" in page
    assert "blue" in page
    assert "hidden-value" not in page


def test_a_member_and_an_invite_are_added(cast: Cast, site: Client) -> None:
    rows = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": cast.stranger.pk,
        "memberships-0-organization": cast.organization.pk,
        "invites-TOTAL_FORMS": "1",
        "invites-0-email_address": "guest@example.test",
        "invites-0-organization": cast.organization.pk,
    }
    assert change(site, cast.organization, **rows).status_code == 302
    assert cast.organization.memberships.filter(user=cast.stranger).exists()
    invite = cast.organization.invites.get()
    assert invite.token not in site.get(f"{LIST}{cast.organization.pk}/change/").content.decode()
    assert invite.token not in site.get(f"/admin/accounts/invite/{invite.pk}/change/").content.decode()
