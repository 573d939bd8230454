"""GET organizations, GET organizations/{id}, POST organizations."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts import selectors
from accounts.models import Invite, Membership, Organization, OrganizationUsage
from accounts.plans import FREE, SMALL
from accounts.selectors import Totals
from accounts.services.usage import count_usage
from exceptionless_site.api.throttling import WINDOW
from projects.models import Project
from tests.conftest import Cast

ALL = "/api/v2/organizations"
NOW = datetime(2026, 5, 4, 12, 34, 56, tzinfo=UTC)


def url(organization: Organization) -> str:
    return f"{ALL}/{organization.pk}"


def join(cast: Cast, name: str, **fields: Any) -> Organization:
    """One more organization of the owner's."""
    organization = Organization.objects.create(name=name, **fields)
    Membership.objects.create(organization=organization, user=cast.owner)
    return organization


def names(client: APIClient, **query: str) -> list[str]:
    return [organization["name"] for organization in client.get(ALL, query).json()]


# --- Reading ------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_a_new_organization_shows_every_member_of_the_wire(cast: Cast, owner: APIClient) -> None:
    organization = join(cast, "Fresh")

    shown = owner.get(url(organization)).json()

    months = shown.pop("usage")
    assert len(months) == 12
    assert [months[0]["date"], months[-1]["date"]] == ["2025-06-01T00:00:00Z", "2026-05-01T00:00:00Z"]
    assert all(month["limit"] == -1 and month["total"] == 0 for month in months)
    nothing = {"total": 0, "blocked": 0, "discarded": 0, "too_big": 0, "deleted": 0}
    assert shown.pop("usage_hours") == [{"date": "2026-05-04T12:00:00Z"} | nothing]
    assert shown == {
        "id": organization.pk,
        "created_utc": "2026-05-04T12:34:56Z",
        "updated_utc": "2026-05-04T12:34:56Z",
        "name": "Fresh",
        "plan_id": "EX_UNLIMITED",
        "plan_name": "Unlimited",
        "plan_description": "Unlimited",
        "billing_status": 0,
        "billing_price": 0.0,
        "max_events_per_month": -1,
        "bonus_events_per_month": 0,
        "retention_days": 180,
        "is_suspended": False,
        "has_premium_features": True,
        "features": [],
        "max_users": -1,
        "max_projects": -1,
        "project_count": 0,
        "stack_count": 0,
        "event_count": 0,
        "invites": [],
        "data": {},
        "is_throttled": False,
        "is_over_monthly_limit": False,
        "is_over_request_limit": False,
    }


def test_every_required_member_of_the_contract_is_there(cast: Cast, owner: APIClient) -> None:
    default = Path(__file__).parents[3] / "shared/contract"
    folder = Path(os.environ.get("CONTRACT_DIR", default))
    if not (folder / "fields.json").is_file():
        pytest.skip("the contract folder is not here")
    members = json.loads((folder / "fields.json").read_text())["ViewOrganization"]

    shown = owner.get(url(cast.organization)).json()

    assert {name for name, rule in members.items() if rule["required"]} <= set(shown) <= set(members)


