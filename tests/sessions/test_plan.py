"""The decisions about sessions, free of events and rows."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.sessions.plan import (
    INACTIVE_AFTER,
    LONGEST_SECONDS,
    SESSION_MEMORY,
    Decision,
    HeartbeatState,
    Outline,
    StartState,
    StoredSession,
    after_activity,
    after_silence,
    decide,
    outline,
    sensible_seconds,
    split_at_ends,
)

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LETTERS = {"s": "session", "e": "sessionend", "h": "heartbeat", "l": "log", "x": "error"}
STORIES = st.text("sehlx", max_size=12)
SECONDS = st.floats(0, 1e6).map(lambda value: round(value, 3))


def types(story: str) -> list[str]:
    return [LETTERS[letter] for letter in story]


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


# --- The events of a batch ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "start", "end", "duplicates", "heartbeats", "is_lone_end"),
    [
        ("l", None, None, (), (), False),
        ("sl", 0, None, (), (), False),
        ("lls", 2, None, (), (), False),
        ("sls", 0, None, (2,), (), False),
        ("lele", None, 1, (3,), (), False),
        ("sle", 0, 2, (), (), False),
        ("lhh", None, None, (), (1, 2), False),
        ("h", None, None, (), (0,), False),
        ("e", None, 0, (), (), True),
        ("ee", None, 0, (1,), (), True),
        ("hhe", None, 2, (), (0, 1), True),
        ("se", 0, 1, (), (), False),
    ],
)
def test_what_counts_among_the_events_of_a_session(
    story: str,
    start: int | None,
    end: int | None,
    duplicates: tuple[int, ...],
    heartbeats: tuple[int, ...],
    is_lone_end: bool,
) -> None:
    expected = Outline(start, end, duplicates, heartbeats, is_lone_end)
    assert outline(types(story), is_automatic=False) == expected


@pytest.mark.parametrize(("story", "is_lone_end"), [("e", True), ("he", False), ("le", False)])
def test_a_user_s_end_is_alone_only_without_any_other_event(story: str, is_lone_end: bool) -> None:
    assert outline(types(story), is_automatic=True).is_lone_end is is_lone_end


@given(STORIES)
def test_at_most_one_start_and_one_end_of_a_session_are_left(story: str) -> None:
    plan = outline(types(story), is_automatic=False)
    dropped = {*plan.duplicates, *plan.heartbeats}
    left = [letter for position, letter in enumerate(story) if position not in dropped]
    assert left.count("s") == ("s" in story)
    assert left.count("e") == ("e" in story)
    assert left.count("h") == 0
    assert [letter for letter in left if letter in "lx"] == [letter for letter in story if letter in "lx"]
    assert plan.start is None or story[plan.start] == "s"
    assert plan.end is None or story[plan.end] == "e"
    assert plan.is_lone_end == (left == ["e"])


@pytest.mark.parametrize(
    ("story", "parts"),
    [("", []), ("ll", ["ll"]), ("le", ["le"]), ("lelle", ["le", "lle"]), ("el", ["e", "l"]), ("ee", ["e", "e"])],
)
def test_a_user_s_events_are_cut_after_each_end(story: str, parts: list[str]) -> None:
    assert [story[part] for part in split_at_ends(types(story))] == parts


@given(STORIES)
def test_cutting_loses_nothing_and_ends_stand_last(story: str) -> None:
    parts = [story[part] for part in split_at_ends(types(story))]
    assert "".join(parts) == story
    assert all(parts)
    assert all("e" not in part[:-1] for part in parts)


# --- Against what is stored ---------------------------------------------------------------------

OPEN = StoredSession(has_start=True, last_activity=NOW)
ENDED = StoredSession(has_start=True, last_activity=NOW, ended=at(0))
NEVER_STORED = StoredSession(has_start=False, last_activity=NOW)
FORGOTTEN = StoredSession(has_start=True, last_activity=NOW - SESSION_MEMORY - timedelta(seconds=1))
JUST_REMEMBERED = StoredSession(has_start=True, last_activity=NOW - SESSION_MEMORY)


@pytest.mark.parametrize(
    ("stored", "last", "is_lone_end", "expected"),
    [
        (None, at(0), False, Decision.BEGIN),
        (None, at(0), True, Decision.DROP),
        (NEVER_STORED, at(0), False, Decision.BEGIN),
        (NEVER_STORED, at(0), True, Decision.DROP),
        (FORGOTTEN, at(0), False, Decision.BEGIN),
        (JUST_REMEMBERED, at(0), False, Decision.JOIN),
        (OPEN, at(-5), False, Decision.JOIN),
        (OPEN, at(5), True, Decision.JOIN),
        (ENDED, at(-5), False, Decision.LATE),
        (ENDED, at(0), True, Decision.LATE),
        (ENDED, at(5), False, Decision.BEGIN),
        (ENDED, at(5), True, Decision.DROP),
    ],
)
def test_what_events_are_to_a_stored_session(
    stored: StoredSession | None, last: datetime, is_lone_end: bool, expected: Decision
) -> None:
    assert decide(stored, last=last, is_lone_end=is_lone_end, now=NOW) is expected


# --- The start event ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "last", "ends", "expected_seconds", "expected_end"),
    [
        (0, 0, False, 0, None),
        (0, 12, False, 12, None),
        (0, 12.5, True, 12.5, 12.5),
        (30, 12, False, 30, None),
        (30, 12, True, 30, 30),
        (5, -60, True, 5, 5),
        (0, LONGEST_SECONDS * 2, True, LONGEST_SECONDS, LONGEST_SECONDS),
    ],
)
def test_activity_moves_a_start_on(
    seconds: float, last: float, ends: bool, expected_seconds: float, expected_end: float | None
) -> None:
    state = after_activity(StartState(NOW, seconds), at(last), ends=ends)
    assert state == StartState(NOW, expected_seconds, None if expected_end is None else at(expected_end))


def test_activity_without_an_end_opens_a_session_again() -> None:
    assert after_activity(StartState(NOW, 30, at(30)), at(10), ends=False) == StartState(NOW, 30)


def test_whole_seconds_are_whole_numbers() -> None:
    assert repr(after_activity(StartState(NOW), at(12), ends=False).seconds) == "12"


@given(SECONDS, st.lists(st.tuples(SECONDS, st.booleans()), min_size=1, max_size=6))
def test_a_session_never_gets_shorter_and_ends_with_its_duration(
    seconds: float, activities: list[tuple[float, bool]]
) -> None:
    state = StartState(NOW, seconds)
    for last, ends in activities:
        moved = after_activity(state, at(last), ends=ends)
        assert moved.seconds >= state.seconds
        assert moved.ended == (moved.last_activity if ends else None)
        assert after_activity(moved, at(last), ends=ends) == moved
        state = moved
    assert state.seconds == pytest.approx(max(seconds, *(last for last, _ in activities)))


@given(
    st.lists(SECONDS, min_size=1, max_size=5).flatmap(
        lambda values: st.tuples(st.just(values), st.permutations(values))
    )
)
def test_the_order_of_activities_does_not_matter(orders: tuple[list[float], list[float]]) -> None:
    results = []
    for order in orders:
        state = StartState(NOW)
        for last in order:
            state = after_activity(state, at(last), ends=False)
        results.append(state)
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, 0), (-5, 0), (0, 0), (2.5, 2.5), (math.nan, 0), (1e300, LONGEST_SECONDS), ("12", 0), ([], 0)],
)
def test_a_client_s_value_is_a_duration_or_none(value: Any, expected: float) -> None:
    assert sensible_seconds(value) == expected


# --- Silence ------------------------------------------------------------------------------------


def beat(minutes_ago: float, *, closes: bool = False) -> HeartbeatState:
    return HeartbeatState(NOW - timedelta(minutes=minutes_ago), closes)


def lasting(began: float, until: float) -> StartState:
    """A session by the minutes ago at which it began and was active last."""
    return StartState(NOW - timedelta(minutes=began), (began - until) * 60)


@pytest.mark.parametrize(
    ("start", "heartbeat", "is_duplicate", "expected"),
    [
        pytest.param(lasting(30, 4), None, False, None, id="active within five minutes"),
        pytest.param(lasting(30, 5), None, False, (5, True), id="five minutes of silence"),
        pytest.param(lasting(30, 20), None, False, (20, True), id="it ended when something happened last"),
        pytest.param(lasting(30, 20), beat(1), False, (1, False), id="a heartbeat keeps it open and moves it on"),
        pytest.param(lasting(30, 20), beat(6), False, (6, True), id="the heartbeat is the last sign of life"),
        pytest.param(lasting(30, 2), beat(3), False, None, id="events are newer than the heartbeat"),
        pytest.param(lasting(30, 7), beat(8), False, (7, True), id="and both are old"),
        pytest.param(lasting(30, 2), beat(1, closes=True), False, (1, True), id="the client closes it"),
        pytest.param(lasting(30, 2), beat(3, closes=True), False, (2, True), id="it closed it before the last event"),
        pytest.param(lasting(30, 20), beat(1), True, (1, True), id="a newer session has the same heartbeat"),
    ],
)
def test_the_regular_look_at_an_open_session(
    start: StartState, heartbeat: HeartbeatState | None, is_duplicate: bool, expected: tuple[float, bool] | None
) -> None:
    state = after_silence(start, heartbeat, is_duplicate=is_duplicate, now=NOW)
    if expected is None:
        assert state is None
        return
    minutes_ago, is_over = expected
    last = NOW - timedelta(minutes=minutes_ago)
    assert state is not None
    assert (state.last_activity, state.ended) == (last, last if is_over else None)


@given(
    SECONDS,
    SECONDS,
    st.none() | st.builds(lambda ago, closes: HeartbeatState(at(-ago), closes), SECONDS, st.booleans()),
)
def test_no_session_stays_open_through_more_than_five_minutes_of_silence(
    began: float, seconds: float, heartbeat: HeartbeatState | None
) -> None:
    start = StartState(at(-began), seconds)
    state = after_silence(start, heartbeat, is_duplicate=False, now=NOW)
    last = max(start.last_activity, heartbeat.moment) if heartbeat else start.last_activity
    if state is None or state.ended is None:
        assert last > NOW - INACTIVE_AFTER
    assert state is None or state.seconds >= seconds
