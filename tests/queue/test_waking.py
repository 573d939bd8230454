"""A worker of the same `manage.py up` starts as soon as something was stored."""

from __future__ import annotations

import threading
import time

from events.ingest.waking import Bell

LONG = 5.0


def _seconds_waited(bell: Bell, seconds: float) -> float:
    started = time.monotonic()
    bell.wait(threading.Event(), seconds)
    return time.monotonic() - started


def test_a_bell_that_rings_ends_the_wait() -> None:
    bell = Bell()
    bell.install()
    threading.Timer(0.05, bell.ring).start()
    assert _seconds_waited(bell, LONG) < LONG / 2


def test_a_bell_that_rang_before_is_not_missed_and_rings_once() -> None:
    bell = Bell()
    bell.install()
    for _ in range(100_000):
        bell.ring()
    assert _seconds_waited(bell, LONG) < LONG / 2
    while _seconds_waited(bell, 0.05) < 0.05:
        pass
    assert _seconds_waited(bell, 0.05) >= 0.05


def test_without_a_pipe_the_wait_ends_by_itself_or_with_the_stop() -> None:
    bell = Bell()
    bell.ring()
    assert _seconds_waited(bell, 0.05) >= 0.05
    stop = threading.Event()
    stop.set()
    started = time.monotonic()
    bell.wait(stop, LONG)
    assert time.monotonic() - started < LONG / 2
