"""Servers that are measured: how they are started, fed, asked and stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import orjson
import psutil
import psycopg

from events.benchmarks.ingest.samples import ErrorSample, exceptionless_event

_HOST = "127.0.0.1"
_START_SECONDS = 90
_STOP_SECONDS = 20
_CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of all processes together: CPU seconds since they started, and bytes of memory."""

    cpu: float
    memory: int


class Target(ABC):
    """A server in a folder of its own, on a free port of this machine."""

    name: str
    batch_sizes: tuple[int, ...] = (1,)
    """How many events may stand in one post."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    @abstractmethod
    def path(self) -> str:
        """Where events are posted to."""

    @property
    @abstractmethod
    def headers(self) -> dict[str, str]: ...

    @abstractmethod
    def body(self, samples: Sequence[ErrorSample]) -> bytes:
        """A post of these events."""

    @abstractmethod
    def start(self) -> None:
        """Start the server and wait until it answers."""

    @abstractmethod
    def count(self) -> int:
        """How many errors are stored; asked so often that the question must cost the server nothing."""

    def findable(self) -> int:
        """How many errors can be found."""
        return self.count()

    def post(self, samples: Sequence[ErrorSample]) -> int:
        """Post once, outside any load; the status."""
        address = f"http://{_HOST}:{self.port}{self.path}"
        request = Request(address, data=self.body(samples), headers=self.headers, method="POST")
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
            status: int = answer.status
            return status

    def stop(self) -> None:
        """Stop what was started, by process id."""
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()

    def cost(self) -> Cost:
        cpu, memory = 0.0, 0
        for process in self._tree():
            try:
                times = process.cpu_times()
                cpu += times.user + times.system
                memory += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return Cost(cpu, memory)

    def _tree(self) -> list[psutil.Process]:
        found = []
        for started in self.processes:
            parent = psutil.Process(started.pid)
            found += [parent, *parent.children(recursive=True)]
        return found

    def disk(self) -> int:
        """Bytes of the folder."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def spawn(self, command: Sequence[str], *, cwd: Path, environment: dict[str, str] | None = None) -> None:
        own = os.environ | (environment or {})
        with (self.folder / "log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, cwd=cwd, env=own, stdout=log, stderr=log))

    def wait_until_answers(self, path: str) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if any(process.poll() is not None for process in self.processes):
                break
            try:
                with urlopen(f"http://{_HOST}:{self.port}{path}", timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.01)
        raise RuntimeError(f"{self.name} does not answer; see {self.folder / 'log'}")


class OwnServer(Target):
    """This product, started as the README says, with sample accounts but without sample events."""

    name = "Exceptionless on Django"
    batch_sizes = (1, 50)
    path = "/api/v2/events"

    def __init__(self, folder: Path, *, database_url: str = "") -> None:
        super().__init__(folder)
        self.database_url = database_url
        self.key = ""
        self.token = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def body(self, samples: Sequence[ErrorSample]) -> bytes:
        events = [exceptionless_event(sample) for sample in samples]
        return orjson.dumps(events[0] if len(events) == 1 else events)

    def start(self) -> None:
        manage = [sys.executable, "manage.py", "up", "--port", str(self.port), "--data-dir", str(self.folder / "data")]
        self.spawn(manage, cwd=_CHECKOUT, environment=self._environment())
        self.wait_until_answers("/health")
        if not self.key:
            self._sign_up()

    def _environment(self) -> dict[str, str]:
        # Posts of 50 such errors are larger than the official limit.
        return {"DATABASE_URL": self.database_url, "EXCEPTIONLESS_MAXIMUM_EVENT_POST_SIZE": "1000000"}

    def _sign_up(self) -> None:
        account = {"name": "Bench", "email": "bench@example.com", "password": os.urandom(12).hex()}
        self.token = self._call("POST", "/auth/signup", account)["token"]
        organization = self._call("POST", "/organizations", {"name": "Bench"})
        project = self._call(
            "POST",
            "/projects",
            {"organization_id": organization["id"], "name": "Bench", "delete_bot_data_enabled": False},
        )
        self.key = self._call("GET", f"/projects/{project['id']}/tokens/default")["id"]

    def count(self) -> int:
        with closing(self._connect()) as database:
            found = database.execute("SELECT SUM(events) FROM events_rollup WHERE type = 'error'").fetchone()
        return int(found[0] or 0) if found else 0

    def _connect(self) -> sqlite3.Connection | psycopg.Connection[tuple[int]]:
        if self.database_url:
            return psycopg.connect(self.database_url)
        path = self.folder / "data" / "exceptionless.sqlite3"
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)

    def findable(self) -> int:
        total: int = self._call("GET", "/events/count?filter=type:error")["total"]
        return total

    def has(self, sample: ErrorSample) -> bool:
        """Whether one event can be found by its reference id."""
        return bool(self._call("GET", f"/events/by-ref/{sample.id}"))

    def _call(self, method: str, path: str, content: Any = None) -> Any:
        request = Request(f"http://{_HOST}:{self.port}/api/v2{path}", method=method)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        body = None
        if content is not None:
            body = json.dumps(content).encode()
            request.add_header("Content-Type", "application/json")
        with urlopen(request, body, timeout=60) as answer:  # noqa: S310
            return json.load(answer)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
