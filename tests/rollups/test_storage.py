"""Rollups always say what the events say that are there, however these came and went."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Event, Rollup, Stack
from events.services import rebuild
from events.services.event_deletion import delete_events, remove_batch
from events.services.pace import Pace
from events.services.purge import purge_deleted
from tests.conftest import Cast
from tests.events.stack_rows import make_stack
from tests.rollups.rows import store_random_events, stored_sums, sums_in_python

pytestmark = pytest.mark.django_db


@pytest.fixture
def stacks(cast: Cast) -> list[Stack]:
    projects = (cast.project, cast.project, cast.foreign_project)
    return [make_stack(project) for project in projects]


@given(seed=st.integers(0, 2**32), deleted=st.floats(0, 1))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_they_follow_events_that_are_stored_and_deleted(stacks: list[Stack], seed: int, deleted: float) -> None:
    r = random.Random(seed)
    for number in range(3):
        events = store_random_events(r, stacks, 40)
        going = r.sample(events, int(deleted * 40))
        if number == 1:
            remove_batch(Event.objects.filter(key__in=[event.key for event in going]), 1000)
        else:
            delete_events(events=going)
        assert stored_sums() == sums_in_python(Event.objects.all())
    delete_events(events=Event.objects.all())
    assert not Rollup.objects.exists()


def test_a_posted_event_is_in_the_rollup_of_its_hour(cast: Cast, post: Callable[..., None]) -> None:
    post({"type": "log", "message": "one", "count": 3}, {"type": "log", "message": "two"})
    post({"type": "log", "message": "three"})
    assert stored_sums() == sums_in_python(Event.objects.all())
    assert sum(rollup.events for rollup in Rollup.objects.all()) == 3
    assert sum(rollup.occurrences for rollup in Rollup.objects.all()) == 5


def test_a_rebuild_finds_and_corrects_what_differs_from_the_events(stacks: list[Stack]) -> None:
    store_random_events(random.Random(3), stacks, 60)
    wrong, missing, *_ = Rollup.objects.order_by("pk")
    Rollup.objects.filter(pk=wrong.pk).update(events=99, first_key=1)
    Rollup.objects.filter(pk=missing.pk).delete()
    owner = {"organization_id": wrong.organization_id, "project_id": wrong.project_id, "stack_id": "f" * 24}
    sums = {"events": 1, "occurrences": 1, "first_occurrences": 0, "first_key": 1, "last_key": 1}
    Rollup.objects.create(hour=7, type="log", **owner, **sums)
    assert rebuild.check().rollups == 3
    assert stored_sums() != sums_in_python(Event.objects.all())
    assert rebuild.rebuild().rollups == 3
    assert stored_sums() == sums_in_python(Event.objects.all())
    assert rebuild.check().rollups == 0


def test_a_sum_that_is_not_there_does_not_keep_events_from_being_deleted(stacks: list[Stack]) -> None:
    events = store_random_events(random.Random(1), stacks, 10)
    Rollup.objects.all().delete()
    assert delete_events(events=events) == 10
    assert not Rollup.objects.exists()


@pytest.mark.parametrize("what", ["stack", "project", "organization"])
def test_a_purge_leaves_none_of_what_is_gone(cast: Cast, stacks: list[Stack], what: str) -> None:
    store_random_events(random.Random(2), stacks, 50)
    # One more that no event stands behind.
    one = Rollup.objects.filter(stack_id=stacks[0].pk).first()
    assert one is not None
    values: dict[str, Any] = {name: getattr(one, name) for name in ("occurrences", "events", "first_occurrences")}
    keys = {"first_key": one.first_key, "last_key": one.last_key, "hour": 5, "type": "log"}
    owner = {"organization_id": one.organization_id, "project_id": one.project_id, "stack_id": one.stack_id}
    Rollup.objects.create(**values, **keys, **owner)
    gone = {"stack": stacks[0], "project": cast.project, "organization": cast.organization}[what]
    type(gone)._base_manager.filter(pk=gone.pk).update(is_deleted=True)
    assert purge_deleted(Pace())
    assert stored_sums() == sums_in_python(Event.objects.all())
    assert Rollup.objects.filter(project_id=cast.foreign_project.pk).exists()
