"""A post may hold a million events: it is worked off in bounded pieces, and never half of a piece."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
from typing import Any

import pytest

from accounts.models import OrganizationUsage
from events.ingest import batches, worker
from events.ingest.claims import Claim, claim_submissions
from events.ingest.writer import write_batch
from events.models import Event, Stack, Submission
from exceptionless_site.core import json
from tests.conftest import Cast
from tests.queue.rows import queued, work


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of events of each transaction."""
    sizes: list[int] = []

    def count(**arguments: Any) -> None:
        sizes.append(len(arguments["contexts"]))
        write_batch(**arguments)

    monkeypatch.setattr(worker, "write_batch", count)
    return sizes


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "EVENTS_PER_BATCH", 10)


def claimed() -> Claim:
    claim = claim_submissions("test")
    assert claim is not None
    return claim


@pytest.mark.usefixtures("small_batches")
def test_a_claim_is_written_in_batches_of_whole_submissions(cast: Cast, written: list[int]) -> None:
    for size in (4, 4, 4, 10, 1, 1):
        queued(cast.project, [{"message": str(number)} for number in range(size)])
    worker.process(claimed())
    assert written == [8, 4, 10, 2]
    assert Event.objects.count() == 24
    assert not Submission.objects.exists()


def test_a_batch_is_bounded_by_its_text_too(cast: Cast, written: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHARACTERS_PER_BATCH", 1_000)
    queued(cast.project, *({"message": "x" * 400} for _ in range(5)))
    worker.process(claimed())
    assert written == [2, 2, 1]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        (json.dumps([{"message": f"m{number}", "tags": ["a"]} for number in range(25)]), {}),
        ("\n".join(f"m{number}" for number in range(25)).encode(), {"media_type": "text/plain"}),
        (
            json.dumps([{"Message": f"m{number}", "Type": "X", "StackTrace": []} for number in range(25)]),
            {"api_version": 1},
        ),
        (gzip.compress(json.dumps([{"message": f"m{number}"} for number in range(25)])), {"content_encoding": "gzip"}),
        (json.dumps([f"m{number}" for number in range(25)]).decode().encode("utf-16-le"), {"charset": "utf-16"}),
    ],
    ids=["JSON", "lines", "first API", "compressed", "charset"],
)
def test_a_post_of_many_events_is_split_and_keeps_all_of_them(
    cast: Cast, written: list[int], payload: bytes, fields: dict[str, Any]
) -> None:
    (row,) = queued(cast.project, payload, ip_address="9.9.9.9", user_agent="client/1.0", **fields)
    worker.process(claimed())
    parts = list(Submission.objects.order_by("key"))
    assert len(parts) == 3
    assert {(part.received_utc, part.ip_address, part.user_agent) for part in parts} == {
        (row.received_utc, "9.9.9.9", "client/1.0")
    }
    work()
    assert written == [10, 10, 5]
    assert [event.content["message"] for event in Event.objects.order_by("created_utc", "-key")]
    assert {event.content["message"] for event in Event.objects.all()} == {f"m{number}" for number in range(25)}
    assert {event.date.replace(microsecond=0) for event in Event.objects.all()} == {
        row.received_utc.replace(microsecond=0)
    }
    assert sum(Stack.objects.values_list("total_occurrences", flat=True)) == 25
    assert OrganizationUsage.objects.get().total == 25
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_is_stopped_finishes_the_batch_in_hand(cast: Cast, written: list[int]) -> None:
    queued(cast.project, *([{}] * 10 for _ in range(5)))
    stop = threading.Event()
    stop.set()
    assert worker.Worker("stopping").run_once(stop) == 5
    assert written == [10]
    assert set(Submission.objects.values_list("claimed_by", "attempts")) == {("", 0)}
    assert Submission.objects.count() == 4


@pytest.mark.usefixtures("small_batches")
def test_a_split_of_a_claim_that_was_lost_leaves_no_parts(cast: Cast) -> None:
    queued(cast.project, [{} for _ in range(25)])
    late = claimed()
    Submission.objects.update(claimed_by="heir")
    worker.process(late)
    assert Submission.objects.get().claimed_by == "heir"


def test_the_events_of_a_huge_post_are_never_all_in_memory(cast: Cast) -> None:
    number = 30_000
    queued(cast.project, gzip.compress(b"[" + b",".join([b"{}"] * number) + b"]"), content_encoding="gzip")
    claim = claimed()
    tracemalloc.start()
    worker.process(claim)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Two megabytes for the parsed list; all events at once would take twenty.
    assert peak < 8_000_000
    assert Submission.objects.count() == number // batches.EVENTS_PER_BATCH


@pytest.mark.usefixtures("small_batches")
def test_what_comes_behind_a_huge_post_of_another_project_does_not_wait_for_all_of_it(cast: Cast) -> None:
    queued(cast.project, json.dumps([1] * 6_000))
    worker.process(claimed())
    assert Submission.objects.count() == 600
    (single,) = queued(cast.foreign_project, {"message": "single"})
    assert single.key in {row.key for row in claimed().submissions}
