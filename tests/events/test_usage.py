"""What moves which usage counter, of the organization and of the project, by the ways that clients and people take."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Organization, OrganizationUsage
from accounts.services.usage import COUNTERS
from events.ingest.event import HEARTBEAT
from events.models import Event, Stack
from events.services.pace import Pace
from events.services.purge import purge_deleted
from events.services.retention import remove_expired_events
from events.services.work_items import run_work_items
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from projects.models import Project, ProjectUsage
from tests.conftest import Cast
from tests.contract.responses import ContractSiteClient
from tokens.models import Token

Post = Callable[..., None]
JSON = "application/json"
NOTHING = dict.fromkeys(COUNTERS, 0)


@pytest.fixture
def counted(cast: Cast) -> Callable[..., None]:
    """Assert what was counted in all, for the organization and for its project alike."""

    def check(**expected: int) -> None:
        for model, owner in ((OrganizationUsage, "organization"), (ProjectUsage, "project")):
            rows = model._default_manager.filter(**{owner: getattr(cast, owner)}).values(*COUNTERS)
            assert list(rows) == ([NOTHING | expected] if expected else [])

    return check


def test_stored_events_are_counted_and_the_sessions_that_the_server_makes_are_not(
    post: Post, counted: Callable[..., None]
) -> None:
    post('[{"message": "a"}, {"message": "b", "data": {"@ref:session": "session-1042"}}]')
    assert Event.objects.count() == 3
    counted(total=2)


def test_what_was_sent_before_is_counted_nowhere(post: Post, counted: Callable[..., None]) -> None:
    post({"reference_id": "order-1042"}, {"reference_id": "order-1042"})
    counted(total=1)


def test_an_event_that_came_too_late_does_not_stand_in_for_the_one_with_its_reference_id(
    post: Post, counted: Callable[..., None]
) -> None:
    old = format_utc(utc_now() - timedelta(days=4))
    post(f'[{{"reference_id": "order-1042", "date": "{old}"}}, {{"reference_id": "order-1042"}}]')
    assert Event.objects.get().reference_id == "order-1042"
    counted(total=1, discarded=1)


class TestDiscarded:
    def test_old_events(self, post: Post, counted: Callable[..., None]) -> None:
        post({"date": format_utc(utc_now() - timedelta(days=3, minutes=1))}, {"date": format_utc(utc_now())})
        counted(total=1, discarded=1)

    def test_events_beyond_the_retention(self, cast: Cast, post: Post, counted: Callable[..., None]) -> None:
        Organization.objects.filter(pk=cast.organization.pk).update(retention_days=1)
        post({"date": format_utc(utc_now() - timedelta(days=1, minutes=1))})
        counted(discarded=1)

    def test_events_of_a_discarded_stack(self, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "x"})
        Stack.objects.update(status="discarded")
        post({"message": "x"}, {"message": "x"})
        counted(total=1, discarded=2)

    def test_events_of_versions_before_the_one_that_is_fixed(self, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "x"})
        Stack.objects.update(status="fixed", date_fixed=utc_now(), fixed_in_version="2.0.0")
        post({"message": "x", "data": {"@version": "1.9.0"}})
        counted(total=1, discarded=1)

    def test_heartbeats(self, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "x", "data": {"@ref:session": "session-1042"}})
        post({"type": HEARTBEAT, "data": {"@ref:session": "session-1042"}})
        counted(total=1, discarded=1)

    def test_events_of_bots(self, post: Post, settings: Any, counted: Callable[..., None]) -> None:
        settings.BOT_THROTTLE_LIMIT = 2
        Project.objects.update(delete_bot_data_enabled=True)
        event = '{"data": {"@request": {"client_ip_address": "81.2.69.142"}}}'
        post(f"[{event}, {event}, {event}]")
        counted(discarded=3)


class TestBlocked:
    def test_a_refused_post_is_one_whatever_it_holds(self, cast: Cast, counted: Callable[..., None]) -> None:
        Organization.objects.filter(pk=cast.organization.pk).update(max_events_per_month=1)
        OrganizationUsage.objects.create(
            organization=cast.organization, hour=utc_now() - timedelta(seconds=1), blocked=0, total=1
        )
        client = cast.client(cast.key)
        assert client.post("/api/v2/events", [{}, {}, {}], format="json").status_code == 402
        assert client.get("/api/v2/events/submit?message=x").status_code == 402
        row = ProjectUsage.objects.get()
        assert (row.blocked, row.total) == (2, 0)

    def test_in_the_worker_each_event_counts(self, cast: Cast, post: Post, counted: Callable[..., None]) -> None:
        Organization.objects.filter(pk=cast.organization.pk).update(max_events_per_month=2)
        post('[{"message": "a"}, {"message": "b"}, {"message": "c"}, {"message": "d"}, {"message": "e"}]')
        assert {event.content["message"] for event in Event.objects.all()} == {"a", "b"}
        counted(total=2, blocked=3)


class TestTooBig:
    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (b"x" * 200_001, {}),
            (gzip.compress(b"x" * 2_000_001), {"content-encoding": "gzip"}),
        ],
        ids=["as sent", "unpacked"],
    )
    def test_each_post_counts_once(
        self, cast: Cast, body: bytes, headers: dict[str, str], counted: Callable[..., None]
    ) -> None:
        client = cast.client(cast.key)
        for _ in range(2):
            response = client.post("/api/v2/events", body, content_type=JSON, headers=headers)
            assert response.status_code == 413
        counted(too_big=2)

    def test_the_counters_are_those_of_the_keys_own_project(self, cast: Cast) -> None:
        other = Project.objects.create(organization=cast.organization, name="Other")
        key = Token.objects.create(
            organization=cast.organization, default_project=cast.project, scopes=["client"], project=None
        )
        response = cast.client(key).post(f"/api/v2/projects/{other.pk}/events", b"x" * 200_001, content_type=JSON)
        assert response.status_code == 413
        assert ProjectUsage.objects.get().project_id == cast.project.pk


class TestDeleted:
    def test_by_a_person(self, cast: Cast, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "a"}, {"message": "b"})
        id_ = Event.objects.values_list("event_id", flat=True)[0]
        assert cast.client(cast.owner).delete(f"/api/v2/events/{id_}").status_code == 202
        counted(total=2, deleted=1)

    def test_with_their_stack(self, cast: Cast, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "a"}, {"message": "b"})
        id_ = Stack.objects.get().pk
        assert cast.client(cast.owner).delete(f"/api/v2/stacks/{id_}").status_code == 202
        purge_deleted(Pace())
        counted(total=2, deleted=2)

    def test_with_all_data_of_the_project(self, cast: Cast, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "a"}, {"type": "usage", "source": "b"})
        assert cast.client(cast.owner).post(f"/api/v2/projects/{cast.project.pk}/reset-data").status_code == 202
        run_work_items()
        assert not Event.objects.exists()
        counted(total=2, deleted=2)

    def test_but_not_by_age(self, cast: Cast, post: Post, counted: Callable[..., None]) -> None:
        post({"message": "a"})
        with time_machine.travel(utc_now() + timedelta(days=400)):
            remove_expired_events(Pace())
        assert not Event.objects.exists()
        counted(total=1)


@pytest.mark.parametrize("sent", ["stored", "discarded", "too big", "deleted"])
def test_whatever_clients_send_is_the_last_that_was_heard_of_them(cast: Cast, post: Post, sent: str) -> None:
    post({"message": "x"})
    for model in (Organization, Project):
        model.objects.update(last_event_date_utc=None)
    if sent == "stored":
        post({"message": "x"})
    elif sent == "discarded":
        post({"date": format_utc(utc_now() - timedelta(days=9))})
    elif sent == "too big":
        cast.client(cast.key).post("/api/v2/events", b"x" * 200_001, content_type=JSON)
    else:
        cast.client(cast.owner).delete(f"/api/v2/events/{Event.objects.get().event_id}")
    for model, row in ((Organization, cast.organization), (Project, cast.project)):
        assert (model.objects.get(pk=row.pk).last_event_date_utc is not None) is (sent != "deleted")


def test_only_a_stored_event_marks_the_project_as_configured(cast: Cast, post: Post) -> None:
    post({"date": format_utc(utc_now() - timedelta(days=9))})
    assert not Project.objects.get(pk=cast.project.pk).is_configured
    post({"message": "x"})
    assert Project.objects.get(pk=cast.project.pk).is_configured


def test_without_credentials_nothing_is_counted(cast: Cast, counted: Callable[..., None]) -> None:
    assert ContractSiteClient().post("/api/v2/events", b"x" * 200_001, content_type=JSON).status_code == 401
    counted()
