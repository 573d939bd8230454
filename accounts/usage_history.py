"""What organizations (and the projects above them) sent: hours as counted, months as sums of hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, Sum, Value, When

from accounts.services.usage import COUNTERS, start_of_hour, start_of_month

_HOURS_KEPT = timedelta(days=7)
_BLOCKED_HOURS_KEPT = timedelta(days=30)

Counts = dict[str, Any]
"""`date` (start of the hour or month) and the counters of COUNTERS; months also have `limit`."""


@dataclass(frozen=True, slots=True)
class UsageHistory:
    """Both oldest first."""

    hours: list[Counts]
    months: list[Counts]

    @property
    def month_total(self) -> int:
        """Events of the current month."""
        return int(self.months[-1]["total"])


def last_months(now: datetime, number: int = 12) -> list[datetime]:
    """Starts of the last months, oldest first, the current one included."""
    months = [start_of_month(now)]
    while len(months) < number:
        months.insert(0, start_of_month(months[0] - timedelta(days=1)))
    return months


def usage_histories(
    rows: QuerySet[Any], owner: str, limits: Mapping[str, int], months: Sequence[datetime], now: datetime
) -> dict[str, UsageHistory]:
    """The history of each id in `limits` (id to monthly limit), in two statements.

    `rows` are the usage rows of those owners, `owner` names the column that holds the id, `months` are the
    starts of the months to show: all are there, without events too.
    """
    sums = _month_sums(rows, owner, limits, months, now)
    hours = _hours(rows, owner, limits, now)
    return {
        id_: UsageHistory(hours[id_], [{"date": month, "limit": limit} | sums[id_][month] for month in months])
        for id_, limit in limits.items()
    }


def _month_sums(
    rows: QuerySet[Any], owner: str, ids: Iterable[str], months: Sequence[datetime], now: datetime
) -> dict[str, dict[datetime, Counts]]:
    found = {id_: {month: dict.fromkeys(COUNTERS, 0) for month in months} for id_ in ids}
    # Plain comparisons: SQLite would call back into Python to truncate the date of every row.
    place = Case(*(When(hour__gte=month, then=Value(index)) for index, month in reversed([*enumerate(months)])))
    sums = {f"sum_{name}": Sum(name) for name in COUNTERS}
    shown = rows.filter(hour__gte=months[0], hour__lte=now).order_by()
    for row in shown.annotate(place=place).values(owner, "place").annotate(**sums):
        found[row[owner]][months[row["place"]]] = {name: row[f"sum_{name}"] for name in COUNTERS}
    return found


def _hours(rows: QuerySet[Any], owner: str, ids: Iterable[str], now: datetime) -> dict[str, list[Counts]]:
    """Hours with something counted; the current one is always there."""
    found: dict[str, list[Counts]] = {id_: [] for id_ in ids}
    kept = Q(hour__gte=now - _HOURS_KEPT) | Q(hour__gte=now - _BLOCKED_HOURS_KEPT, blocked__gt=0)
    for row in rows.filter(kept, hour__lte=now).order_by("hour").values(owner, "hour", *COUNTERS):
        found[row.pop(owner)].append({"date": row.pop("hour")} | row)
    current = start_of_hour(now)
    for hours in found.values():
        if not hours or hours[-1]["date"] != current:
            hours.append({"date": current} | dict.fromkeys(COUNTERS, 0))
    return found
