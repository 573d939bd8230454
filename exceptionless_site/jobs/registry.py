"""The jobs that run again and again. An app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is started at most once per `interval` across all machines.

    It must be safe to repeat and to run twice at once: its process may die, and a run may outlast the interval.
    """

    name: str
    interval: timedelta
    run: Callable[[], object]


_jobs: dict[str, Job] = {}


def register(name: str, *, every: timedelta, run: Callable[[], object]) -> Job:
    """Add a job. Raises ValueError for a name that another job has and for an interval below a second."""
    if every < timedelta(seconds=1):
        raise ValueError(f"the interval of {name!r} is below a second")
    if name in _jobs:
        raise ValueError(f"there are two jobs named {name!r}")
    _jobs[name] = Job(name, every, run)
    return _jobs[name]


def registered_jobs() -> tuple[Job, ...]:
    """All jobs in the order in which they were registered."""
    return tuple(_jobs.values())
