"""What each decision about a stack writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.stacking.status import (
    StackStatus,
    StatusChange,
    can_snooze_until,
    changed_to,
    fixed_in,
    reopened,
    snoozed_until,
)

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def forgotten(status: str, until: datetime | None = None) -> StatusChange:
    return {"status": status, "date_fixed": None, "fixed_in_version": "", "snooze_until_utc": until}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            fixed_in("1.2.3", NOW),
            {"status": "fixed", "date_fixed": NOW, "fixed_in_version": "1.2.3", "snooze_until_utc": None},
        ),
        (
            fixed_in(None, NOW),
            {"status": "fixed", "date_fixed": NOW, "fixed_in_version": "", "snooze_until_utc": None},
        ),
        (snoozed_until(LATER), forgotten("snoozed", LATER)),
        (changed_to(StackStatus.OPEN, NOW), forgotten("open")),
        (changed_to(StackStatus.IGNORED, NOW), forgotten("ignored")),
        (changed_to(StackStatus.DISCARDED, NOW), forgotten("discarded")),
        (changed_to(StackStatus.FIXED, NOW), {"status": "fixed", "date_fixed": NOW, "snooze_until_utc": None}),
        (reopened(), forgotten("open")),
    ],
    ids=["fixed in", "fixed", "snoozed", "open", "ignored", "discarded", "fixed keeps its version", "reopened"],
)
def test_a_decision_writes(change: StatusChange, expected: StatusChange) -> None:
    assert change == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, False),
        (NOW, False),
        (NOW + timedelta(minutes=4, seconds=59), False),
        (NOW + timedelta(minutes=5), True),
        (NOW + timedelta(days=400), True),
    ],
)
def test_a_snooze_lasts_five_minutes_at_least(until: datetime | None, expected: bool) -> None:
    assert can_snooze_until(until, NOW) is expected
