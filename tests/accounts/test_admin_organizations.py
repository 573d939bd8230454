"""All organizations of the server, for its admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization
from accounts.plans import FREE, SMALL
from accounts.services.plans import change_plan
from accounts.services.usage import count_usage
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast

LIST = "/api/v2/admin/organizations"


def found(admin: APIClient, **query: Any) -> list[str]:
    response = admin.get(LIST, query)
    assert response.status_code == 200
    return [row["name"] for row in response.json()]


def test_an_admin_finds_organizations_of_others(cast: Cast, admin: APIClient) -> None:
    assert sorted(found(admin)) == ["Acme", "Elsewhere"]
    assert found(admin, criteria="acm") == ["Acme"]
    assert found(admin, criteria=cast.organization.pk.upper()) == ["Acme"]
    assert found(admin, criteria="nothing\x00") == []


def test_the_list_is_narrowed_and_sorted(cast: Cast, admin: APIClient) -> None:
    old = utc_now() - timedelta(days=9)
    Organization.objects.filter(pk=cast.organization.pk).update(created_utc=old, is_suspended=True)
    change_plan(organization=cast.foreign_organization, plan=FREE)
    count_usage(organization_id=cast.organization.pk, counts={"total": 5})
    assert found(admin, sort="Newest") == ["Elsewhere", "Acme"]
    assert found(admin, sort="mostactive") == ["Acme", "Elsewhere"]
    assert found(admin, sort="Alphabetical") == ["Acme", "Elsewhere"]
    assert found(admin, paid="true") == ["Acme"]
    assert found(admin, paid="false") == ["Elsewhere"]
    assert found(admin, suspended="true") == ["Acme"]
    assert found(admin, suspended="false") == ["Elsewhere"]


@pytest.mark.parametrize("query", [{"sort": "Oldest"}, {"paid": "perhaps"}, {"page": "x"}])
def test_what_cannot_be_read_is_refused(admin: APIClient, query: dict[str, str]) -> None:
    assert admin.get(LIST, query).status_code == 400


def test_admins_page_through_all_of_them(cast: Cast, admin: APIClient) -> None:
    Organization.objects.bulk_create([Organization(name=f"Number {number}") for number in range(1100)])
    response = admin.get(LIST, {"page": 11, "limit": 100})
    assert response["X-Result-Count"] == "1102"
    assert "page=12" in response["Link"]
    assert len(admin.get(LIST, {"page": 12, "limit": 100}).json()) == 2


def test_counts_are_there_when_they_are_asked_for(cast: Cast, admin: APIClient) -> None:
    rows = {row["name"]: row["project_count"] for row in admin.get(LIST, {"mode": "stats"}).json()}
    assert rows == {"Acme": 1, "Elsewhere": 1}


def test_plans_are_counted(cast: Cast, admin: APIClient) -> None:
    change_plan(organization=cast.organization, plan=SMALL)
    statistics = admin.get(f"{LIST}/stats").json()
    assert (statistics["small_total"], statistics["monthly_total"], statistics["paid_accounts"]) == (1, 15.0, 1)
    assert (statistics["free_accounts"], statistics["freeloader_accounts"]) == (0, 1)
    Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
    statistics = admin.get(f"{LIST}/stats").json()
    assert (statistics["small_total"], statistics["suspended_accounts"]) == (0, 1)


def test_a_plan_brings_its_limits(cast: Cast, admin: APIClient) -> None:
    url = f"/api/v2/admin/change-plan?organizationId={cast.organization.pk}"
    assert admin.post(f"{url}&planId=ex_small").json() == {"success": True}
    cast.organization.refresh_from_db()
    assert (cast.organization.plan_id, cast.organization.max_users) == ("EX_SMALL", 10)
    assert admin.post(f"{url}&planId=EX_GOLD").json() == {"success": False, "message": "Invalid PlanId."}
    assert admin.post("/api/v2/admin/change-plan?organizationId=%00&planId=EX_SMALL").json()["success"] is False


def test_a_bonus_is_set_and_replaced(cast: Cast, admin: APIClient) -> None:
    url = f"/api/v2/admin/set-bonus?organizationId={cast.organization.pk}"
    assert admin.post(f"{url}&bonusEvents=500&expires=2030-01-01T00:00:00Z").status_code == 200
    cast.organization.refresh_from_db()
    assert cast.organization.bonus_events_per_month == 500
    assert cast.organization.bonus_expiration == datetime(2030, 1, 1, tzinfo=UTC)
    assert admin.post(f"{url}&bonusEvents=7").status_code == 200
    cast.organization.refresh_from_db()
    renewed = Organization.objects.get(pk=cast.organization.pk)
    assert (renewed.bonus_events_per_month, renewed.bonus_expiration) == (7, None)


@pytest.mark.parametrize(
    ("query", "status", "name"),
    [
        ("organizationId=nowhere&bonusEvents=1", 422, "organization_id"),
        ("organizationId={id}&bonusEvents=-1", 422, "bonus_events"),
        ("organizationId={id}&bonusEvents=many", 400, "bonusEvents"),
        ("organizationId={id}&bonusEvents=1&expires=soon", 400, "expires"),
    ],
)
def test_a_wrong_bonus_is_refused(cast: Cast, admin: APIClient, query: str, status: int, name: str) -> None:
    response = admin.post(f"/api/v2/admin/set-bonus?{query.format(id=cast.organization.pk)}")
    assert response.status_code == status
    assert list(response.json()["errors"]) == [name]


def test_members_are_no_admins(cast: Cast, owner: APIClient) -> None:
    id_ = cast.organization.pk
    for path in (f"set-bonus?organizationId={id_}&bonusEvents=9", f"change-plan?organizationId={id_}&planId=EX_ENT"):
        assert owner.post(f"/api/v2/admin/{path}").status_code == 403
    assert owner.get(LIST).status_code == owner.get(f"{LIST}/stats").status_code == 403
    cast.organization.refresh_from_db()
    assert (cast.organization.bonus_events_per_month, cast.organization.plan_id) == (0, "EX_UNLIMITED")
