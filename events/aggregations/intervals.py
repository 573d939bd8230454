"""The buckets of date histograms: where each of them starts, in a time zone, over a whole stretch of time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from events.aggregations.limits import MAXIMUM_BUCKETS, too_many_buckets
from events.aggregations.parser import Interval
from events.search.calendar_units import add, floor

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL_EPOCH = _EPOCH.replace(tzinfo=None)
_MONDAY = -3 * 86_400_000
"""The Monday before 1970."""
_DAY = 86_400_000
_STEPS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": _DAY, "w": 7 * _DAY}
_SHORTEST_MONTHS = {"M": 28, "q": 90, "y": 365}
_MOST_POINTS = 100
_ROUNDINGS = (_DAY, 3_600_000, 60_000)
_SHORTEST = 15_000
_ENDLESS = 1 << 43
_LONGEST_STEP = 500 * 365 * _DAY
_LONGEST_REPETITION = timedelta(hours=3)
"""When clocks are set back."""


class Run(NamedTuple):
    """Buckets of the same width (in milliseconds): the number of the first, where it starts, the width."""

    number: int
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class TimeBuckets:
    """`starts` are milliseconds since 1970, ascending; each bucket ends where the next one starts."""

    starts: tuple[int, ...]
    zone: tzinfo = UTC
    is_uniform: bool = False

    def number(self, milliseconds: int) -> int:
        """The bucket in which an instant lies."""
        return bisect_right(self.starts, milliseconds) - 1

    def runs(self) -> list[Run]:
        """The same buckets as few rows of equal ones; the last is open."""
        if self.is_uniform:
            return [Run(0, self.starts[0], _width(self.starts))]
        runs: list[Run] = []
        for number, start in enumerate(self.starts):
            is_last = number + 1 == len(self.starts)
            width = _ENDLESS if is_last else self.starts[number + 1] - start
            if not runs or runs[-1].width != width:
                runs.append(Run(number, start, width))
        return runs


def _width(starts: tuple[int, ...]) -> int:
    return starts[1] - starts[0] if len(starts) > 1 else _ENDLESS


def default_interval(first: int, last: int) -> Interval:
    """About a hundred buckets over a stretch of milliseconds, in whole days, hours, minutes or 15 seconds."""
    if first >= last:
        return Interval(unit="d")
    width = (last - first) / _MOST_POINTS
    for unit in _ROUNDINGS:
        if width > unit:
            return Interval(duration=round(width / unit) * unit * _MILLISECOND)
    return Interval(duration=max(round(width / _SHORTEST), 1) * _SHORTEST * _MILLISECOND)


def time_buckets(interval: Interval, zone: tzinfo, first: int, last: int) -> TimeBuckets:
    """The buckets from the one that holds `first` to the one that holds `last`, both in milliseconds.

    Calendar units start where they do in the zone; fixed durations are counted from 1970 in the zone's local time.
    Raises AggregationError when there are too many.
    """
    step = _step(interval)
    if (last - first) // (step or _SHORTEST_MONTHS[interval.unit or "M"] * _DAY) > MAXIMUM_BUCKETS:
        raise too_many_buckets()
    if step and isinstance(zone, timezone):
        return TimeBuckets(_even_starts(step, _origin(interval) - _offset(zone), first, last), zone, is_uniform=True)
    starts = sorted({start for start in _zoned_starts(interval, step, zone, first, last) if start <= last})
    return TimeBuckets(tuple(starts[bisect_right(starts, first) - 1 :]), zone)


def _step(interval: Interval) -> int | None:
    """Milliseconds; None for units whose lengths differ everywhere."""
    if interval.duration is not None:
        return min(max(interval.duration // _MILLISECOND, 1), _LONGEST_STEP)
    return _STEPS.get(interval.unit or "")


def _origin(interval: Interval) -> int:
    return _MONDAY if interval.unit == "w" else 0


def _offset(zone: timezone) -> int:
    return zone.utcoffset(None) // _MILLISECOND


def _even_starts(step: int, origin: int, first: int, last: int) -> tuple[int, ...]:
    return tuple(range((first - origin) // step * step + origin, last + 1, step))


# --- Where the distance from UTC changes --------------------------------------------------------


def _zoned_starts(interval: Interval, step: int | None, zone: tzinfo, first: int, last: int) -> Iterator[int]:
    """From one bucket before `first` on; short buckets start twice where the local time comes twice."""
    folds = (0, 1) if step and step < _DAY else (0,)
    for local in _local_starts(interval, step, _local(first, zone)):
        instants = [_instant(local.replace(tzinfo=zone, fold=fold)) for fold in folds]
        yield from instants
        if min(instants) > last:
            return


def _local_starts(interval: Interval, step: int | None, local: datetime) -> Iterator[datetime]:
    if interval.duration is None and interval.unit is not None and (step or _DAY) >= _DAY:
        start = add(floor(local, interval.unit), -1, interval.unit)
        while True:
            yield start
            start = add(start, 1, interval.unit)
    width = (step or 1) * _MILLISECOND
    start = _LOCAL_EPOCH + ((local - _LOCAL_EPOCH - _LONGEST_REPETITION) // width - 1) * width
    while True:
        yield start
        start += width


def _local(milliseconds: int, zone: tzinfo) -> datetime:
    return (_EPOCH + milliseconds * _MILLISECOND).astimezone(zone).replace(tzinfo=None, fold=0)


def _instant(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND
