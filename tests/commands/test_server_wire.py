"""HTTP as real clients speak it, raw over a socket against the real server."""

from __future__ import annotations

import gzip
import socket
import time
from dataclasses import dataclass

import pytest

from tests.commands.running import CLIENT_KEY, RunningServer

AUTHORIZATION = f"Authorization: Bearer {CLIENT_KEY}"
EVENT = b'{"type":"log","message":"hello"}'
_TIMEOUT = 10.0


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    version: str


class Wire:
    """One connection; reads one answer at a time."""

    def __init__(self, server: RunningServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=_TIMEOUT)
        self.received = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, *lines: str, body: bytes = b"") -> Wire:
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return self

    def answer(self, *, has_body: bool = True) -> Answer:
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, *_ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        return Answer(int(status), headers, self._body(headers) if has_body else b"", version)

    def is_closed(self) -> bool:
        """Whether the server closes the connection without another byte."""
        return not self.received and self.socket.recv(1) == b""

    def _body(self, headers: dict[str, str]) -> bytes:
        assert "transfer-encoding" not in headers, "answers have a length"
        length = int(headers.get("content-length", "0"))
        while len(self.received) < length:
            self._receive()
        body, self.received = self.received[:length], self.received[length:]
        return body

    def _until(self, end: bytes) -> bytes:
        while end not in self.received:
            self._receive()
        found, _, self.received = self.received.partition(end)
        return found

    def _receive(self) -> None:
        chunk = self.socket.recv(65536)
        assert chunk, f"the server closed the connection after {self.received!r}"
        self.received += chunk


def chunks(data: bytes, size: int) -> bytes:
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def post(*headers: str, target: str = "/api/v2/events", version: str = "1.1") -> tuple[str, ...]:
    return (
        f"POST {target} HTTP/{version}",
        "Host: localhost",
        AUTHORIZATION,
        "Content-Type: application/json",
        *headers,
    )


def test_a_body_with_its_length_is_accepted(server: RunningServer) -> None:
    with Wire(server) as wire:
        answer = wire.send(*post(f"Content-Length: {len(EVENT)}"), body=EVENT).answer()
    assert (answer.status, answer.body) == (202, b"")
    assert answer.headers["content-length"] == "0"
    assert answer.headers["x-exceptionless-configversion"].isdecimal()


def test_a_chunked_gzip_body_is_accepted_as_dotnet_sends_it(server: RunningServer) -> None:
    body = gzip.compress(b"[" + b",".join([EVENT] * 300) + b"]")
    with Wire(server) as wire:
        wire.send(*post("Transfer-Encoding: chunked", "Content-Encoding: gzip", "Connection: close"))
        for part in (chunks(body, 100)[:50], chunks(body, 100)[50:]):
            wire.socket.sendall(part)
            time.sleep(0.05)
        assert wire.answer().status == 202
        assert wire.is_closed()


def test_an_absolute_address_is_read_as_its_path(server: RunningServer) -> None:
    target = f"http://127.0.0.1:{server.port}/api/v2/events"
    with Wire(server) as wire:
        answer = wire.send(*post(f"Content-Length: {len(EVENT)}", target=target), body=EVENT).answer()
    assert answer.status == 202


def test_a_client_that_waits_for_100_continue_gets_it(server: RunningServer) -> None:
    with Wire(server) as wire:
        wire.send(*post(f"Content-Length: {len(EVENT)}", "Expect: 100-continue"))
        assert wire.answer(has_body=False).status == 100
        wire.socket.sendall(EVENT)
        assert wire.answer().status == 202


def test_http_1_0_without_host_is_served_and_closed(server: RunningServer) -> None:
    lines = (
        "POST /api/v2/events HTTP/1.0",
        AUTHORIZATION,
        "Content-Type: application/json",
        f"Content-Length: {len(EVENT)}",
    )
    with Wire(server) as wire:
        answer = wire.send(*lines, body=EVENT).answer()
        assert (answer.version, answer.status) == ("HTTP/1.0", 202)
        assert wire.is_closed()


def test_one_connection_serves_many_requests(server: RunningServer) -> None:
    with Wire(server) as wire:
        for _ in range(3):
            assert wire.send(*post(f"Content-Length: {len(EVENT)}"), body=EVENT).answer().status == 202
        # A body that nobody reads must not be taken for the next request.
        lines = ("POST /api/v2/nowhere HTTP/1.1", "Host: localhost", "Content-Length: 5")
        assert wire.send(*lines, body=b"GET /").answer().status == 404
        assert (
            wire.send("GET /api/v2/projects/config HTTP/1.1", "Host: localhost", AUTHORIZATION).answer().status == 200
        )


