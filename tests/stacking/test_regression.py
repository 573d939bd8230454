"""When fixed stacks regress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from events.stacking.regression import NO_REGRESSION, Occurrence, RegressionDecision, decide_regression
from events.stacking.status import StackStatus

FIXED_AT = datetime(2026, 1, 15, 12, tzinfo=UTC)


def at(minutes: float, version: str | None = None) -> Occurrence:
    """An occurrence so many minutes after the fix."""
    return Occurrence(FIXED_AT + timedelta(minutes=minutes), version)


def decide(
    *occurrences: Occurrence,
    status: str = "fixed",
    date_fixed: datetime | None = FIXED_AT,
    fixed_in: str | None = None,
    premium: bool = True,
) -> RegressionDecision:
    return decide_regression(
        occurrences,
        status=status,
        date_fixed=date_fixed,
        fixed_in_version=fixed_in,
        has_premium_features=premium,
    )


def decision(regressed: int | None, *discarded: int) -> RegressionDecision:
    return RegressionDecision(regressed, frozenset(discarded))


@pytest.mark.parametrize(
    ("fixed_in", "version", "premium", "expected"),
    [
        (None, None, True, decision(0)),
        (None, "1.0.0", True, decision(0)),
        ("1.0.0", None, True, decision(None, 0)),
        ("1.0.0", "1.0.0", True, decision(0)),
        ("2.0.0", "1.0.0", True, decision(None, 0)),
        ("1.0.0", "1.0.1", True, decision(0)),
        ("1.0.0", "not a version", True, decision(None, 0)),
        ("1.0.0-4", "1.0.0.3", True, decision(None, 0)),
        ("1.0.0-4", "1.0.0.4", True, decision(0)),
        ("1.0.0", None, False, decision(None)),
        ("2.0.0", "1.0.0", False, decision(None)),
        ("1.0.0", "1.0.1", False, decision(0)),
        (None, None, False, decision(0)),
        ("", None, True, decision(0)),
        ("unreadable", "0.1", True, decision(0)),
    ],
)
def test_the_matrix_of_versions(
    fixed_in: str | None, version: str | None, premium: bool, expected: RegressionDecision
) -> None:
    assert decide(at(1, version), fixed_in=fixed_in, premium=premium) == expected


@pytest.mark.parametrize("status", [status for status in StackStatus if status != StackStatus.FIXED])
@pytest.mark.parametrize("fixed_in", [None, "1.0.0"])
def test_only_a_fixed_stack_regresses(status: str, fixed_in: str | None) -> None:
    assert decide(at(1, "1.0.0"), at(2), status=status, fixed_in=fixed_in) == NO_REGRESSION


@pytest.mark.parametrize("fixed_in", [None, "1.0.0"])
def test_a_stack_without_the_date_of_its_fix_does_not_regress(fixed_in: str | None) -> None:
    assert decide(at(1, "1.0.0"), at(2), date_fixed=None, fixed_in=fixed_in) == NO_REGRESSION


def test_an_event_not_after_the_fix_changes_nothing() -> None:
    assert decide(at(0), at(-5)) == NO_REGRESSION


def test_the_first_event_by_date_after_the_fix_regresses() -> None:
    assert decide(at(9), at(-1), at(3), at(4)) == decision(2)


def test_dates_are_compared_as_instants_whatever_their_offset() -> None:
    plus_nine = timezone(timedelta(hours=9))
    before = Occurrence((FIXED_AT - timedelta(minutes=1)).astimezone(plus_nine))
    after = Occurrence((FIXED_AT + timedelta(minutes=1)).astimezone(plus_nine))
    assert decide(before, after) == decision(1)


def test_with_a_version_the_date_of_the_event_does_not_matter() -> None:
    assert decide(at(-60, "1.0.0"), fixed_in="1.0.0") == decision(0)


def test_only_the_older_group_is_discarded_when_a_later_group_regresses() -> None:
    occurrences = (at(1, "0.9"), at(2, "1.1"), at(3, "0.9"), at(4, "1.1"))
    assert decide(*occurrences, fixed_in="1.0.0") == decision(1, 0, 2)


def test_groups_after_the_regressing_one_are_kept() -> None:
    assert decide(at(1, "1.1"), at(2, "0.9"), fixed_in="1.0.0") == decision(0)


def test_on_a_free_plan_older_events_are_kept_and_a_later_group_still_regresses() -> None:
    assert decide(at(1, "0.9"), at(2, "1.1"), fixed_in="1.0.0", premium=False) == decision(1)


def test_the_regressing_event_is_the_first_of_its_group_by_date() -> None:
    assert decide(at(5, "1.1"), at(2, "1.1"), at(3, "1.1"), fixed_in="1.0.0") == decision(1)


def test_no_events_make_no_decision() -> None:
    assert decide() == NO_REGRESSION
    assert decide(fixed_in="1.0.0") == NO_REGRESSION
