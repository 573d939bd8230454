"""What a batch costs the database: a number of statements that does not depend on the number of its events.

That is why the worker keeps neither projects nor stacks in memory: each is read once per batch, in one statement, and
what was decided about a stack a moment ago counts for the next batch of every worker.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.ingest import worker
from events.models import Event, Stack
from projects.models import Project
from tests.conftest import Cast
from tests.queue.rows import queued, work

STACKS = 30


def log(number: int) -> dict[str, Any]:
    return {
        "type": "log",
        "source": f"source {number % STACKS}",
        "tags": ["Checkout"],
        "data": {"@level": "warn", "@version": "1.2.3", "@request": {"client_ip_address": "9.9.9.9"}},
    }


def error(number: int) -> dict[str, Any]:
    frames = [{"name": f"pay{number % STACKS}", "declaring_namespace": "Shop", "file_name": "Shop.cs"}]
    return {"type": "error", "data": {"@error": {"type": "IOError", "message": "x", "stack_trace": frames}}}


def referenced(number: int) -> dict[str, Any]:
    return log(number) | {"reference_id": f"order-{number:08}-{Event.objects.count()}"}


def of_session(number: int) -> dict[str, Any]:
    return log(number) | {"data": {"@ref:session": "session-0001", "@user": {"identity": "jane"}}}


def of_user(number: int) -> dict[str, Any]:
    return log(number) | {"data": {"@user": {"identity": "jane"}}}


def statements_of(project: Project, events: list[dict[str, Any]], posts: int) -> int:
    queued(project, *(events[position::posts] for position in range(posts)))
    with CaptureQueriesContext(connection) as queries:
        assert worker.Worker("counted").run_once() == posts
    return len(queries)


@pytest.mark.parametrize("make", [log, error, referenced, of_session, of_user], ids=lambda make: make.__name__)
def test_five_hundred_events_cost_as_many_statements_as_fifty(cast: Cast, make: Any) -> None:
    queued(cast.project, [make(number) for number in range(STACKS)])
    work()
    known = Stack.objects.count()
    few = statements_of(cast.project, [make(number) for number in range(50)], posts=10)
    many = statements_of(cast.project, [make(number) for number in range(500)], posts=10)
    assert many == few <= 32
    assert Stack.objects.count() == known
    assert Event.objects.filter(type=make(0)["type"]).count() == STACKS + 550


def test_a_batch_makes_its_new_stacks_together(cast: Cast) -> None:
    queued(cast.project, log(0))
    work()
    few = statements_of(cast.project, [log(0) | {"source": f"few {number}"} for number in range(5)], posts=1)
    many = statements_of(cast.project, [log(0) | {"source": f"many {number}"} for number in range(60)], posts=1)
    # SQLite takes so many parameters in one statement that 60 stacks need two.
    assert few <= many <= few + 1 <= 30


def test_each_project_of_a_batch_costs_the_statements_of_its_counters(cast: Cast) -> None:
    projects = [Project.objects.create(organization=cast.organization, name="Shop") for _ in range(12)]

    def statements(count: int) -> int:
        for project in projects[:count]:
            queued(project, [log(number) for number in range(10)])
        with CaptureQueriesContext(connection) as queries:
            assert worker.Worker("counted").run_once() == count
        return len(queries)

    statements(12)
    assert statements(12) - statements(2) == 10 * 2


def test_what_is_decided_about_a_stack_or_a_project_counts_for_the_next_batch_of_every_worker(cast: Cast) -> None:
    workers = [worker.Worker("a"), worker.Worker("b")]
    for each in workers:
        queued(cast.project, log(0))
        each.run_once()
    Stack.objects.update(status="discarded")
    for each in workers:
        queued(cast.project, log(0))
        each.run_once()
    assert Event.objects.count() == 2
    Stack.objects.update(status="open")
    Project.objects.filter(pk=cast.project.pk).update(configuration={"@@IncludePrivateInformation": "false"})
    for each in workers:
        queued(cast.project, of_user(0))
        each.run_once()
    newest = Event.objects.filter(type="log").order_by("-created_utc")[:2]
    assert ["@user" in event.content["data"] for event in newest] == [False, False]
