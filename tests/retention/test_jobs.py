"""The jobs that clean up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db.models import Model

from accounts.models import Organization
from events.jobs import request_clean_up, request_purge, request_removal_of_orphans
from events.models import Event, Stack, WorkItem
from events.services.work_items import run_work_items
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.ids import new_object_id
from exceptionless_site.jobs.registry import registered_jobs
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import event_of_age, stack_of_age


@pytest.mark.parametrize(
    ("name", "interval"),
    [
        ("run-work-items", timedelta(seconds=5)),
        ("purge-deleted", timedelta(minutes=1)),
        ("clean-up", timedelta(hours=4)),
        ("remove-orphans", timedelta(hours=8)),
    ],
)
def test_the_jobs_are_registered(name: str, interval: timedelta) -> None:
    assert {job.name: job.interval for job in registered_jobs()}[name] == interval


@pytest.mark.django_db
def test_each_job_does_nothing_on_an_empty_server_however_often_it_runs() -> None:
    for job in registered_jobs():
        if job.name in ("run-work-items", "purge-deleted", "clean-up", "remove-orphans"):
            job.run()
            job.run()
    assert sorted(WorkItem.objects.values_list("kind", flat=True)) == ["clean-up", "orphaned-data"]


def test_the_first_clean_up_comes_some_minutes_after_the_start(cast: Cast) -> None:
    stack = make_stack(cast.project)
    event_of_age(stack, 300)
    stack_of_age(cast.project, 400)
    request_clean_up()
    run_work_items()
    assert Event.objects.count() == 2
    with time_machine.travel(utc_now() + timedelta(minutes=6), tick=True):
        run_work_items()
    assert list(Stack.objects.all()) == [stack]
    assert not Event.objects.exists()
    assert WorkItem.objects.get().state == "done"


def test_orphans_go_later_still(cast: Cast) -> None:
    make_event(make_stack(cast.project))
    Event.objects.update(stack_id=new_object_id())
    request_removal_of_orphans()
    with time_machine.travel(utc_now() + timedelta(minutes=16), tick=True):
        run_work_items()
    assert not Event.objects.exists()


@pytest.mark.parametrize("model", [Organization, Project, Stack])
def test_what_was_deleted_is_purged_within_the_next_minute(cast: Cast, model: type[Model]) -> None:
    make_event(make_stack(cast.project))
    model._default_manager.update(is_deleted=True)
    request_purge()
    request_purge()
    assert run_work_items() == 1
    assert not model._default_manager.exists()
    assert not Event.objects.exists()
    request_purge()
    assert run_work_items() == 0
