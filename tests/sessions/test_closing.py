"""The job that closes sessions in which nothing happens any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from events.models import Event, Heartbeat, Session, SessionIdentity
from events.sessions import closing
from events.sessions.closing import close_inactive_sessions
from events.sessions.heartbeats import record_heartbeat
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from exceptionless_site.jobs.registry import registered_jobs
from tests.conftest import Cast
from tests.sessions.stories import JANE, SESSION_ID, Story, end_of, starts, the_start

MINUTE = 60.0


@pytest.fixture
def now(story: Story) -> datetime:
    """One hour after the beginning of the story."""
    return story.at(60 * MINUTE)


def beat(cast: Cast, name: str, at: datetime, *, closes: bool = False) -> None:
    record_heartbeat(organization_id=cast.organization.pk, project_id=cast.project.pk, name=name, closes=closes, now=at)


def test_five_minutes_after_its_last_event_a_session_is_closed_with_that(story: Story, now: datetime) -> None:
    story.batch(story.named(0), story.named(55 * MINUTE))
    assert close_inactive_sessions(now) == 1
    assert (the_start().value, the_start().is_session_open) == (55 * MINUTE, False)
    assert end_of(the_start()) == format_utc(story.at(55 * MINUTE))


def test_until_then_it_stays_open(story: Story, now: datetime) -> None:
    story.batch(story.named(0), story.named(55.1 * MINUTE))
    assert close_inactive_sessions(now) == 0
    assert (the_start().is_session_open, end_of(the_start())) == (True, None)


def test_a_session_that_has_just_begun_is_not_looked_at(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(59.5 * MINUTE))
    beat(cast, SESSION_ID, now)
    assert close_inactive_sessions(now) == 0
    assert the_start().value == 0
    assert Heartbeat.objects.exists()


def test_an_event_opens_a_session_again_that_was_closed_for_silence(story: Story, now: datetime) -> None:
    story.batch(story.named(0))
    close_inactive_sessions(now)
    assert the_start().is_session_open is False
    story.batch(story.named(58 * MINUTE))
    assert (the_start().value, the_start().is_session_open, end_of(the_start())) == (58 * MINUTE, True, None)


def test_sessions_that_have_ended_are_left_alone(story: Story, now: datetime) -> None:
    story.batch(story.named(0), story.named(10, "sessionend"))
    assert close_inactive_sessions(now) == 0
    assert end_of(the_start()) == format_utc(story.at(10))


def test_starts_without_a_session_id_are_closed_too(story: Story, now: datetime) -> None:
    story.batch(story.event(0, "session", value=20))
    assert close_inactive_sessions(now) == 1
    assert end_of(the_start()) == format_utc(story.at(20))


# --- Heartbeats ---------------------------------------------------------------------------------


def test_a_heartbeat_keeps_a_session_open_and_moves_it_on(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0))
    beat(cast, SESSION_ID, story.at(58 * MINUTE))
    assert close_inactive_sessions(now) == 0
    assert (the_start().value, the_start().is_session_open) == (58 * MINUTE, True)
    assert not Heartbeat.objects.exists()


def test_the_user_s_heartbeat_counts_when_the_session_has_none(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.jane(0))
    beat(cast, "jane@example.com", story.at(58 * MINUTE))
    close_inactive_sessions(now)
    assert (the_start().value, the_start().is_session_open) == (58 * MINUTE, True)


def test_the_session_s_heartbeat_comes_before_the_user_s(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0, data=JANE))
    beat(cast, "jane@example.com", story.at(59 * MINUTE))
    beat(cast, SESSION_ID, story.at(57 * MINUTE))
    close_inactive_sessions(now)
    assert the_start().value == 57 * MINUTE
    assert Heartbeat.objects.count() == 1


def test_an_old_heartbeat_is_when_the_session_ended(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0))
    beat(cast, SESSION_ID, story.at(30 * MINUTE))
    assert close_inactive_sessions(now) == 1
    assert end_of(the_start()) == format_utc(story.at(30 * MINUTE))
    assert not Heartbeat.objects.exists()


def test_a_heartbeat_older_than_the_last_event_is_kept_for_nothing(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0), story.named(58 * MINUTE))
    beat(cast, SESSION_ID, story.at(57 * MINUTE))
    assert close_inactive_sessions(now) == 0
    assert the_start().value == 58 * MINUTE
    assert Heartbeat.objects.exists()


@pytest.mark.parametrize("then", [False, True], ids=["last", "followed by one that does not close"])
def test_a_closing_heartbeat_ends_the_session(cast: Cast, story: Story, now: datetime, then: bool) -> None:
    story.batch(story.named(0), story.named(56 * MINUTE))
    beat(cast, SESSION_ID, story.at(58 * MINUTE), closes=True)
    if then:
        beat(cast, SESSION_ID, story.at(58 * MINUTE))
    assert close_inactive_sessions(now) == 1
    assert end_of(the_start()) == format_utc(story.at(58 * MINUTE))


def test_a_heartbeat_is_for_one_project(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0))
    foreign = cast.foreign_project
    record_heartbeat(
        organization_id=foreign.organization_id, project_id=foreign.pk, name=SESSION_ID, closes=False, now=now
    )
    assert close_inactive_sessions(now) == 1
    assert end_of(the_start()) == format_utc(story.at(0))


def test_heartbeats_are_forgotten_after_two_hours(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0))
    beat(cast, SESSION_ID, now - timedelta(hours=2, seconds=1))
    close_inactive_sessions(now)
    assert end_of(the_start()) == format_utc(story.at(0))
    assert not Heartbeat.objects.exists()


def test_of_two_sessions_of_one_user_the_older_is_closed(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0, session_id="session-old1", data=JANE), story.named(MINUTE, data=JANE))
    beat(cast, "jane@example.com", story.at(59 * MINUTE))
    assert close_inactive_sessions(now) == 1
    old, new = starts()
    assert (old.reference_id, old.is_session_open) == ("session-old1", False)
    assert end_of(old) == format_utc(story.at(59 * MINUTE))
    assert (new.value, new.is_session_open) == (58 * MINUTE, True)


def test_also_when_they_stand_on_different_pages(
    cast: Cast, story: Story, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_PAGE", 1)
    story.batch(story.named(0, session_id="session-old1", data=JANE), story.named(MINUTE, data=JANE))
    beat(cast, "jane@example.com", story.at(59 * MINUTE))
    assert close_inactive_sessions(now) == 1
    assert [start.is_session_open for start in starts()] == [False, True]


# --- The run ------------------------------------------------------------------------------------


def test_all_open_sessions_are_looked_at_page_by_page(
    story: Story, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_PAGE", 3)
    story.batch(*(story.named(number, session_id=f"session-{number:04}") for number in range(10)))
    assert close_inactive_sessions(now) == 10
    assert not Event.objects.filter(is_session_open=True).exists()


def test_a_second_run_finds_nothing_to_do(cast: Cast, story: Story, now: datetime) -> None:
    story.batch(story.named(0), story.named(58 * MINUTE, session_id="session-0002"))
    beat(cast, SESSION_ID, story.at(59 * MINUTE))
    close_inactive_sessions(now)
    before = list(Event.objects.order_by("key").values())
    assert close_inactive_sessions(now) == 0
    assert list(Event.objects.order_by("key").values()) == before


def test_a_session_that_moves_while_it_is_looked_at_is_left_to_the_next_run(
    story: Story, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.batch(story.named(0))
    look = closing._look

    def look_and_be_overtaken(*args: object) -> object:
        changes = look(*args)  # type: ignore[arg-type]
        if changes:
            story.batch(story.named(58 * MINUTE))
        return changes

    monkeypatch.setattr(closing, "_look", look_and_be_overtaken)
    assert close_inactive_sessions(now) == 0
    assert (the_start().value, the_start().is_session_open) == (58 * MINUTE, True)


def test_a_heartbeat_that_comes_while_the_last_is_used_stays(
    cast: Cast, story: Story, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.batch(story.named(0))
    beat(cast, SESSION_ID, story.at(58 * MINUTE))
    look = closing._look

    def look_and_be_overtaken(*args: object) -> object:
        changes = look(*args)  # type: ignore[arg-type]
        beat(cast, SESSION_ID, now)
        return changes

    monkeypatch.setattr(closing, "_look", look_and_be_overtaken)
    close_inactive_sessions(now)
    assert the_start().value == 58 * MINUTE
    assert Heartbeat.objects.get().last_heartbeat_utc == now


def test_what_nobody_asks_for_any_more_is_deleted(cast: Cast, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "_ROWS_PER_DELETE", 1)
    story.batch(story.named(0), story.named(1, session_id="session-0002"), story.jane(2))
    now = utc_now()
    close_inactive_sessions(now)
    assert (Session.objects.count(), SessionIdentity.objects.count()) == (3, 1)
    close_inactive_sessions(now + timedelta(minutes=16))
    assert (Session.objects.count(), SessionIdentity.objects.count()) == (3, 0)
    close_inactive_sessions(now + timedelta(hours=24, minutes=1))
    assert Session.objects.count() == 0


def test_the_job_runs_every_minute() -> None:
    (job,) = [job for job in registered_jobs() if job.name == "close-inactive-sessions"]
    assert job.run is close_inactive_sessions
    assert job.interval == timedelta(minutes=1)


def test_nothing_open_costs_a_handful_of_reads(db: None, django_assert_num_queries: object) -> None:
    # One look for open sessions; per table of memory a transaction that finds nothing.
    with django_assert_num_queries(10):  # type: ignore[operator]
        close_inactive_sessions()