def test_pipelined_requests_are_answered_in_order(server: RunningServer) -> None:
    with Wire(server) as wire:
        wire.send("GET /api/v2/nowhere HTTP/1.1", "Host: localhost")
        wire.send("GET /api/v2/projects/config HTTP/1.1", "Host: localhost", AUTHORIZATION)
        assert [wire.answer().status, wire.answer().status] == [404, 200]


def test_head_has_the_headers_of_get_and_no_body(server: RunningServer) -> None:
    with Wire(server) as wire:
        head = wire.send("HEAD /api/v2/projects/config HTTP/1.1", "Host: localhost", AUTHORIZATION).answer(
            has_body=False
        )
        get = wire.send("GET /api/v2/projects/config HTTP/1.1", "Host: localhost", AUTHORIZATION).answer()
    assert head.status == 200
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))


def test_304_has_no_body(server: RunningServer) -> None:
    with Wire(server) as wire:
        current = wire.send("GET /api/v2/projects/config HTTP/1.1", "Host: localhost", AUTHORIZATION).answer()
        version = current.body.partition(b'"version":')[2].partition(b",")[0].decode()
        line = f"GET /api/v2/projects/config?v={version} HTTP/1.1"
        assert wire.send(line, "Host: localhost", AUTHORIZATION).answer(has_body=False).status == 304
        assert wire.send(line, "Host: localhost", AUTHORIZATION).answer(has_body=False).status == 304


@pytest.mark.parametrize(
    "target",
    [
        "/api/v2/events/session/heartbeat?id=u-1@example.com&close=True",
        "/api/v2/projects/config?x=%C3%A9%20%22quoted%22&time=[now-7d%20TO%20now]{}|^`",
    ],
)
def test_addresses_with_unusual_characters_reach_the_application(target: str, server: RunningServer) -> None:
    with Wire(server) as wire:
        answer = wire.send(f"GET {target} HTTP/1.1", "Host: localhost", AUTHORIZATION).answer()
    # Whether the route exists is not the question here; the server itself would answer 400.
    assert answer.status in (200, 404)


@pytest.mark.parametrize("path", ["/api/v2/events/", "/api/v2//events", "/API/v2/events"])
def test_no_post_is_ever_redirected(path: str, server: RunningServer) -> None:
    with Wire(server) as wire:
        answer = wire.send(*post(f"Content-Length: {len(EVENT)}", target=path), body=EVENT).answer()
    assert not 300 <= answer.status < 400


def test_a_huge_body_is_refused_before_it_is_sent(server: RunningServer) -> None:
    with Wire(server) as wire:
        started = time.monotonic()
        answer = wire.send(*post("Content-Length: 50000000"), body=b"x" * 65536).answer()
        assert answer.status == 413
        assert time.monotonic() - started < 2
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            wire.socket.sendall(b"x" * 50_000_000)


def test_a_huge_chunked_body_is_refused_before_its_end(server: RunningServer) -> None:
    with Wire(server) as wire:
        wire.send(*post("Transfer-Encoding: chunked"))
        wire.socket.sendall(chunks(b"x" * 400_000, 8192).removesuffix(b"0\r\n\r\n"))
        assert wire.answer().status == 413


def test_errors_are_problems_in_json(server: RunningServer) -> None:
    with Wire(server) as wire:
        answer = wire.send("GET /api/v2/nowhere HTTP/1.1", "Host: localhost").answer()
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_server_behind_the_product_is_not_named(server: RunningServer) -> None:
    with Wire(server) as wire:
        answer = wire.send("GET /api/v2/projects/config HTTP/1.1", "Host: localhost", AUTHORIZATION).answer()
    assert answer.headers["server"] == "Exceptionless"


@pytest.mark.parametrize(
    "garbage", [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"]
)
def test_what_is_no_http_gets_400_without_a_page(garbage: bytes, server: RunningServer) -> None:
    with Wire(server) as wire:
        wire.socket.sendall(garbage)
        answer = wire.answer()
    assert (answer.status, answer.body) == (400, b"")


def test_fifty_connections_at_once_are_served(server: RunningServer) -> None:
    wires = [Wire(server) for _ in range(50)]
    try:
        for wire in wires:
            wire.send(*post(f"Content-Length: {len(EVENT)}"), body=EVENT)
        assert [wire.answer().status for wire in wires] == [202] * 50
    finally:
        for wire in wires:
            wire.socket.close()
