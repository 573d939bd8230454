"""Waking a worker of the same `manage.py up` when a submission was stored.

It only saves waiting: a worker that is not woken, as those started on their own, looks by itself now and then.
"""

from __future__ import annotations

import os
import select
import threading
from contextlib import suppress


class Bell:
    """A pipe that child processes inherit; made before they are forked."""

    def __init__(self) -> None:
        self._pipe: tuple[int, int] | None = None

    def install(self) -> None:
        if self._pipe is None:
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)

    def ring(self) -> None:
        """Wake one of those who wait."""
        if self._pipe is not None:
            # A full pipe wakes just as well.
            with suppress(BlockingIOError):
                os.write(self._pipe[1], b"\0")

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Until the bell rings, or that long; without a pipe, or until `stop` is set."""
        if self._pipe is None:
            stop.wait(seconds)
        elif select.select([self._pipe[0]], [], [], seconds)[0]:
            # Another worker may have been faster.
            with suppress(BlockingIOError):
                os.read(self._pipe[0], 4096)


bell = Bell()
