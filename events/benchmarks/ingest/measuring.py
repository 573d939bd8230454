"""The measurements: each posts a finite number of events, and compares what was accepted with what can be found."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from events.benchmarks.ingest.load import Job, Outcome, write_bodies
from events.benchmarks.ingest.samples import ErrorSample, error_samples
from events.benchmarks.ingest.targets import OwnServer, Target

_CHECKOUT = Path(__file__).parents[3]
_POLL_SECONDS = 0.2
_PATIENCE_SECONDS = 600
_LOAD_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Figures:
    """One run of posts of one size."""

    size: int
    """Events in each post."""
    events: int
    accepted_per_second: float
    """Events whose post was answered with success, while the worker digests what came before."""
    digested_per_second: float
    """From the first post until all can be found."""
    median: float
    p99: float
    """Milliseconds of a post."""
    cpu_per_event: float
    """Milliseconds of all processes together."""
    memory: int
    """Bytes, the most that was seen."""
    lost: int
    """Accepted but never found; must be 0."""
    refused: int


def measure(target: Target, *, size: int, posts: int, connections: int, seed: int) -> Figures:
    """Post `posts` times `size` events, and wait until they are found."""
    before, findable, cost = target.count(), target.findable(), target.cost()
    samples = error_samples(posts * size, seed=seed)
    bodies = [target.body(list(islice(samples, size))) for _ in range(posts)]
    with tempfile.TemporaryDirectory() as folder:
        load = _start_load(target, Path(folder), bodies, connections)
        memory = _watch(target, lambda: load.poll() is not None)
        outcome = Outcome(**json.loads(load.communicate()[0]))
    accepted = size * sum(number for status, number in outcome.statuses.items() if status.startswith("2"))
    found, ended, later = _await_events(target, before + accepted)
    spent = target.cost().cpu - cost.cpu
    return Figures(
        size=size,
        events=accepted,
        accepted_per_second=accepted / max(outcome.ended - outcome.started, 1e-9),
        digested_per_second=(found - before) / max(ended - outcome.started, 1e-9),
        median=outcome.median,
        p99=outcome.p99,
        cpu_per_event=1000 * spent / max(accepted, 1),
        memory=max(memory, later),
        lost=findable + accepted - target.findable(),
        refused=posts * size - accepted,
    )


def _start_load(target: Target, folder: Path, bodies: list[bytes], connections: int) -> subprocess.Popen[bytes]:
    write_bodies(folder / "bodies", bodies)
    job = Job("127.0.0.1", target.port, target.path, target.headers, str(folder / "bodies"), connections)
    (folder / "job").write_text(json.dumps(asdict(job)))
    command = [sys.executable, "-m", "events.benchmarks.ingest.load", str(folder / "job")]
    return subprocess.Popen(command, cwd=_CHECKOUT, stdout=subprocess.PIPE)


def _watch(target: Target, is_over: Callable[[], bool]) -> int:
    """The most memory that was seen until it is over."""
    most, end = 0, time.monotonic() + _LOAD_SECONDS
    while not is_over() and time.monotonic() < end:
        most = max(most, target.cost().memory)
        time.sleep(_POLL_SECONDS)
    return most


def _await_events(target: Target, wanted: int) -> tuple[int, float, int]:
    """How many events there are in the end, since when, and the most memory meanwhile."""
    found, memory, since = target.count(), target.cost().memory, time.time()
    end = time.monotonic() + _PATIENCE_SECONDS
    while found < wanted and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
        now, number = time.time(), target.count()
        memory = max(memory, target.cost().memory)
        found, since = (number, now) if number != found else (found, since)
    return found, since, memory


def idle_latency(server: OwnServer, *, rounds: int, seed: int) -> float:
    """Median milliseconds from posting one event to finding it, on a server that has nothing else to do."""
    return statistics.median(_latency(server, sample) for sample in error_samples(rounds, seed=seed))


def _latency(server: OwnServer, sample: ErrorSample) -> float:
    time.sleep(0.05)
    started = time.perf_counter()
    server.post([sample])
    while not server.has(sample):
        if time.perf_counter() - started > 30:
            raise RuntimeError("An accepted event was not found within 30 seconds")
    return (time.perf_counter() - started) * 1000


def cold_start(server: OwnServer, *, seed: int) -> float:
    """Seconds from starting a server on an existing database to its first accepted event."""
    server.stop()
    (sample,) = error_samples(1, seed=seed)
    started = time.perf_counter()
    server.start()
    server.post([sample])
    return time.perf_counter() - started


def calibration() -> float:
    """Rounds per second of a fixed piece of work, by which figures of different runs can be compared."""
    document = [{"name": f"frame {number}", "line": number} for number in range(30)]
    rounds, end = 0, time.perf_counter() + 0.5
    while time.perf_counter() < end:
        json.loads(json.dumps(document))
        rounds += 1
    return rounds / 0.5