def test_optional_members_appear_when_there_is_something_to_show(cast: Cast, owner: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(
        bonus_events_per_month=500,
        bonus_expiration=NOW,
        features=["feature-x"],
        data={"color": "blue", "-@slack": "hidden", "@@hash": "shown"},
    )
    invite = Invite.objects.create(organization=cast.organization, email_address="new@example.test", date_added=NOW)

    shown = owner.get(url(cast.organization)).json()

    assert shown["bonus_expiration"] == "2026-05-04T12:34:56Z"
    assert shown["features"] == ["feature-x"]
    assert shown["data"] == {"color": "blue", "@@hash": "shown"}
    assert shown["invites"] == [
        {"token": invite.token, "email_address": "new@example.test", "date_added": "2026-05-04T12:34:56Z"}
    ]


@time_machine.travel(NOW, tick=False)
def test_months_are_sums_of_hours_and_hours_are_kept_for_a_week(cast: Cast, owner: APIClient) -> None:
    for age, counts in [
        (timedelta(0), {"total": 1}),
        (timedelta(hours=3), {"total": 2, "deleted": 7}),
        (timedelta(days=3, hours=13), {"total": 10}),
        (timedelta(days=10), {"total": 100, "blocked": 1}),
        (timedelta(days=11), {"total": 1000}),
        (timedelta(days=364), {"too_big": 5}),
    ]:
        hour = (NOW - age).replace(minute=0, second=0)
        OrganizationUsage.objects.create(organization=cast.organization, hour=hour, **counts)
    OrganizationUsage.objects.create(organization=cast.foreign_organization, hour=NOW.replace(minute=0, second=0))

    shown = owner.get(url(cast.organization)).json()

    totals = {month["date"][:7]: month["total"] for month in shown["usage"] if month["total"]}
    assert totals == {"2026-05": 3, "2026-04": 1110}
    assert shown["usage"][-1]["deleted"] == 7
    assert [hour["date"] for hour in shown["usage_hours"]] == [
        "2026-04-24T12:00:00Z",
        "2026-04-30T23:00:00Z",
        "2026-05-04T09:00:00Z",
        "2026-05-04T12:00:00Z",
    ]


@pytest.mark.parametrize(
    ("limit", "bonus", "expiration", "sent", "shown_limit", "is_over"),
    [
        (-1, 0, None, 10, -1, False),
        (10, 0, None, 9, 10, False),
        (10, 0, None, 10, 10, True),
        (10, 5, None, 10, 15, False),
        (10, 5, NOW + timedelta(days=1), 14, 15, False),
        (10, 5, NOW - timedelta(days=1), 10, 10, True),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_the_monthly_limit_counts_an_active_bonus(
    cast: Cast,
    owner: APIClient,
    limit: int,
    bonus: int,
    expiration: datetime | None,
    sent: int,
    shown_limit: int,
    is_over: bool,
) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(
        max_events_per_month=limit, bonus_events_per_month=bonus, bonus_expiration=expiration
    )
    OrganizationUsage.objects.create(organization=cast.organization, hour=NOW.replace(minute=0), total=sent)

    shown = owner.get(url(cast.organization)).json()

    assert shown["usage"][-1]["limit"] == shown_limit
    assert shown["is_over_monthly_limit"] is is_over


def test_the_request_limit_is_that_of_the_organizations_keys(cast: Cast, owner: APIClient, settings: Any) -> None:
    settings.API_THROTTLE_LIMIT = 3
    assert owner.get(url(cast.organization)).json()["is_over_request_limit"] is False

    WINDOW.add(f"organization:{cast.organization.pk}", 3)

    assert owner.get(url(cast.organization)).json()["is_over_request_limit"] is True


def test_an_organization_is_throttled_while_it_has_sent_all_of_its_five_minutes(cast: Cast, owner: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(max_events_per_month=43_200)
    with time_machine.travel(NOW, tick=False) as clock:
        # 55 in five minutes, when 27 days and a half are left.
        count_usage(organization_id=cast.organization.pk, counts={"total": 54, "blocked": 7})
        assert owner.get(url(cast.organization)).json()["is_throttled"] is False
        count_usage(organization_id=cast.organization.pk, counts={"total": 1})
        assert [row["is_throttled"] for row in owner.get(ALL).json()] == [True]
        clock.shift(timedelta(minutes=5))
        assert owner.get(url(cast.organization)).json()["is_throttled"] is False


@pytest.fixture
def counted(cast: Cast) -> Iterator[Cast]:
    def source(ids: Any) -> dict[str, Totals]:
        return {id_: Totals(stacks=3, events=40) for id_ in ids if id_ == cast.organization.pk}

    sources = [*selectors._totals_sources]
    selectors._totals_sources[:] = [source]
    yield cast
    selectors._totals_sources[:] = sources


@pytest.mark.parametrize("path", [ALL, ALL + "/{id}"])
def test_counts_are_there_only_in_stats_mode(counted: Cast, owner: APIClient, path: str) -> None:
    Project.objects.create(organization=counted.organization, name="Deleted", is_deleted=True)
    path = path.format(id=counted.organization.pk)

    def counts(**query: str) -> tuple[int, int, int]:
        shown = owner.get(path, query).json()
        shown = shown[0] if isinstance(shown, list) else shown
        return shown["project_count"], shown["stack_count"], shown["event_count"]

    assert counts() == (0, 0, 0)
    assert counts(mode="stats") == (1, 3, 40)


def test_the_list_has_only_the_callers_own_for_an_admin_too(cast: Cast, owner: APIClient, admin: APIClient) -> None:
    response = owner.get(ALL)

    assert [organization["id"] for organization in response.json()] == [cast.organization.pk]
    assert "X-Result-Count" not in response
    assert "Link" not in response
    assert admin.get(ALL).json() == []


def test_the_list_is_not_paged(cast: Cast, owner: APIClient) -> None:
    for number in range(12):
        join(cast, f"Organization {number}")

    assert len(owner.get(ALL, {"limit": "5"}).json()) == 13


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme", ["Acme", "Acme West"]),
        ("ACME west", ["Acme West"]),
        ("name:west", ["Acme West"]),
        ('"acme west"', ["Acme West"]),
        ("west OR other", ["Acme West", "Other"]),
        ("acme -west", ["Acme"]),
        ("acm*", ["Acme", "Acme West"]),
        ("is_suspended:true", ["Other"]),
        ("is_suspended:false acme", ["Acme", "Acme West"]),
        ("is_suspended:perhaps", []),
        ("plan_id:ex_free", ["Acme West"]),
        ("elsewhere", []),
        ("unknown:thing", []),
        ("   ", ["Acme", "Acme West", "Other"]),
        ("a\x00cme", ["Acme", "Acme West"]),
    ],
)
def test_a_filter_narrows_to_matching_names(cast: Cast, owner: APIClient, text: str, expected: list[str]) -> None:
    join(cast, "Other", is_suspended=True)
    join(cast, "Acme West", plan_id=FREE.id)

    assert names(owner, filter=text) == expected


@pytest.mark.parametrize("query", [{}, {"mode": "stats"}, {"filter": "a"}])
def test_the_statements_of_the_list_do_not_grow_with_it(
    counted: Cast, owner: APIClient, settings: Any, django_assert_num_queries: Any, query: dict[str, str]
) -> None:
    # Token, memberships, organizations, invites, months, hours; project counts in stats mode.
    expected = 7 if "mode" in query else 6
    with django_assert_num_queries(expected):
        owner.get(ALL, query)
    for number in range(5):
        organization = join(counted, f"Another {number}")
        Invite.objects.create(organization=organization, email_address="new@example.test")
        Project.objects.create(organization=organization, name="Project")
    with django_assert_num_queries(expected):
        assert len(owner.get(ALL, query).json()) > 5


def test_an_admin_reaches_every_organization_by_id(cast: Cast, admin: APIClient) -> None:
    assert admin.get(url(cast.foreign_organization)).json()["name"] == "Elsewhere"


@pytest.mark.parametrize("id_", ["5" * 24, "nonexistent-organization-id", "x" * 23])
def test_an_unknown_organization_is_a_404(owner: APIClient, id_: str) -> None:
    assert owner.get(f"{ALL}/{id_}").status_code == 404


def test_a_foreign_and_a_deleted_organization_are_not_found(cast: Cast, stranger: APIClient, owner: APIClient) -> None:
    foreign = stranger.get(url(cast.organization))
    Organization.objects.filter(pk=cast.organization.pk).update(is_deleted=True)

    assert (foreign.status_code, foreign.json()["title"]) == (404, "Organization not found.")
    assert owner.get(url(cast.organization)).status_code == 404
    assert owner.get(ALL).json() == []


@pytest.mark.parametrize("path", [ALL, ALL + "/{id}", ALL + "/{id}/plans"])
def test_who_may_read_organizations(cast: Cast, path: str) -> None:
    path = path.format(id=cast.organization.pk)

    assert cast.client(None).get(path).status_code == 401
    assert cast.client(cast.key).get(path).status_code == 403
    assert cast.client(cast.user_key).get(path).status_code == 200
    assert cast.client(cast.mate).get(path).status_code == 200


# --- Creating -----------------------------------------------------------------------------------


def test_the_creator_becomes_the_first_member(cast: Cast, owner: APIClient) -> None:
    response = owner.post(ALL, {"name": "  Rockets "}, format="json")

    assert response.status_code == 201
    shown = response.json()
    assert shown["name"] == "Rockets"
    assert shown["plan_id"] == "EX_UNLIMITED"
    assert response["Location"] == f"http://testserver{ALL}/{shown['id']}"
    assert owner.get(response["Location"]).json() == shown
    assert shown["id"] in owner.get("/api/v2/users/me").json()["organization_ids"]


def test_names_need_not_be_unique(owner: APIClient) -> None:
    assert owner.post(ALL, {"name": "Acme"}, format="json").status_code == 201


def test_names_of_members_match_in_any_case_and_unknown_ones_are_ignored(owner: APIClient) -> None:
    body = {"NAME": "Rockets", "plan_id": "EX_FREE", "id": "5" * 24, "is_suspended": True}

    shown = owner.post(ALL, body, format="json").json()

    assert (shown["name"], shown["plan_id"], shown["is_suspended"]) == ("Rockets", "EX_UNLIMITED", False)
    assert shown["id"] != "5" * 24


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": ""}, "The Name field is required."),
        ({"name": "  "}, "The Name field is required."),
        ({}, "The Name field is required."),
        ({"name": "n" * 1001}, "The field Name must be a string or array type with a maximum length of '1000'."),
    ],
)
def test_a_bad_name_is_a_422(owner: APIClient, body: dict[str, str], message: str) -> None:
    response = owner.post(ALL, body, format="json")

    assert response.status_code == 422
    assert response.json()["errors"] == {"name": [message]}


