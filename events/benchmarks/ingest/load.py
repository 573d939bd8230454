"""Load from a process of its own: requests over a fixed number of connections, each answered before the next.

`python -m events.benchmarks.ingest.load <job file>` prints the outcome as one line of JSON. It needs nothing but
Python's own library, and ends when the last request is answered.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

_LENGTH = struct.Struct("<I")
_ANSWER_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Job:
    """What is sent: the bodies stand in a file, each after its length."""

    host: str
    port: int
    path: str
    headers: dict[str, str]
    bodies: str
    connections: int


@dataclass(slots=True)
class Outcome:
    """Answers by status, and their latencies in milliseconds; times are seconds since 1970."""

    statuses: dict[str, int] = field(default_factory=dict)
    started: float = 0.0
    ended: float = 0.0
    median: float = 0.0
    p99: float = 0.0

    @property
    def per_second(self) -> float:
        """Requests, not events."""
        return sum(self.statuses.values()) / max(self.ended - self.started, 1e-9)


def write_bodies(path: Path, bodies: Sequence[bytes]) -> None:
    with path.open("wb") as file:
        for body in bodies:
            file.write(_LENGTH.pack(len(body)) + body)


def _read_bodies(path: Path) -> list[bytes]:
    data, bodies, position = path.read_bytes(), [], 0
    while position < len(data):
        (length,) = _LENGTH.unpack_from(data, position)
        position += _LENGTH.size
        bodies.append(data[position : position + length])
        position += length
    return bodies


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class _Lane(asyncio.Protocol):
    """One connection: sends a request, waits for all of its answer, and sends the next."""

    def __init__(self, shared: _Shared) -> None:
        self.shared = shared
        self.buffer = b""
        self.sent = 0.0
        self.transport: asyncio.Transport | None = None
        self.is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP has no other
        self.transport = transport
        self._next()

    def _next(self) -> None:
        assert self.transport is not None  # noqa: S101
        request = next(self.shared.requests, None)
        if request is None:
            self.transport.close()
            return
        self.is_waiting = True
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found or not _is_complete(head, rest):
            return
        self.shared.latencies.append((time.perf_counter() - self.sent) * 1000)
        self.shared.statuses[head[9:12].decode()] += 1
        self.buffer, self.is_waiting = b"", False
        if b"connection: close" in head.lower():
            assert self.transport is not None  # noqa: S101
            self.transport.close()
        else:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if self.is_waiting:
            self.shared.statuses["lost"] += 1
        self.shared.lane_ended()


def _is_complete(head: bytes, rest: bytes) -> bool:
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return len(rest) >= int(value)
        if name == b"transfer-encoding":
            return rest.endswith(b"0\r\n\r\n")
    return True


class _Shared:
    """What all lanes have in common; a lane that ends while there is work is replaced."""

    def __init__(self, job: Job, requests: list[bytes]) -> None:
        self.job = job
        self.waiting = len(requests)
        self.requests = self._counted(requests)
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.open_lanes = 0
        self.done = asyncio.Event()

    def _counted(self, requests: list[bytes]) -> Iterator[bytes]:
        for request in requests:
            self.waiting -= 1
            yield request

    async def open_lane(self) -> None:
        self.open_lanes += 1
        await asyncio.get_running_loop().create_connection(lambda: _Lane(self), self.job.host, self.job.port)

    def lane_ended(self) -> None:
        self.open_lanes -= 1
        if self.waiting > 0:
            self.replacement = asyncio.ensure_future(self.open_lane())
        elif self.open_lanes == 0:
            self.done.set()


def _requests(job: Job) -> list[bytes]:
    lines = [f"POST {job.path} HTTP/1.1", f"Host: {job.host}:{job.port}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in job.headers.items())])
    return [f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body for body in _read_bodies(Path(job.bodies))]


async def _send(job: Job) -> Outcome:
    requests = _requests(job)
    shared = _Shared(job, requests)
    started = time.time()
    await asyncio.gather(*(shared.open_lane() for _ in range(min(job.connections, len(requests)))))
    await asyncio.wait_for(shared.done.wait(), _ANSWER_SECONDS)
    return Outcome(
        statuses=dict(shared.statuses),
        started=started,
        ended=time.time(),
        median=percentile(shared.latencies, 0.5),
        p99=percentile(shared.latencies, 0.99),
    )


def main() -> None:
    job = Job(**json.loads(Path(sys.argv[1]).read_text()))
    sys.stdout.write(json.dumps(asdict(asyncio.run(_send(job)))) + "\n")


if __name__ == "__main__":
    main()
