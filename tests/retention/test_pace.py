"""How fast background work goes."""

from __future__ import annotations

import pytest

from events.services import pace as module
from events.services.pace import LARGEST, SMALLEST, Pace


class Clock:
    """A clock that moves only when someone works or sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(module, "time", found)
    return found


def batches(clock: Clock, rows: int, seconds_per_row: float, sizes: list[int]) -> object:
    left = rows

    def batch(limit: int) -> int:
        nonlocal left
        count = min(limit, left)
        left -= count
        clock.now += count * seconds_per_row
        sizes.append(limit)
        return count

    return batch


def test_all_rows_are_handled_and_counted(clock: Clock) -> None:
    told: list[int] = []
    pace = Pace(on_progress=told.append)
    assert pace.repeat(batches(clock, 1_234, 0.0001, []))  # type: ignore[arg-type]
    assert (pace.done, sum(told)) == (1_234, 1_234)


@pytest.mark.parametrize(("seconds_per_row", "size"), [(0.000_001, LARGEST), (0.01, SMALLEST), (0.000_2, 100)])
def test_batches_grow_while_they_are_quick_and_shrink_when_they_are_slow(
    clock: Clock, seconds_per_row: float, size: int
) -> None:
    sizes: list[int] = []
    Pace().repeat(batches(clock, 20_000, seconds_per_row, sizes))  # type: ignore[arg-type]
    assert sizes[len(sizes) // 2] == size


def test_others_get_the_lock_half_of_the_time(clock: Clock) -> None:
    Pace().repeat(batches(clock, 1_000, 0.0001, []))  # type: ignore[arg-type]
    assert sum(clock.slept) == pytest.approx(0.1)


def test_it_stops_when_the_time_is_up(clock: Clock) -> None:
    pace = Pace(seconds=1.0)
    assert not pace.repeat(batches(clock, 10**9, 0.0001, []))  # type: ignore[arg-type]
    assert pace.is_over
    assert clock.now < 1.2
    done = pace.done
    assert not pace.repeat(batches(clock, 10, 0.0001, []))  # type: ignore[arg-type]
    assert pace.done == done
