"""When a fixed stack regresses, decided for the events of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from semver import Version

from events.stacking.status import StackStatus
from events.stacking.versions import ZERO, parse_version


class Occurrence(NamedTuple):
    """What regression looks at in an event: its aware date and its `@version`."""

    date: datetime
    version: str | None = None


@dataclass(frozen=True, slots=True)
class RegressionDecision:
    """Positions in the given sequence of occurrences."""

    regressed: int | None = None
    """The event that regresses the stack; None when the stack keeps its status."""
    discarded: frozenset[int] = frozenset()
    """Events of versions older than the fix, which are not to be stored."""


NO_REGRESSION = RegressionDecision()


def decide_regression(
    occurrences: Sequence[Occurrence],
    *,
    status: str,
    date_fixed: datetime | None,
    fixed_in_version: str | None,
    has_premium_features: bool,
) -> RegressionDecision:
    """Whether one of these events of a stack shows that it is not fixed.

    Without a (readable) version of the fix the first event after `date_fixed` does; with one the
    first event of a version not older does, whatever its date. Older versions met before that one
    are discarded, on a premium plan only.
    """
    if status != StackStatus.FIXED or date_fixed is None:
        return NO_REGRESSION
    by_date = sorted(range(len(occurrences)), key=lambda position: occurrences[position].date)
    fixed_version = parse_version(fixed_in_version)
    if fixed_version is None:
        late = (position for position in by_date if occurrences[position].date > date_fixed)
        return RegressionDecision(next(late, None))
    decision = _compare_versions(_group_by_version(occurrences, by_date), fixed_version)
    return decision if has_premium_features else RegressionDecision(decision.regressed)


def _group_by_version(occurrences: Sequence[Occurrence], by_date: Sequence[int]) -> dict[str | None, list[int]]:
    groups: dict[str | None, list[int]] = {}
    for position in by_date:
        groups.setdefault(occurrences[position].version, []).append(position)
    return groups


def _compare_versions(groups: dict[str | None, list[int]], fixed_version: Version) -> RegressionDecision:
    older: list[int] = []
    for version, positions in groups.items():
        if (parse_version(version) or ZERO) >= fixed_version:
            return RegressionDecision(positions[0], frozenset(older))
        older.extend(positions)
    return RegressionDecision(None, frozenset(older))
