"""How many events an organization may send: by month, and in five minutes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Organization, OrganizationUsage
from accounts.services.usage import (
    UNLIMITED,
    bucket_limit,
    count_usage,
    events_left,
    events_left_of,
    is_throttled,
    throttled_organizations,
)
from events.ingest import worker
from events.ingest.writer import write_batch
from events.models import Event, Submission
from exceptionless_site.core.clock import utc_now
from projects.models import ProjectUsage
from tests.conftest import Cast
from tests.queue.rows import queued, work

MIDDLE = datetime(2026, 4, 16, tzinfo=UTC)
"""Fifteen of thirty days are left: 4,320 buckets."""


@pytest.mark.parametrize(
    ("limit", "at", "expected"),
    [
        (43_200, MIDDLE, 100),
        (43_201, MIDDLE, 101),
        (43_200, datetime(2026, 4, 1, tzinfo=UTC), 50),
        (4_999, MIDDLE, 4_999),
        (5_000, MIDDLE, 12),
        (43_200, datetime(2026, 4, 29, 23, 59, tzinfo=UTC), 1_495),
        (43_200, datetime(2026, 4, 30, 0, 1, tzinfo=UTC), 43_200),
        (43_200, datetime(2026, 12, 31, 12, tzinfo=UTC), 43_200),
    ],
    ids=["half", "rounded up", "start", "small", "smallest", "two days", "last day", "end of the year"],
)
def test_the_allowance_of_five_minutes(limit: int, at: datetime, expected: int) -> None:
    assert bucket_limit(limit, at) == expected


def limited(organization: Organization, limit: int, **fields: Any) -> Organization:
    Organization.objects.filter(pk=organization.pk).update(max_events_per_month=limit, **fields)
    organization.refresh_from_db()
    return organization


def sent(organization: Organization, number: int) -> None:
    count_usage(organization_id=organization.pk, counts={"total": number})


def test_without_a_limit_nothing_is_counted_down(cast: Cast, django_assert_num_queries: Any) -> None:
    sent(cast.organization, 10**6)
    with django_assert_num_queries(0):
        assert events_left(cast.organization) == UNLIMITED
        assert not is_throttled(cast.organization)
    with django_assert_num_queries(1):
        assert events_left_of([cast.organization.pk, cast.foreign_organization.pk]) == {}


def test_the_month_ends_at_its_limit_and_starts_anew(cast: Cast) -> None:
    with time_machine.travel(MIDDLE, tick=False) as clock:
        organization = limited(cast.organization, 100)
        sent(organization, 60)
        assert events_left(organization) == 40
        clock.shift(timedelta(days=1))
        sent(organization, 45)
        assert events_left(organization) == 0
        clock.move_to(datetime(2026, 5, 1, tzinfo=UTC))
        assert events_left(organization) == 100


def test_a_bonus_counts_until_it_expires(cast: Cast) -> None:
    organization = limited(cast.organization, 100, bonus_events_per_month=50)
    assert events_left(organization) == 150
    organization.bonus_expiration = utc_now() - timedelta(minutes=1)
    assert events_left(organization) == 100


def test_five_minutes_end_at_their_allowance_and_start_anew(cast: Cast) -> None:
    with time_machine.travel(MIDDLE, tick=False) as clock:
        organization = limited(cast.organization, 43_200)
        sent(organization, 99)
        assert (events_left(organization), is_throttled(organization)) == (1, False)
        sent(organization, 1)
        assert (events_left(organization), is_throttled(organization)) == (0, True)
        assert throttled_organizations([organization, cast.foreign_organization]) == {organization.pk}
        clock.shift(timedelta(minutes=5))
        assert (events_left(organization), is_throttled(organization)) == (101, False)


def test_the_organizations_of_a_claim_are_looked_up_together(cast: Cast, django_assert_num_queries: Any) -> None:
    limited(cast.organization, 100)
    limited(cast.foreign_organization, 200)
    sent(cast.foreign_organization, 50)
    with django_assert_num_queries(3):
        left = events_left_of([cast.organization.pk, cast.foreign_organization.pk])
    assert left == {cast.organization.pk: 100, cast.foreign_organization.pk: 150}


class TestTheWayOfAnEvent:
    @pytest.fixture(autouse=True)
    def frozen(self) -> Any:
        with time_machine.travel(MIDDLE + timedelta(minutes=4, seconds=59)):
            yield

    def test_a_post_beyond_the_five_minutes_is_a_402_and_counted_as_blocked(self, cast: Cast) -> None:
        limited(cast.organization, 43_200)
        sent(cast.organization, 100)
        response = cast.client(cast.key).post("/api/v2/events", {"message": "x"}, format="json")
        assert response.status_code == 402
        assert not Submission.objects.exists()
        assert OrganizationUsage.objects.get().blocked == ProjectUsage.objects.get().blocked == 1

    def test_what_a_claim_has_beyond_the_allowance_is_blocked(self, cast: Cast) -> None:
        limited(cast.organization, 43_200)
        sent(cast.organization, 96)
        queued(
            cast.project, [{"message": "a"}, {"message": "b"}], [{"message": "c"}, {"message": "d"}, {"message": "e"}]
        )
        queued(cast.foreign_project, {"message": "other"})
        work()
        assert {event.content["message"] for event in Event.objects.all()} == {"a", "b", "c", "d", "other"}
        usage = OrganizationUsage.objects.get(organization=cast.organization)
        assert (usage.total, usage.blocked) == (100, 1)
        assert is_throttled(cast.organization)

    def test_blocked_and_discarded_events_use_nothing_up(self, cast: Cast) -> None:
        organization = limited(cast.organization, 43_200)
        queued(cast.project, *({"message": "x", "date": "2026-04-01T00:00:00Z"} for _ in range(5)))
        work()
        assert events_left(organization) == 100

    def test_usage_is_counted_once_when_a_batch_is_repeated(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        organization = limited(cast.organization, 43_200)
        calls = []

        def fail_at_first(**arguments: Any) -> None:
            calls.append(arguments)
            with transaction.atomic():
                write_batch(**arguments)
                if len(calls) == 1:
                    raise IntegrityError

        monkeypatch.setattr(worker, "write_batch", fail_at_first)
        queued(cast.project, [{"message": "a"}, {"message": "b"}])
        work()
        assert len(calls) == 2
        assert OrganizationUsage.objects.get().total == ProjectUsage.objects.get().total == 2
        assert events_left(organization) == 98
