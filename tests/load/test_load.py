"""The load that benchmarks make: finite, answered, and told as it was."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from events.benchmarks.ingest.load import Job, Outcome, percentile, write_bodies

CHECKOUT = Path(__file__).parents[2]


class Receiver(BaseHTTPRequestHandler):
    """Answers 202, 413 for long bodies, and closes the connection after a body that says so."""

    protocol_version = "HTTP/1.1"
    received: list[bytes] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(body)
        self.send_response(413 if len(body) > 100 else 202)
        self.send_header("Content-Length", "2")
        if body == b"close":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        """Not in the tests' output."""


@pytest.fixture
def port() -> Iterator[int]:
    Receiver.received = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def sent(folder: Path, port: int, bodies: list[bytes], connections: int) -> Outcome:
    write_bodies(folder / "bodies", bodies)
    job = Job("127.0.0.1", port, "/post", {"X-Key": "k"}, str(folder / "bodies"), connections)
    (folder / "job").write_text(json.dumps(asdict(job)))
    command = [sys.executable, "-m", "events.benchmarks.ingest.load", str(folder / "job")]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, timeout=60, check=True)
    return Outcome(**json.loads(done.stdout))


def test_each_body_is_sent_once_and_each_answer_counted(tmp_path: Path, port: int) -> None:
    bodies = [b"%d" % number for number in range(60)] + [b"x" * 200]
    outcome = sent(tmp_path, port, bodies, connections=7)
    assert outcome.statuses == {"202": 60, "413": 1}
    assert sorted(Receiver.received) == sorted(bodies)
    assert outcome.p99 >= outcome.median > 0


def test_a_connection_that_the_server_closes_is_replaced(tmp_path: Path, port: int) -> None:
    outcome = sent(tmp_path, port, [b"close"] * 9, connections=2)
    assert outcome.statuses == {"202": 9}


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.99, 4), (1.0, 4)])
def test_percentiles(share: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], share) == value
    assert percentile([], share) == 0
