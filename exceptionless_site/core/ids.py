"""Identifiers of the wire: 24-hex object ids and 40-character secrets."""

from __future__ import annotations

import itertools
import os
import secrets
import string
import time
from datetime import datetime

_ALPHANUMERIC = string.ascii_letters + string.digits
_COUNTER_BITS = 24
_process_random = secrets.token_bytes(5)
_counter = itertools.count(secrets.randbits(_COUNTER_BITS))


def _reseed_after_fork() -> None:
    # Two processes must never share the random part: a forked child draws its own.
    global _process_random, _counter
    _process_random = secrets.token_bytes(5)
    _counter = itertools.count(secrets.randbits(_COUNTER_BITS))


os.register_at_fork(after_in_child=_reseed_after_fork)


def new_object_id(at: datetime | None = None) -> str:
    """A fresh 24-hex id: 4 bytes of seconds, 5 random bytes per process, 3 bytes of counter.

    Ids of one process sort in the order in which they were made within a second.
    """
    seconds = int(at.timestamp() if at else time.time()) & 0xFFFFFFFF
    count = next(_counter) & ((1 << _COUNTER_BITS) - 1)
    return f"{seconds:08x}{_process_random.hex()}{count:06x}"


def new_secret(length: int = 40) -> str:
    """A random text of letters and digits, as tokens and mail links use it."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))
