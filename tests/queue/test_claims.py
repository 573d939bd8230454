"""Who gets what: order, bounds, shares, leases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from events.ingest import claims
from events.ingest.claims import CLAIMED_ROWS, LEASE, Claim, Claimer, LostClaim, claim_submissions, has_waiting
from events.ingest.parking import MAXIMUM_ATTEMPTS
from events.ingest.worker import process
from events.models import Event, Stack, Submission
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import Cast
from tests.queue.rows import queued


def take(claimer: Claimer) -> Claim:
    claim = claimer.claim()
    assert claim is not None
    return claim


def projects_of(claim: Claim) -> Counter[str]:
    return Counter(row.project_id for row in claim.submissions)


def more_projects(cast: Cast, number: int) -> list[Project]:
    return Project.objects.bulk_create(
        Project(organization=cast.organization, name=f"Project {position}") for position in range(number)
    )


def test_everything_that_waits_is_taken_in_the_order_of_arrival(cast: Cast) -> None:
    rows = queued(cast.project, *range(10)) + queued(cast.foreign_project, 10)
    claim = take(Claimer("a"))
    assert [row.key for row in claim.submissions] == [row.key for row in rows]
    assert {(row.claimed_by, row.attempts) for row in claim.submissions} == {("a", 1)}
    assert Claimer("b").claim() is None
    assert not has_waiting()


def test_an_empty_queue_gives_no_claim(cast: Cast) -> None:
    assert claim_submissions("a") is None


def test_a_claim_ends_where_its_payloads_exceed_the_bytes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "CLAIMED_BYTES", 1_000)
    queued(cast.project, *[b"x" * 400] * 5)
    claimer = Claimer("a")
    assert [len(take(claimer).submissions) for _ in range(2)] == [3, 2]


def test_a_payload_beyond_all_bounds_is_claimed_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "CLAIMED_BYTES", 1_000)
    queued(cast.project, b"x" * 5_000, b"y")
    assert [len(row.payload) for row in take(Claimer("a")).submissions] == [5_000]


def test_the_flood_of_one_project_does_not_hold_up_the_event_of_another(cast: Cast) -> None:
    queued(cast.project, *[b"{}"] * 5_000)
    (single,) = queued(cast.foreign_project, b"{}")
    claim = take(Claimer("a"))
    assert single.key in {row.key for row in claim.submissions}
    assert len(claim.submissions) == CLAIMED_ROWS


def test_large_payloads_of_a_flood_do_not_use_up_the_bytes_of_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "CLAIMED_BYTES", 10_000)
    queued(cast.project, *[b"x" * 4_000] * 600)
    queued(cast.foreign_project, *[b"{}"] * 3)
    assert projects_of(take(Claimer("a"))) == {cast.project.pk: 3, cast.foreign_project.pk: 2}


def test_projects_share_a_claim_evenly(cast: Cast) -> None:
    floods = more_projects(cast, 4)
    for project in floods:
        queued(project, *[b"{}"] * 300)
    assert projects_of(take(Claimer("a"))) == {project.pk: CLAIMED_ROWS // 4 for project in floods}


def test_with_very_many_projects_each_has_its_turn(cast: Cast) -> None:
    floods = more_projects(cast, 50)
    for project in floods:
        queued(project, *[b"{}"] * 60)
    (single,) = queued(cast.foreign_project, b"{}")
    claimer = Claimer("a")
    turns = [take(claimer) for _ in range(3)]
    assert single.key in {row.key for claim in turns for row in claim.submissions}
    served = sum((projects_of(claim) for claim in turns), Counter[str]())
    assert served.keys() == {project.pk for project in floods} | {cast.foreign_project.pk}
    assert {len(claim.submissions) for claim in turns} == {CLAIMED_ROWS}


def test_nothing_is_claimed_twice_and_nothing_forgotten_in_a_backlog(cast: Cast) -> None:
    rows = [row for project in more_projects(cast, 7) for row in queued(project, *[b"{}"] * 250)]
    claimers = [Claimer("a"), Claimer("b")]
    taken: list[int] = []
    while has_waiting():
        taken += [row.key for row in take(claimers[len(taken) % 2]).submissions]
    assert sorted(taken) == sorted(row.key for row in rows)


def test_what_is_postponed_or_parked_is_left_alone(cast: Cast) -> None:
    queued(cast.project, {}, available_utc=utc_now() + timedelta(seconds=5))
    queued(cast.project, {}, parked_utc=utc_now())
    assert not has_waiting()
    assert claim_submissions("a") is None


class TestLeases:
    def test_a_lease_that_ran_out_hands_over_and_the_late_write_is_refused(self, cast: Cast) -> None:
        queued(cast.project, {"message": "once"})
        late = take(Claimer("late"))
        with time_machine.travel(utc_now() + LEASE + timedelta(seconds=1)):
            process(take(Claimer("heir")))
            process(late)
            with pytest.raises(LostClaim):
                late.finish()
        assert Event.objects.count() == 1
        assert Stack.objects.get().total_occurrences == 1
        assert not Submission.objects.exists()

    def test_of_a_batch_that_was_partly_taken_over_the_rest_is_stored(self, cast: Cast) -> None:
        rows = queued(cast.project, {"message": "a"}, {"message": "b"}, {"message": "c"})
        claim = take(Claimer("late"))
        Submission.objects.filter(key=rows[1].key).update(claimed_by="heir")
        process(claim)
        assert sorted(event.content["message"] for event in Event.objects.all()) == ["a", "c"]
        assert Submission.objects.get().claimed_by == "heir"

    def test_a_late_worker_does_not_park_what_another_holds(self, cast: Cast) -> None:
        queued(cast.project, b"no gzip", content_encoding="gzip")
        late = take(Claimer("late"))
        with time_machine.travel(utc_now() + LEASE + timedelta(seconds=1)):
            take(Claimer("heir"))
            process(late)
        assert Submission.objects.get().parked_utc is None

    def test_a_claim_that_takes_long_is_kept(self, cast: Cast) -> None:
        queued(cast.project, {}, {})
        start = utc_now()
        with time_machine.travel(start, tick=False) as clock:
            claim = take(Claimer("slow"))
            for _ in range(10):
                clock.shift(LEASE / 3)
                claim.keep()
                assert Claimer("other").claim() is None
            claim.finish()

    def test_what_is_released_is_as_if_it_had_not_been_claimed(self, cast: Cast) -> None:
        queued(cast.project, {}, {})
        claim = take(Claimer("stopping"))
        Submission.objects.filter(key=claim.submissions[0].key).update(claimed_by="heir")
        claim.release()
        rows = Submission.objects.order_by("key").values_list("claimed_by", "attempts")
        assert list(rows) == [("heir", 1), ("", 0)]
        assert [row.key for row in take(Claimer("next")).submissions] == [claim.submissions[1].key]

    def test_what_a_dead_worker_held_is_tried_one_by_one(self, cast: Cast) -> None:
        queued(cast.project, {}, {}, {})
        take(Claimer("dead"))
        with time_machine.travel(utc_now() + LEASE + timedelta(seconds=1)):
            (arrived,) = queued(cast.project, {})
            claimer = Claimer("heir")
            claims = [take(claimer) for _ in range(4)]
        assert [len(claim.submissions) for claim in claims] == [1, 1, 1, 1]
        assert claims[-1].submissions[0].key == arrived.key

    def test_what_ends_every_worker_is_parked(self, cast: Cast) -> None:
        queued(cast.project, {"message": "deadly"})
        now = utc_now()
        for attempt in range(MAXIMUM_ATTEMPTS):
            with time_machine.travel(now + attempt * (LEASE + timedelta(seconds=1))):
                take(Claimer(f"dead-{attempt}"))
        with time_machine.travel(now + MAXIMUM_ATTEMPTS * (LEASE + timedelta(seconds=1))):
            queued(cast.project, {"message": "neighbour"})
            claimer = Claimer("alive")
            assert claimer.claim() is None
            process(take(claimer))
        assert "died" in Submission.objects.get().error
        assert Event.objects.get().content["message"] == "neighbour"
