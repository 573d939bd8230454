"""How fast background work may go: batches so small that nobody else waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

TARGET_SECONDS = 0.02
"""How long one batch should hold the write lock; SQLite has only one."""
SMALLEST, LARGEST = 100, 500


@dataclass(slots=True)
class Pace:
    """Runs batches until `seconds` have passed (None: until all is done), with a pause after each.

    The pause is as long as the batch was, so that whoever waits for the lock gets it at least half of the time.
    """

    seconds: float | None = None
    on_progress: Callable[[int], object] = lambda count: None
    size: int = SMALLEST
    done: int = 0
    """Rows handled so far."""
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = float("inf") if self.seconds is None else time.monotonic() + self.seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def repeat(self, batch: Callable[[int], int]) -> bool:
        """Call `batch` with the number of rows it may handle until it finds none; False when the time ran out.

        A batch is one transaction and tells how many rows it handled.
        """
        while not self.is_over:
            started = time.monotonic()
            count = batch(self.size)
            if not count:
                return True
            self._note(count, time.monotonic() - started)
        return False

    def _note(self, count: int, seconds: float) -> None:
        self.done += count
        self.on_progress(count)
        if seconds > TARGET_SECONDS:
            self.size = max(self.size // 2, SMALLEST)
        elif seconds < TARGET_SECONDS / 2 and count >= self.size:
            self.size = min(self.size * 2, LARGEST)
        time.sleep(seconds)
