"""The web process: granian serves the WSGI application."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from exceptionless_site.jobs.processes import become_child, forget_connections

# A connection that waits for its next request holds no thread, so these are requests at work, not callers.
# More of them fight over the interpreter: with 64, half as many requests are served.
THREADS = 16
_BACKLOG = 2048
_STOP_SECONDS = 5
_HEADER_SECONDS = 15
_THREAD_IDLE_SECONDS = 600


def serve(*, host: str, port: int, threads: int = THREADS) -> None:
    """Serve until SIGTERM or SIGINT; then requests at work may end, for at most five seconds."""
    server = Server(
        "exceptionless_site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=threads,
        blocking_threads_idle_timeout=_THREAD_IDLE_SECONDS,
        backlog=_BACKLOG,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000),
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.error,
    )
    load_application()
    server.serve(target_loader=partial(_load_in_child, os.getpid()), wrap_loader=False)


def load_application() -> Callable[..., Any]:
    """The WSGI application; loaded before the fork, its memory is shared."""
    from exceptionless_site.wsgi import application

    forget_connections()
    return application


def _load_in_child(parent: int) -> Callable[..., Any]:
    # granian's own handlers come later; until then SIGTERM must end the process instead of being lost.
    become_child(parent)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return load_application()
