"""Two workers at the same instant: one stack, exact counters, no event twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction

from accounts.models import OrganizationUsage
from events.ingest import worker
from events.ingest.claims import Claim, Claimer
from events.ingest.writer import write_batch
from events.models import Event, ReferenceLock, Stack, Submission
from events.models.submission import SubmissionKind
from exceptionless_site.core.clock import utc_now
from projects.models import Project, ProjectUsage
from tests.conftest import Cast
from tests.queue.rows import at_once, queued

pytestmark = pytest.mark.usefixtures("real_database")


def claim_of(name: str, project: Project, *payloads: Any) -> Claim:
    queued(project, *payloads)
    claim = Claimer(name).claim()
    assert claim is not None
    assert len(claim.submissions) == len(payloads)
    return claim


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Process the claims each in a thread; all have read what they need before any of them writes."""

    def run(*claims: Claim) -> None:
        barrier = threading.Barrier(len(claims))
        arrived, deadlocks = threading.local(), []

        def write_together(**arguments: Any) -> None:
            if not hasattr(arrived, "once"):
                arrived.once = True
                barrier.wait(10)
            try:
                write_batch(**arguments)
            except OperationalError as error:
                deadlocks.append(error)
                raise

        monkeypatch.setattr(worker, "write_batch", write_together)
        assert at_once([partial(worker.process, claim) for claim in claims]) == [None] * len(claims)
        monkeypatch.setattr(worker, "write_batch", write_batch)
        assert not deadlocks

    return run


def log(source: str, **fields: Any) -> dict[str, Any]:
    return {"type": "log", "source": source, **fields}


def test_new_stacks_of_both_are_made_once_and_count_exactly(cast: Cast, race: Callable[..., None]) -> None:
    sources = [f"source {number}" for number in range(300)]
    forwards = claim_of("a", cast.project, [log(source) for source in sources])
    backwards = claim_of("b", cast.project, [log(source) for source in reversed(sources)], [log(sources[0])])
    race(forwards, backwards)
    assert Stack.objects.count() == 300
    assert sorted(Stack.objects.values_list("total_occurrences", flat=True)) == [2] * 299 + [3]
    stored = Counter(Event.objects.values_list("stack_id", flat=True))
    assert stored == dict(Stack.objects.values_list("id", "total_occurrences"))
    firsts = Counter(Event.objects.filter(is_first_occurrence=True).values_list("stack_id", flat=True))
    assert firsts == dict.fromkeys(stored, 1)
    assert OrganizationUsage.objects.get().total == ProjectUsage.objects.get().total == 601
    assert not Submission.objects.exists()


def test_tags_of_both_arrive_at_the_stack(cast: Cast, race: Callable[..., None]) -> None:
    worker.process(claim_of("before", cast.project, log("shared", tags=["Old"])))
    race(
        claim_of("a", cast.project, log("shared", tags=["One", "old"])),
        claim_of("b", cast.project, log("shared", tags=["Two"])),
    )
    stack = Stack.objects.get()
    assert sorted(stack.tags) == ["Old", "One", "Two"]
    assert stack.total_occurrences == 3


@pytest.mark.parametrize("is_known", [False, True], ids=["new stack", "known stack"])
def test_an_event_that_was_sent_twice_is_stored_once(cast: Cast, race: Callable[..., None], is_known: bool) -> None:
    if is_known:
        worker.process(claim_of("before", cast.project, log("shared")))
    sent = [log("shared", reference_id="order-1042"), log("shared", message="neighbour")]
    race(claim_of("a", cast.project, sent), claim_of("b", cast.project, sent))
    assert Event.objects.filter(reference_id="order-1042").count() == 1
    assert Event.objects.count() == Stack.objects.get().total_occurrences == 3 + is_known
    assert OrganizationUsage.objects.get().total == 3 + is_known


ERROR_WITHOUT_ANYTHING = {"type": "error", "data": {"@error": {"message": "x"}}}


def test_an_error_that_says_nothing_is_stored_once_when_it_is_sent_twice(cast: Cast, race: Callable[..., None]) -> None:
    sent = [ERROR_WITHOUT_ANYTHING | {"reference_id": f"order-{number}"} for number in range(1_000, 1_050)]
    race(claim_of("a", cast.project, sent), claim_of("b", cast.project, list(reversed(sent))))
    assert Event.objects.count() == Stack.objects.count() == 50
    assert set(Stack.objects.values_list("total_occurrences", flat=True)) == {1}
    assert OrganizationUsage.objects.get().total == 50


@pytest.mark.parametrize("is_known", [False, True], ids=["new stacks", "known stacks"])
def test_different_events_with_the_same_reference_ids_are_stored_once(
    cast: Cast, race: Callable[..., None], is_known: bool
) -> None:
    if is_known:
        worker.process(claim_of("before", cast.project, [log("mine"), log("yours")]))
    references = [f"order-{number}" for number in range(1_000, 1_050)]
    race(
        claim_of("a", cast.project, [log("mine", reference_id=reference) for reference in references]),
        claim_of("b", cast.project, [log("yours", reference_id=reference) for reference in reversed(references)]),
    )
    stored = Event.objects.exclude(reference_id=None).order_by("reference_id")
    assert list(stored.values_list("reference_id", flat=True)) == references
    assert sum(Stack.objects.values_list("total_occurrences", flat=True)) == Event.objects.count()
    assert OrganizationUsage.objects.get().total == Event.objects.count() == 50 + 2 * is_known
    assert not ReferenceLock.objects.exists()


def test_the_same_reference_id_in_two_projects_is_two_events(cast: Cast, race: Callable[..., None]) -> None:
    sent = log("shared", reference_id="order-1042")
    race(claim_of("a", cast.project, sent), claim_of("b", cast.foreign_project, sent))
    assert Event.objects.filter(reference_id="order-1042").count() == 2


