"""The job that opens snoozed stacks again."""

from __future__ import annotations

from datetime import timedelta

from events.models import Stack
from events.services.stacks import reopen_snoozed_stacks
from exceptionless_site.core.clock import utc_now
from exceptionless_site.jobs.registry import registered_jobs
from tests.conftest import Cast
from tests.events.stack_rows import make_stack, minutes_ago


def test_snoozed_stacks_open_when_their_time_has_passed(cast: Cast) -> None:
    past = {"snooze_until_utc": minutes_ago(1), "status": "snoozed"}
    due = [
        make_stack(cast.project, **past, date_fixed=minutes_ago(9), fixed_in_version="1.0.0"),
        make_stack(cast.foreign_project, **past),
        make_stack(cast.project, snooze_until_utc=utc_now(), status="snoozed"),
    ]
    make_stack(cast.project, snooze_until_utc=minutes_ago(-1), status="snoozed")
    make_stack(cast.project, snooze_until_utc=minutes_ago(1), status="ignored")
    make_stack(cast.project, **past, is_deleted=True)
    make_stack(cast.project)
    due_ids = {stack.pk for stack in due}
    untouched = list(Stack.objects.exclude(pk__in=due_ids).order_by("pk").values())

    assert reopen_snoozed_stacks() == 3
    assert reopen_snoozed_stacks() == 0

    assert list(Stack.objects.exclude(pk__in=due_ids).order_by("pk").values()) == untouched
    for stack in Stack.objects.filter(pk__in=due_ids):
        assert (stack.status, stack.snooze_until_utc, stack.date_fixed, stack.fixed_in_version) == (
            "open",
            None,
            None,
            "",
        )
        assert stack.allow_notifications
        assert (utc_now() - stack.updated_utc).total_seconds() < 30


def test_it_runs_every_half_minute() -> None:
    job = next(job for job in registered_jobs() if job.name == "reopen-snoozed-stacks")
    assert (job.interval, job.run) == (timedelta(seconds=30), reopen_snoozed_stacks)


def test_without_any_there_is_nothing_to_do(db: None) -> None:
    assert reopen_snoozed_stacks() == 0
