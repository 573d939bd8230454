"""How long-running commands learn that they shall end."""

from __future__ import annotations

import signal
import threading

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM or SIGINT sets. To be called once, from the main thread, before other threads start.

    A thread takes the signals: a handler would run inside the very thread that waits for the event, at a moment when
    it may hold the event's lock, and so wait for itself.
    """
    stop = threading.Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    threading.Thread(target=_wait, args=(stop,), name="stop-signals", daemon=True).start()
    return stop


def _wait(stop: threading.Event) -> None:
    signal.sigwait(STOP_SIGNALS)
    stop.set()
