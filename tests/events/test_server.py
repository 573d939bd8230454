"""What the server tells its admins, and what they can have done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import MailMessage, Membership, Organization, User
from accounts.services.mails import NOT_WANTED
from events.ingest.parking import park
from events.models import Event, Notification, Stack, Submission, WorkItem
from events.models.work_item import WorkItemKind
from events.services.maintenance import ACTIONS
from events.services.work_items import request_work, run_work_items
from exceptionless_site.core.clock import utc_now
from projects.models import WebHookDelivery
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack

ADMIN = "/api/v2/admin"


@pytest.fixture
def admin(cast: Cast) -> APIClient:
    return cast.client(cast.admin)


def test_settings_hold_no_secret(admin: APIClient) -> None:
    response = admin.get(f"{ADMIN}/settings")
    assert response.json()["base_url"] == settings.BASE_URL
    assert settings.SECRET_KEY not in response.content.decode()
    assert "password" not in response.content.decode().lower()
    assert str(settings.DATA_DIR) not in response.content.decode()


def test_everything_is_counted(cast: Cast, admin: APIClient, post: Callable[..., None]) -> None:
    post({"type": "log", "message": "one"})
    totals = {name: item["total"] for name, item in admin.get(f"{ADMIN}/stats").json().items()}
    assert totals == {"organizations": 2, "users": 4, "projects": 2, "stacks": 1, "events": 1}
    storage = admin.get(f"{ADMIN}/elasticsearch").json()
    assert storage["indices"]["docs_count"] == 10
    assert storage["indices"]["store_size_in_bytes"] > 0
    assert admin.get(f"{ADMIN}/elasticsearch/snapshots").json() == {"repositories": [], "snapshots": []}


def test_an_echo_shows_no_credentials(cast: Cast, admin: APIClient) -> None:
    response = admin.get(f"{ADMIN}/echo", headers={"x-probe": "here", "cookie": "sessionid=abc"})
    assert response.json()["headers"]["X-Probe"] == "here"
    assert response.json()["ip_address"] == "127.0.0.1"
    assert cast.login_token(cast.admin).secret not in response.content.decode()
    assert "sessionid=abc" not in response.content.decode()


def test_versions_of_the_database_and_of_packages(admin: APIClient) -> None:
    migrations = admin.get(f"{ADMIN}/migrations").json()
    assert migrations["current_version"] == len(migrations["states"])
    assert "accounts.0001_initial" in {state["id"] for state in migrations["states"]}
    assert "django" in {package["name"].lower() for package in admin.get(f"{ADMIN}/assemblies").json()}


def parked(cast: Cast) -> Submission:
    cast.client(cast.key).post("/api/v2/events", {"message": "hello"}, format="json")
    submission = Submission.objects.get()
    park(submission, "Broken")
    return submission


def test_parked_submissions_are_tried_again(cast: Cast, admin: APIClient, work: Callable[[], None]) -> None:
    parked(cast)
    queues = admin.get("/api/v2/queue-stats").json()
    assert queues["event_posts"] == {"active": 0, "deadletter": 1, "working": 0}
    assert admin.head(f"{ADMIN}/requeue").status_code == 405
    assert admin.get(f"{ADMIN}/requeue?path=q/*&archive=true").json() == {"enqueued": 1}
    assert admin.get("/api/v2/queue-stats").json()["event_posts"]["active"] == 1
    work()
    assert Event.objects.count() == 1
    assert admin.get(f"{ADMIN}/requeue").json() == {"enqueued": 0}


def test_every_queue_says_what_waits_and_what_failed(cast: Cast, admin: APIClient) -> None:
    now, tenant = utc_now(), {"organization": cast.organization, "project": cast.project}
    stack = make_stack(cast.project)
    for error in ("", "", "Broken"):
        Notification.objects.create(**tenant, stack=stack, event_key=1, error=error)
    for values in ({}, {"error": "Refused", "attempts": 1}, {"finished_utc": now}, {"finished_utc": now, "error": "x"}):
        WebHookDelivery.objects.create(**tenant, event_type="NewError", payload=b"{}", **values)
    for values in (
        {},
        {"sent_utc": now},
        {"given_up_utc": now, "error": "x"},
        {"given_up_utc": now, "error": NOT_WANTED},
    ):
        MailMessage.objects.create(kind="invite", recipient="ada@example.test", **values)

    queues = admin.get("/api/v2/queue-stats").json()

    assert queues == {
        "event_posts": {"active": 0, "deadletter": 0, "working": 0},
        "mail_messages": {"active": 1, "deadletter": 1, "working": 0},
        "notifications": {"active": 2, "deadletter": 1, "working": 0},
        "user_descriptions": {"active": 0, "deadletter": 0, "working": 0},
        "web_hooks": {"active": 2, "deadletter": 1, "working": 0},
    }


def test_counters_of_stacks_are_put_right_in_the_background(cast: Cast, admin: APIClient) -> None:
    stack = make_stack(cast.project, total_occurrences=0)
    right = make_stack(cast.project, total_occurrences=7)
    for minutes in (3, 9):
        make_event(stack, minutes)
    make_event(right)

    assert admin.get(f"{ADMIN}/maintenance/fix-stack-stats").status_code == 200
    stack.refresh_from_db()
    assert stack.total_occurrences == 0

    run_work_items()
    stack.refresh_from_db()
    right.refresh_from_db()
    assert (stack.total_occurrences, right.total_occurrences) == (2, 7)
    assert stack.first_occurrence < utc_now() - timedelta(minutes=8)
    assert WorkItem.objects.get().state == "done"


def test_the_correction_of_counters_goes_on_where_it_was_interrupted(cast: Cast) -> None:
    stacks = sorted((make_stack(cast.project, total_occurrences=0) for _ in range(3)), key=lambda stack: stack.pk)
    for stack in stacks:
        make_event(stack)
    item = request_work(kind=WorkItemKind.STACK_STATISTICS)
    WorkItem.objects.filter(pk=item.pk).update(progress=2)

    run_work_items()

    counts = [Stack.objects.get(pk=stack.pk).total_occurrences for stack in stacks]
    assert counts == [0, 0, 1]
    assert WorkItem.objects.get().progress == 3


@pytest.mark.parametrize("name", ACTIONS)
def test_maintenance_of_every_name_runs(cast: Cast, admin: APIClient, name: str) -> None:
    assert admin.get(f"{ADMIN}/maintenance/{name}").status_code == 200


def test_maintenance_does_what_it_says(cast: Cast, admin: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id="EX_SMALL", max_users=99)
    verified = {"is_email_address_verified": True, "verify_email_address_token": "t"}
    User.objects.filter(pk=cast.owner.pk).update(**verified)
    User.objects.filter(pk=cast.mate.pk).update(**verified | {"is_email_address_verified": False})
    for name in (
        "update-organization-plans",
        "reset-verify-email-address-token-and-expiration",
        "increment-project-configuration-version",
        "remove-old-project-usage",
    ):
        admin.get(f"{ADMIN}/maintenance/{name}")
    for row in (cast.organization, cast.owner, cast.mate, cast.project):
        row.refresh_from_db()
    assert cast.organization.max_users == 10
    assert (cast.owner.verify_email_address_token, cast.mate.verify_email_address_token) == ("", "t")
    assert cast.project.configuration_version == 2
    assert WorkItem.objects.get().kind == "clean-up"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("unknown", 404),
        ("indexes?utcStart=2026-02-01T00:00:00Z&utcEnd=2026-01-01T00:00:00Z", 422),
        ("indexes?utcStart=yesterday", 400),
    ],
)
def test_maintenance_that_makes_no_sense_is_refused(admin: APIClient, path: str, status: int) -> None:
    assert admin.get(f"{ADMIN}/maintenance/{path}").status_code == status


def test_samples_go_into_a_project_of_the_admin(cast: Cast, admin: APIClient) -> None:
    url = f"{ADMIN}/generate-sample-events?eventCount=20&daysBack=2"
    assert admin.post(url).json()["success"] is False
    assert not Event.objects.exists()
    Membership.objects.create(organization=cast.organization, user=cast.admin)
    Organization.objects.update(created_utc=utc_now().replace(year=2020))
    assert admin.post(url).json()["success"] is True
    assert set(Event.objects.values_list("project_id", flat=True)) == {cast.project.pk}


@pytest.mark.parametrize(
    ("query", "status", "names"),
    [
        ("eventCount=0", 422, ["event_count"]),
        ("eventCount=10001&daysBack=366", 422, ["event_count", "days_back"]),
        ("daysBack=week", 400, ["daysBack"]),
    ],
)
def test_samples_have_bounds(admin: APIClient, query: str, status: int, names: list[str]) -> None:
    response = admin.post(f"{ADMIN}/generate-sample-events?{query}")
    assert response.status_code == status
    assert list(response.json()["errors"]) == names


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", f"{ADMIN}/settings"),
        ("get", f"{ADMIN}/echo"),
        ("get", f"{ADMIN}/requeue"),
        ("get", f"{ADMIN}/maintenance/update-organization-plans"),
        ("post", f"{ADMIN}/generate-sample-events"),
        ("get", "/api/v2/queue-stats"),
    ],
)
def test_members_and_keys_are_no_admins(cast: Cast, method: str, path: str) -> None:
    people: tuple[Any, ...] = (cast.owner, cast.key, cast.user_key)
    for who in people:
        assert getattr(cast.client(who), method)(path).status_code == 403
    assert getattr(cast.client(None), method)(path).status_code == 401
