"""Statuses of stacks."""

from __future__ import annotations

import pytest

from events.stacking.status import (
    StackStatus,
    allows_notifications,
    changeable_status,
    initial_status,
    stores_events,
)


@pytest.mark.parametrize(
    ("status", "is_stored", "may_notify"),
    [
        ("open", True, True),
        ("regressed", True, True),
        ("fixed", True, False),
        ("snoozed", True, False),
        ("ignored", True, False),
        ("discarded", False, False),
    ],
)
def test_each_status_says_what_happens_to_new_events(status: str, is_stored: bool, may_notify: bool) -> None:
    assert stores_events(status) is is_stored
    assert allows_notifications(status) is may_notify
    assert StackStatus(status) == status


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [("session", "ignored"), ("sessionend", "open"), ("heartbeat", "open"), ("error", "open"), ("log", "open")],
)
def test_only_stacks_of_sessions_start_ignored(event_type: str, expected: str) -> None:
    assert initial_status(event_type) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open", StackStatus.OPEN),
        ("Fixed", StackStatus.FIXED),
        ("IGNORED", StackStatus.IGNORED),
        ("discarded", StackStatus.DISCARDED),
        ("regressed", None),
        ("snoozed", None),
        ("1", None),
        ("", None),
        ("unknown", None),
    ],
)
def test_a_person_may_set_four_of_the_statuses(text: str, expected: StackStatus | None) -> None:
    assert changeable_status(text) is expected
