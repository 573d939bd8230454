"""The real server in processes of its own, on a free port and in a temporary data directory."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
CLIENT_KEY = "LhhP1C9gijpSKCslHHCvwdSIz298twx271nTest"
_BYTECODE = Path(tempfile.gettempdir()) / "exceptionless-test-bytecode"
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**values: str) -> dict[str, str]:
    """This process's environment without settings of the product and of Python, plus `values`.

    Compiled files are kept in a folder of their own, since most of the time of a start goes into compiling.
    """
    dropped = ("EXCEPTIONLESS_", "DJANGO_", "DATABASE_URL", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PYTHONPYCACHEPREFIX": str(_BYTECODE), "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **values}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with these arguments, to its end."""
    command = [sys.executable, "manage.py", *arguments]
    values = clean_environment(**environment)
    return subprocess.run(
        command, cwd=CHECKOUT, env=values, capture_output=True, text=True, timeout=_START_SECONDS, check=False
    )


def wait_for(condition: Callable[[], bool], seconds: float = _STOP_SECONDS) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def children_of(pid: int) -> dict[int, int]:
    """Process ids of the living descendants, with the id of each one's parent."""
    parents = dict(filter(None, (_parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())))
    found: dict[int, int] = {}
    while new := {child: parent for child, parent in parents.items() if parent in (pid, *found) and child not in found}:
        found |= new
    return found


def _parent(entry: Path) -> tuple[int, int] | None:
    try:
        state, parent = (entry / "stat").read_text().rpartition(") ")[2].split()[:2]
    except OSError:
        return None
    return None if state == "Z" else (int(entry.name), int(parent))


def is_alive(pid: int) -> bool:
    return _parent(Path("/proc") / str(pid)) is not None


@dataclass
class RunningServer:
    """`manage.py up`; everything that it writes goes to `log`."""

    data_dir: Path
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def start(self) -> RunningServer:
        """Launch and wait until it says that it runs."""
        self.launch()
        return self.wait_until_running()

    def launch(self) -> None:
        self.log = self.data_dir / f"up-{self.port}.log"
        command = [sys.executable, "manage.py", "up", "--port", str(self.port), "--data-dir", str(self.data_dir)]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *self.arguments],
                cwd=CHECKOUT,
                env=clean_environment(**self.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_running(self) -> RunningServer:
        if not wait_for(lambda: "is running" in self.output() or self.process.poll() is not None, _START_SECONDS):
            self.stop()
            raise AssertionError(f"the server did not start:\n{self.output()}")
        return self

    def output(self) -> str:
        return self.log.read_text()

    def answers(self) -> bool:
        try:
            return self.request("GET", "/api/v2/projects/config")[0] < 500
        except OSError:
            return False

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {CLIENT_KEY}", **headers})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def children(self) -> dict[int, int]:
        return children_of(self.process.pid)

    def stop(self) -> int:
        """End it as an operator would; its exit status. What does not go by itself is killed, by its id."""
        descendants = self.children()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            for pid in descendants:
                if is_alive(pid) and not wait_for(lambda pid=pid: not is_alive(pid), 5):  # type: ignore[misc]
                    os.kill(pid, signal.SIGKILL)
