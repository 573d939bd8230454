"""GET organizations/{id}/plans."""

from __future__ import annotations

from rest_framework.test import APIClient

from accounts.models import Organization
from accounts.plans import PLANS, SMALL
from tests.conftest import Cast


def url(cast: Cast) -> str:
    return f"/api/v2/organizations/{cast.organization.pk}/plans"


def test_the_hidden_plan_is_shown_when_it_is_the_organizations_own(cast: Cast, owner: APIClient) -> None:
    plans = owner.get(url(cast)).json()

    assert [plan["id"] for plan in plans] == [plan.id for plan in PLANS]
    assert plans[0] == {
        "id": "EX_FREE",
        "name": "Free",
        "description": "Free",
        "price": 0.0,
        "max_projects": 1,
        "max_users": 1,
        "retention_days": 3,
        "max_events_per_month": 3000,
        "has_premium_features": False,
        "is_hidden": False,
    }
    assert plans[-1]["id"] == "EX_UNLIMITED"
    assert plans[-1]["is_hidden"] is False
    assert plans[-1]["retention_days"] == 180


def test_only_admins_see_a_hidden_plan_of_others(cast: Cast, owner: APIClient, admin: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=SMALL.id)

    assert "EX_UNLIMITED" not in [plan["id"] for plan in owner.get(url(cast)).json()]
    assert admin.get(url(cast)).json()[-1]["is_hidden"] is True


def test_the_own_plan_has_the_organizations_own_limits(cast: Cast, owner: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(
        plan_id=SMALL.id,
        max_projects=7,
        max_users=8,
        retention_days=9,
        max_events_per_month=10,
        has_premium_features=False,
    )

    small = next(plan for plan in owner.get(url(cast)).json() if plan["id"] == SMALL.id)

    assert (small["max_projects"], small["max_users"], small["retention_days"]) == (7, 8, 9)
    assert (small["max_events_per_month"], small["has_premium_features"]) == (10, False)
    assert small["price"] == 15


def test_plans_of_a_foreign_organization_are_not_found(cast: Cast, stranger: APIClient) -> None:
    response = stranger.get(url(cast))

    assert (response.status_code, response.json()["title"]) == (404, "Organization not found.")
