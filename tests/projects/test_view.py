"""`GET projects/{id}`: what a project looks like on the wire."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from accounts.models import Organization
from projects.models import Project, ProjectUsage
from projects.selectors import usage_months
from tests.conftest import Cast

CONTRACT = Path(os.environ.get("CONTRACT_DIR", Path(__file__).parents[2].parent / "shared/contract"))
NOW = datetime(2026, 8, 15, 10, 20, 30, tzinfo=UTC)


def url_of(project: Project) -> str:
    return f"/api/v2/projects/{project.pk}"


def shown(cast: Cast, **query: str) -> dict[str, Any]:
    response = cast.client(cast.owner).get(url_of(cast.project), query)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def use(project: Project, hour: datetime, **counts: int) -> None:
    ProjectUsage.objects.create(organization=project.organization, project=project, hour=hour, **counts)


@time_machine.travel(NOW, tick=False)
def test_a_project_has_every_member_of_the_wire(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(
        created_utc=NOW, promoted_tabs=["Order"], is_configured=True, data={"team": "payments"}
    )
    body = shown(cast)
    usage_hours, usage = body.pop("usage_hours"), body.pop("usage")
    assert body == {
        "id": cast.project.pk,
        "created_utc": "2026-08-15T10:20:30Z",
        "organization_id": cast.organization.pk,
        "organization_name": "Acme",
        "name": "Disintegrating Pistol",
        "delete_bot_data_enabled": False,
        "data": {"team": "payments"},
        "promoted_tabs": ["Order"],
        "is_configured": True,
        "stack_count": 0,
        "event_count": 0,
        "has_premium_features": True,
        "has_slack_integration": False,
    }
    nothing = {"total": 0, "blocked": 0, "discarded": 0, "too_big": 0, "deleted": 0}
    assert usage_hours == [{"date": "2026-08-15T10:00:00Z"} | nothing]
    assert usage[-1] == {"date": "2026-08-01T00:00:00Z", "limit": -1} | nothing


def test_the_members_are_those_of_the_official_document(cast: Cast) -> None:
    if not CONTRACT.is_dir():
        pytest.skip("the contract folder is not here")
    fields = json.loads((CONTRACT / "fields.json").read_text())
    body = shown(cast)
    assert set(body) == set(fields["ViewProject"])
    assert set(body["usage"][0]) == set(fields["UsageInfo"])
    assert set(body["usage_hours"][0]) == set(fields["UsageHourInfo"])


def test_data_of_the_server_is_hidden_and_shows_slack_only(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(data={"-@slack": {"token": "secret"}, "team": "payments"})
    body = shown(cast)
    assert body["data"] == {"team": "payments"}
    assert body["has_slack_integration"] is True
    assert "secret" not in json.dumps(body)


def test_premium_features_are_those_of_the_organization(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(has_premium_features=False)
    assert shown(cast)["has_premium_features"] is False


@time_machine.travel(NOW, tick=False)
def test_usage_sums_hours_to_months_and_leaves_no_month_out(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(max_events_per_month=3000)
    use(cast.project, datetime(2025, 8, 31, 23, tzinfo=UTC), total=1000)
    use(cast.project, datetime(2025, 9, 1, 0, tzinfo=UTC), total=5, blocked=1)
    use(cast.project, datetime(2026, 8, 1, 0, tzinfo=UTC), total=7, too_big=2)
    use(cast.project, datetime(2026, 8, 15, 10, tzinfo=UTC), total=11, discarded=3, deleted=4)
    use(cast.foreign_project, datetime(2026, 8, 15, 10, tzinfo=UTC), total=500)
    usage = shown(cast)["usage"]
    assert [entry["date"][:7] for entry in usage] == [
        *(f"2025-{month:02d}" for month in range(9, 13)),
        *(f"2026-{month:02d}" for month in range(1, 9)),
    ]
    assert {entry["limit"] for entry in usage} == {3000}
    assert (usage[0]["total"], usage[0]["blocked"]) == (5, 1)
    assert sum(entry["total"] for entry in usage[1:-1]) == 0
    assert usage[-1] == {
        "date": "2026-08-01T00:00:00Z",
        "limit": 3000,
        "total": 18,
        "blocked": 0,
        "discarded": 3,
        "too_big": 2,
        "deleted": 4,
    }


@pytest.mark.parametrize(
    ("now", "number", "first"),
    [
        (datetime(2026, 8, 15, tzinfo=UTC), 12, datetime(2025, 9, 1, tzinfo=UTC)),
        (datetime(2026, 8, 1, 23, 59, tzinfo=UTC), 13, datetime(2025, 8, 1, tzinfo=UTC)),
        (datetime(2026, 8, 2, 23, 59, tzinfo=UTC), 13, datetime(2025, 8, 1, tzinfo=UTC)),
        (datetime(2026, 8, 3, tzinfo=UTC), 12, datetime(2025, 9, 1, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), 12, datetime(2025, 2, 1, tzinfo=UTC)),
    ],
)
def test_usage_covers_twelve_months_and_thirteen_as_a_month_begins(now: datetime, number: int, first: datetime) -> None:
    months = usage_months(now)
    assert (len(months), months[0], months[-1]) == (number, first, now.replace(day=1, hour=0, minute=0))


@time_machine.travel(NOW, tick=False)
def test_usage_hours_are_kept_a_week_and_a_month_when_events_were_blocked(cast: Cast) -> None:
    use(cast.project, datetime(2026, 8, 8, 9, tzinfo=UTC), total=1)
    use(cast.project, datetime(2026, 8, 8, 11, tzinfo=UTC), total=2)
    use(cast.project, datetime(2026, 7, 17, 11, tzinfo=UTC), total=3, blocked=1)
    use(cast.project, datetime(2026, 7, 15, 11, tzinfo=UTC), total=4, blocked=1)
    assert [(entry["date"], entry["total"]) for entry in shown(cast)["usage_hours"]] == [
        ("2026-07-17T11:00:00Z", 3),
        ("2026-08-08T11:00:00Z", 2),
        ("2026-08-15T10:00:00Z", 0),
    ]


@pytest.mark.parametrize("id_", ["000000000000000000000000", "{0.foreign_project.pk}"])
def test_a_missing_and_a_foreign_project_look_the_same(cast: Cast, id_: str) -> None:
    response = cast.client(cast.owner).get(f"/api/v2/projects/{id_.format(cast)}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Project not found."


@pytest.mark.parametrize("id_", ["nope", "has-a-dash-has-a-dash-has", "a" * 37])
def test_an_id_of_the_wrong_form_is_a_plain_404(cast: Cast, id_: str) -> None:
    assert cast.client(cast.owner).get(f"/api/v2/projects/{id_}").status_code == 404


def test_a_deleted_project_is_gone_for_admins_too(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert cast.client(cast.admin).get(url_of(cast.project)).status_code == 404