def test_without_reference_ids_errors_that_say_nothing_are_as_many_as_were_sent(
    cast: Cast, race: Callable[..., None]
) -> None:
    race(claim_of("a", cast.project, ERROR_WITHOUT_ANYTHING), claim_of("b", cast.project, ERROR_WITHOUT_ANYTHING))
    assert Event.objects.count() == Stack.objects.count() == 2


def test_a_fixed_stack_regresses_once(cast: Cast, race: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    worker.process(claim_of("before", cast.project, log("shared")))
    stack = Stack.objects.get()
    Stack.objects.update(status="fixed", date_fixed=stack.first_occurrence)
    regressions: list[int] = []
    write = write_batch

    def note(**arguments: Any) -> None:
        write(**arguments)
        regressions.append(sum(context.is_regression for context in arguments["contexts"]))

    monkeypatch.setattr("tests.queue.test_two_workers.write_batch", note)
    race(claim_of("a", cast.project, log("shared")), claim_of("b", cast.project, log("shared")))
    stack.refresh_from_db()
    assert (stack.status, stack.total_occurrences) == ("regressed", 3)
    assert sorted(regressions) == [0, 1]


def test_a_description_that_is_looked_at_while_its_event_is_stored_is_applied(cast: Cast) -> None:
    for number in range(10):
        event = {"type": "log", "reference_id": f"order-{number:04}"}
        body = {"reference_id": f"order-{number:04}", "description": "I clicked."}
        queued(cast.project, body, kind=SubmissionKind.USER_DESCRIPTION, reference_id=f"order-{number:04}")
        describing = Claimer("a").claim()
        storing = claim_of("b", cast.project, event)
        assert describing is not None
        assert at_once([partial(worker.process, claim) for claim in (storing, describing)]) == [None, None]
        worker.Worker().run_once()
        assert not Submission.objects.exists()
    described = [event.content["data"]["@user_description"] for event in Event.objects.all()]
    assert described == [{"description": "I clicked."}] * 10


def test_projects_of_one_organization_counted_together_and_alone_do_not_block_each_other(
    cast: Cast, race: Callable[..., None]
) -> None:
    other = Project.objects.create(organization=cast.organization, name="Other")
    first, last = sorted([cast.project, other], key=lambda project: project.pk)
    for number in range(5):
        claims = []
        for name, projects in (("a", [first, last]), ("b", [last]), ("c", [cast.foreign_project, last, first])):
            rows = [row for project in projects for row in queued(project, [log(f"{name} {number}") for _ in range(9)])]
            claim = Claimer(name).claim()
            assert claim is not None
            assert len(claim.submissions) == len(rows)
            claims.append(claim)
        race(*claims)
    totals = dict(ProjectUsage.objects.values_list("project_id", "total"))
    assert totals == {first.pk: 90, last.pk: 135, cast.foreign_project.pk: 45}
    assert sorted(OrganizationUsage.objects.values_list("total", flat=True)) == [45, 225]


def test_a_stack_that_is_deleted_meanwhile_gives_way_to_a_new_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.process(claim_of("before", cast.project, log("shared")))
    calls: list[object] = []

    def delete_first(**arguments: Any) -> None:
        if not calls:
            Stack.objects.update(is_deleted=True)
        calls.append(arguments)
        write_batch(**arguments)

    monkeypatch.setattr(worker, "write_batch", delete_first)
    worker.process(claim_of("a", cast.project, log("shared", tags=["Kept"])))
    living = Stack.objects.get(is_deleted=False)
    assert (living.total_occurrences, living.tags) == (1, ["Kept"])
    assert [event.is_first_occurrence for event in Event.objects.filter(stack=living)] == [True]
    assert len(calls) == 2


def test_a_batch_that_is_written_again_takes_nothing_over_from_the_first_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try made the stack, was rolled back, and another worker made it meanwhile."""
    claim = claim_of("late", cast.project, log("shared", tags=["Mine"]))
    other = claim_of("quick", cast.project, log("shared"))
    calls: list[object] = []

    def fail_once(**arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 1:
            with transaction.atomic():
                write_batch(**arguments)
                transaction.set_rollback(True)
            monkeypatch.setattr(worker, "write_batch", write_batch)
            worker.process(other)
            raise IntegrityError
        write_batch(**arguments)

    monkeypatch.setattr(worker, "write_batch", fail_once)
    worker.process(claim)
    stack = Stack.objects.get()
    assert (stack.total_occurrences, stack.tags) == (2, ["Mine"])
    assert Event.objects.filter(is_first_occurrence=True).count() == 1
    assert OrganizationUsage.objects.get().total == 2


def test_keys_that_another_process_has_drawn_are_drawn_again(cast: Cast) -> None:
    """All events of a second share a date when clients leave fractions out, and two processes count through it."""
    date = utc_now().replace(microsecond=0)
    worker.process(claim_of("before", cast.project, log("shared", date=date.isoformat())))
    (stored,) = Event.objects.all()
    drawn = range(stored.key - 3_000, stored.key)
    fields = {"organization_id": stored.organization_id, "project_id": stored.project_id, "stack_id": stored.stack_id}
    others = [Event(key=key, type="log", created_utc=date, document=stored.document, **fields) for key in drawn]
    Event.objects.bulk_create(others)
    sent = [log("shared", date=date.isoformat(), tags=["New"]) for _ in range(50)]
    worker.process(claim_of("a", cast.project, sent))
    assert Event.objects.count() == 1 + 3_000 + 50
    assert Stack.objects.get().total_occurrences == 51
