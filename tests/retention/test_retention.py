"""How long events, stacks and usage are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings

from accounts.models import Organization, OrganizationUsage
from accounts.plans import ENTERPRISE, FREE, LARGE, MEDIUM, SMALL, UNLIMITED, Plan
from events.models import Event, Stack
from events.services.pace import Pace
from events.services.purge import purge_deleted
from events.services.retention import (
    cutoff,
    delete_stale_stacks,
    kept_days,
    remove_expired_events,
    remove_old_usage,
)
from projects.models import ProjectUsage
from tests.conftest import Cast
from tests.events.stack_rows import make_stack
from tests.retention.rows import (
    FewBatches,
    days_ago,
    deleted_usage,
    event_of_age,
    stack_of_age,
    stack_with_events,
)


@pytest.mark.parametrize(
    ("shown", "maximum", "kept"),
    [
        (3, 180, 30),
        (7, 180, 30),
        (30, 180, 90),
        (90, 180, 180),
        (180, 180, 180),
        (180, 365, 365),
        (365, 365, 365),
        (3, 20, 20),
        (30, 60, 60),
    ],
)
def test_events_are_kept_as_long_as_the_next_plan_shows_them(shown: int, maximum: int, kept: int) -> None:
    assert kept_days(shown, maximum) == kept


@pytest.mark.parametrize(
    ("plan", "maximum", "days"),
    [
        *[(FREE, 180, 30), (SMALL, 180, 90), (MEDIUM, 180, 180), (LARGE, 180, 180), (ENTERPRISE, 400, 400)],
        *[(UNLIMITED, 180, 180), (UNLIMITED, 10, 10), (UNLIMITED, 1_000, 1_000), (FREE, 2, 2)],
    ],
)
def test_the_cut_is_at_the_start_of_a_day(plan: Plan, maximum: int, days: int) -> None:
    organization = Organization()
    organization.apply_plan(plan)
    now = datetime(2026, 3, 10, 17, 30, tzinfo=UTC)
    with override_settings(MAXIMUM_RETENTION_DAYS=maximum):
        assert cutoff(organization, now) == datetime(2026, 3, 10, tzinfo=UTC) - timedelta(days=days)
        assert cutoff(organization, now) <= now - timedelta(days=organization.effective_retention_days - 1)


@pytest.fixture
def plans(cast: Cast) -> Cast:
    """`organization` is on the free plan, `foreign_organization` on the unlimited one."""
    cast.organization.apply_plan(FREE)
    cast.organization.save(update_fields=["plan_id", "retention_days"])
    return cast


def test_older_events_go_for_each_organization_by_its_own_plan(plans: Cast, pace: Pace) -> None:
    free, unlimited = make_stack(plans.project, total_occurrences=9), make_stack(plans.foreign_project)
    for days in (1, 29, 32, 200):
        event_of_age(free, days)
    for days in (1, 32, 179, 182):
        event_of_age(unlimited, days)
    assert remove_expired_events(pace)
    assert pace.done == 3
    ages = {
        stack.pk: [round((days_ago(0) - event.date).total_seconds() / 86_400) for event in stack_events(stack)]
        for stack in (free, unlimited)
    }
    assert ages == {free.pk: [1, 29], unlimited.pk: [1, 32, 179]}
    assert deleted_usage() == 0


def stack_events(stack: Stack) -> list[Event]:
    return list(Event.objects.filter(stack=stack).order_by("-key"))


def test_a_stack_keeps_its_history_when_its_events_expire(plans: Cast, pace: Pace) -> None:
    stack = stack_of_age(plans.project, 40, total_occurrences=1_000, first_occurrence=days_ago(500))
    before = Stack.objects.values().get(pk=stack.pk)
    assert remove_expired_events(pace)
    assert not Event.objects.exists()
    assert Stack.objects.values().get(pk=stack.pk) == before


def test_the_last_millisecond_of_the_day_before_goes_and_the_first_of_the_day_stays(plans: Cast, pace: Pace) -> None:
    stack = make_stack(plans.project)
    cut = datetime(2026, 2, 8, tzinfo=UTC)
    for moment in (cut - timedelta(milliseconds=1), cut):
        with time_machine.travel(moment, tick=False):
            event_of_age(stack, 0)
    with time_machine.travel(cut + timedelta(days=30, hours=23), tick=False):
        assert remove_expired_events(pace)
    assert [event.date for event in Event.objects.all()] == [cut]


@pytest.mark.parametrize(
    ("days", "fields", "stays"),
    [
        (92, {}, False),
        (88, {}, True),
        (400, {"status": "fixed"}, True),
        (400, {"status": "ignored"}, True),
        (400, {"status": "discarded"}, True),
        (400, {"status": "regressed"}, True),
        (400, {"status": "snoozed"}, True),
        (400, {"references": ["https://tracker.example/1"]}, True),
    ],
)
def test_open_stacks_without_links_go_sixty_days_later(
    plans: Cast, pace: Pace, days: int, fields: dict[str, object], stays: bool
) -> None:
    stack_of_age(plans.project, days, **fields)
    assert delete_stale_stacks(pace)
    assert purge_deleted(pace)
    assert Stack.objects.exists() == stays
    assert Event.objects.exists() == stays
    assert deleted_usage() == 0


def test_stacks_of_another_organization_have_their_own_days(plans: Cast, pace: Pace) -> None:
    stack_of_age(plans.foreign_project, 239)
    old = stack_of_age(plans.foreign_project, 242)
    assert delete_stale_stacks(pace)
    assert list(Stack.objects.filter(is_deleted=True)) == [old]


@pytest.mark.parametrize(("days", "left"), [(365, 1), (368, 0)])
def test_hours_of_usage_are_kept_for_a_year(cast: Cast, pace: Pace, days: int, left: int) -> None:
    hour = days_ago(days).replace(minute=0, second=0, microsecond=0)
    OrganizationUsage.objects.create(organization=cast.organization, hour=hour, total=1)
    ProjectUsage.objects.create(organization=cast.organization, project=cast.project, hour=hour, total=1)
    assert remove_old_usage(pace)
    assert OrganizationUsage.objects.count() == ProjectUsage.objects.count() == left


def test_what_ran_out_of_time_goes_on_later(plans: Cast) -> None:
    stack = stack_with_events(plans.project, 500)
    with time_machine.travel(days_ago(-100), tick=True):
        assert not remove_expired_events(Pace(seconds=0))
        assert not remove_expired_events(FewBatches(2))
        assert stack_events(stack)
        assert remove_expired_events(FewBatches(20))
    assert not stack_events(stack)
