"""Child processes that are forks of this one: they start in milliseconds and share its memory."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_RESET_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


def fork(name: str, run: Callable[[], None]) -> int:
    """Start `run` in a child process; its process id. The caller must have no other threads."""
    forget_connections()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        become_child(parent)
        run()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        logger.exception("The %s process failed", name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Not sys.exit: what the parent registered to run at its own exit is none of the child's business.
        os._exit(status)


def become_child(parent: int) -> None:
    """Drop the parent's signal handlers, and die with it even when it is killed."""
    for number in _RESET_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # The parent may have died before the line above took effect.
    if os.getppid() != parent:
        os._exit(1)


def forget_connections() -> None:
    """Close the database connections: two processes must never speak over one."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool: Callable[[], None] | None = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()
