"""Keeps a set of child processes running: one that dies is started again, after a pause that grows."""

from __future__ import annotations

import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from exceptionless_site.jobs.processes import fork

logger = logging.getLogger(__name__)

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """`run` works until SIGTERM ends it."""

    name: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how fast a program is started again; all in seconds but the count."""

    first_pause: float = 0.5
    longest_pause: float = 30.0
    stable_after: float = 10.0
    """A process that lived this long was a good start: its next death counts from one again."""
    quick_deaths: int = 6
    """So many deaths in a row, each sooner than that, end the supervisor."""
    grace: float = 8.0
    """How long a process may take to stop before it is killed."""

    def pause(self, deaths: int) -> float | None:
        """The pause after that many quick deaths in a row; None to give up."""
        if deaths >= self.quick_deaths:
            return None
        return min(self.first_pause * 2.0 ** (deaths - 1), self.longest_pause)


@dataclass(slots=True)
class _Child:
    program: Program
    pid: int | None = None
    started: float = 0.0
    deaths: int = 0
    restart_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Lives in the main thread of a process without other threads. `run` returns the exit status for the process."""

    programs: Iterable[Program]
    patience: Patience = field(default_factory=Patience)
    _children: list[_Child] = field(init=False)
    _is_stopping: bool = field(init=False, default=False)
    _has_failed: bool = field(init=False, default=False)
    _wake: tuple[int, int] = field(init=False)

    def start(self) -> None:
        """Take over the signals and start all programs, in their order."""
        self._children = [_Child(program) for program in self.programs]
        self._wake = _wake_pipe()
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, self._on_child)
        for child in self._children:
            self._start(child)

    def run(self) -> int:
        """Keep the programs running until a stop signal, then stop them. 1 when one of them would not stay up."""
        while self.is_running:
            self.step(_LONGEST_WAIT)
        self._stop_all()
        return int(self._has_failed)

    @property
    def is_running(self) -> bool:
        return not (self._is_stopping or self._has_failed)

    def step(self, seconds: float) -> None:
        """Wait for at most that long for something to happen, and see to it."""
        self._sleep(min(seconds, self._seconds_to_restart()))
        self._reap()
        for child in self._children:
            if self.is_running and child.pid is None and child.restart_at <= time.monotonic():
                self._start(child)

    def fail(self, reason: str) -> None:
        """Give up: `run` then stops all programs and returns 1."""
        logger.error("%s; giving up", reason)
        self._has_failed = True

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True
        self._on_child(number, frame)

    def _on_child(self, number: int, frame: FrameType | None) -> None:
        # A full pipe wakes the loop just as well.
        with suppress(BlockingIOError):
            os.write(self._wake[1], b"\0")

    def _sleep(self, seconds: float) -> None:
        if select.select([self._wake[0]], [], [], max(seconds, 0.0))[0]:
            os.read(self._wake[0], 4096)

    def _seconds_to_restart(self) -> float:
        now = time.monotonic()
        return min((child.restart_at - now for child in self._children if child.pid is None), default=_LONGEST_WAIT)

    def _start(self, child: _Child) -> None:
        child.started = time.monotonic()
        child.pid = fork(child.program.name, child.program.run)
        logger.debug("Started %s (process %d)", child.program.name, child.pid)

    def _reap(self) -> None:
        for child in self._children:
            if child.pid is None:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                self._note_death(child, os.waitstatus_to_exitcode(status))

    def _note_death(self, child: _Child, code: int) -> None:
        pid, child.pid = child.pid, None
        if not self.is_running:
            return
        now = time.monotonic()
        child.deaths = 1 if now - child.started >= self.patience.stable_after else child.deaths + 1
        pause = self.patience.pause(child.deaths)
        if pause is None:
            self.fail(f"The {child.program.name} process {_how(code)}, {child.deaths} times in a row")
            return
        child.restart_at = now + pause
        logger.warning(
            "The %s process (%s) %s; starting it again in %.1f s", child.program.name, pid, _how(code), pause
        )

    def _stop_all(self) -> None:
        self._is_stopping = True
        self._signal_all(signal.SIGTERM)
        if self._wait_for_all(self.patience.grace):
            return
        names = ", ".join(child.program.name for child in self._children if child.pid is not None)
        logger.warning("Killing what did not stop within %.0f s: %s", self.patience.grace, names)
        self._signal_all(signal.SIGKILL)
        self._wait_for_all(self.patience.grace)

    def _signal_all(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.pid is not None:
                os.kill(child.pid, number)

    def _wait_for_all(self, seconds: float) -> bool:
        """Whether all children ended in time."""
        end = time.monotonic() + seconds
        self._reap()
        while any(child.pid is not None for child in self._children):
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._sleep(left)
            self._reap()
        return True


def _wake_pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    return reader, writer


def _how(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return "ended" if code == 0 else f"failed with status {code}"