@pytest.mark.parametrize("raw", [b"", b"null", b'{"name": null}', b'{"name": 5}', b"[]", b"{"])
def test_a_body_that_cannot_be_bound_is_a_400(owner: APIClient, raw: bytes) -> None:
    assert owner.post(ALL, raw, content_type="application/json").status_code == 400


@pytest.mark.parametrize(("plan", "status"), [(FREE, 426), (SMALL, 201)])
def test_one_free_organization_per_person(cast: Cast, owner: APIClient, plan: Any, status: int) -> None:
    cast.organization.apply_plan(plan)
    cast.organization.save()

    response = owner.post(ALL, {"name": "Rockets"}, format="json")

    assert response.status_code == status
    if status == 426:
        assert response.json()["title"] == "Please upgrade your plan to add an additional organization."
        assert "errors" not in response.json()


def test_a_deleted_free_organization_does_not_count(cast: Cast, owner: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=FREE.id, is_deleted=True)

    assert owner.post(ALL, {"name": "Rockets"}, format="json").status_code == 201


def test_who_may_not_create_organizations(cast: Cast) -> None:
    statuses = [
        cast.client(who).post(ALL, {"name": "Rockets"}, format="json").status_code
        for who in (None, cast.key, cast.user_key)
    ]

    assert statuses == [401, 403, 401]
    assert Organization.objects.count() == 2
