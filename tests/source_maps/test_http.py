"""Requests to addresses that others chose, against a TLS server of the test's own."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from exceptionless_site.core import http
from exceptionless_site.core.http import Answer, Limits, Outbound, OutboundError, is_public

HOST = "scripts.example.test"
URL = f"https://{HOST}/app.js"
PUBLIC = "93.184.215.14"
LIMITS = Limits(size=1_000, seconds=2.0)

Reply = Callable[[socket.socket, str], None]


def reply(status: str = "200 OK", body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass
class Server:
    """Answers each path as told; `asked` are the requests it saw, `names` the addresses that were connected to."""

    port: int
    trust: ssl.SSLContext
    answers: dict[str, bytes | Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    hosts: dict[str, list[list[str]]] = field(default_factory=lambda: {HOST: [[PUBLIC]]})

    def resolve(self, host: str) -> list[str]:
        """The addresses of the host; each call takes the next list, the last one stays."""
        self.resolved.append(host)
        lists = self.hosts.get(host)
        if lists is None:
            raise socket.gaierror("unknown")
        return lists.pop(0) if len(lists) > 1 else lists[0]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def get(self, url: str = URL, limits: Limits = LIMITS, tls: ssl.SSLContext | None = None) -> Answer:
        return Outbound(self.resolve, self.connect, tls or self.trust).get(url, limits=limits)

    def handle(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(4096)
            if not received:
                return
            head += received
        self.asked.append(head.decode())
        answer = self.answers.get(head.decode().split(" ")[1], reply("404 Not Found"))
        if callable(answer):
            answer(connection, head.decode())
        else:
            connection.sendall(answer)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    names = f"subjectAltName=DNS:{HOST},DNS:cdn.example.test"
    arguments = [*command.split(), "-addext", names, "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run(arguments, check=True, capture_output=True)
    with path.open("a") as file:
        file.write(Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=f"{certificate}.crt")
    found = Server(listener.getsockname()[1], trust)
    threading.Thread(target=_serve, args=(listener, context, found), daemon=True).start()
    yield found
    # Wakes the thread up, which closing alone would not.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _serve(listener: socket.socket, context: ssl.SSLContext, server: Server) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with plain:
            plain.settimeout(5)
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    server.handle(connection)
            except OSError:
                continue


def assert_refused(server: Server, url: str, part: str, **options: Any) -> None:
    with pytest.raises(OutboundError, match=part):
        server.get(url, **options)


def test_an_answer_comes_whole(server: Server) -> None:
    server.answers["/app.js?v=1"] = reply("200 OK", b"script", "SourceMap: app.js.map")
    answer = server.get(f"{URL}?v=1#part")
    assert (answer.status, answer.body, answer.headers["sourcemap"]) == (200, b"script", "app.js.map")
    assert server.connected == [PUBLIC]
    (request,) = server.asked
    assert f"\r\nHost: {HOST}\r\n" in request
    assert "\r\nAccept-Encoding: identity\r\n" in request
    assert "cookie" not in request.lower()
    assert "authorization" not in request.lower()


def test_an_answer_in_chunks_comes_whole(server: Server) -> None:
    server.answers["/app.js"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert server.get().body == b"abcde"


def test_other_statuses_are_answers_too(server: Server) -> None:
    assert server.get().status == 404


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:93.184.215.14",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "",
        "localhost",
        "127.1",
        "0x7f000001",
        "2130706433",
    ],
)
def test_addresses_that_are_not_public_are_never_connected_to(server: Server, address: str) -> None:
    assert not is_public(address)
    server.hosts[HOST] = [[address]]
    assert_refused(server, URL, "not on the public internet")
    assert server.connected == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_told_apart(address: str) -> None:
    assert is_public(address)


def test_of_several_addresses_only_public_ones_are_connected_to(server: Server) -> None:
    server.answers["/app.js"] = reply()
    server.hosts[HOST] = [["10.0.0.1", PUBLIC, "::1"]]
    server.get()
    assert server.connected == [PUBLIC]


def test_a_name_that_changes_its_address_is_asked_once(server: Server) -> None:
    """DNS rebinding: the second look would lead inside."""
    server.answers["/app.js"] = reply("200 OK", b"ok")
    server.hosts[HOST] = [[PUBLIC], ["127.0.0.1"]]
    assert server.get().body == b"ok"
    assert server.resolved == [HOST]
    assert server.connected == [PUBLIC]
    assert_refused(server, URL, "not on the public internet")


def test_a_redirect_to_a_name_that_changed_its_address_is_refused(server: Server) -> None:
    server.answers["/app.js"] = reply("302 Found", b"", "Location: /other.js")
    server.hosts[HOST] = [[PUBLIC], ["127.0.0.1"]]
    assert_refused(server, URL, "not on the public internet")
    assert server.connected == [PUBLIC]


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://scripts.example.test/app.js", "https"),
        ("ftp://scripts.example.test/app.js", "https"),
        ("file:///etc/passwd", "https"),
        ("https:///app.js", "https"),
        ("app.js", "https"),
        ("https://user:pass@scripts.example.test/app.js", "credentials"),
        ("https://scripts.example.test:8443/app.js", "default port"),
        ("https://scripts.example.test:22/", "default port"),
        ("https://scripts.example.test:x/", "not valid"),
        ("https://[::1/", "not valid"),
        ("https://127.0.0.1/app.js", "not on the public internet"),
        ("https://[::1]/app.js", "not on the public internet"),
        ("https://[::ffff:10.0.0.1]/app.js", "not on the public internet"),
        ("https://169.254.169.254/latest/meta-data", "not on the public internet"),
        ("https://unknown.example.test/", "resolved"),
        (f"https://{HOST}/a b", "failed"),
        (f"https://{HOST}/a\r\nX-Injected: 1", "failed|not valid|404"),
        (f"https://{HOST}/\u00fc", "failed"),
        (f"https://{'a' * 70}\u00fc.example.test/", "not valid"),
    ],
)
def test_other_addresses_are_refused(server: Server, url: str, part: str) -> None:
    for host in ("127.0.0.1", "::1", "::ffff:10.0.0.1", "169.254.169.254"):
        server.hosts[host] = [[host]]
    try:
        answer = server.get(url)
    except OutboundError as error:
        assert any(word in str(error) for word in part.split("|"))  # noqa: PT017
    else:
        # The line break was taken out of the address; nothing was injected.
        assert answer.status == 404
        assert "\r\nX-Injected" not in server.asked[0]


@pytest.mark.parametrize("status", ["301 A", "302 B", "303 C", "307 D", "308 E"])
def test_redirects_are_followed(server: Server, status: str) -> None:
    server.hosts["cdn.example.test"] = [[PUBLIC]]
    server.answers["/app.js"] = reply(status, b"", "Location: https://cdn.example.test/new.js")
    server.answers["/new.js"] = reply("200 OK", b"new")
    answer = server.get()
    assert (answer.body, answer.url) == (b"new", "https://cdn.example.test/new.js")


def test_three_redirects_are_the_most(server: Server) -> None:
    for number in range(4):
        server.answers[f"/{number}"] = reply("302 Found", b"", f"Location: /{number + 1}")
    server.answers["/4"] = reply("200 OK", b"end")
    assert server.get(f"https://{HOST}/1").body == b"end"
    assert_refused(server, f"https://{HOST}/0", "redirects too often")


@pytest.mark.parametrize(
    ("location", "part"),
    [
        ("http://scripts.example.test/x", "https"),
        ("https://scripts.example.test:8080/x", "default port"),
        ("https://user@scripts.example.test/x", "credentials"),
        ("https://inside.example.test/x", "not on the public internet"),
        ("//inside.example.test/x", "not on the public internet"),
        ("https://127.0.0.1/x", "not on the public internet"),
        ("file:///etc/passwd", "https"),
        ("https://[::1/", "none|not valid"),
    ],
)
def test_each_redirect_is_checked_like_the_first_address(server: Server, location: str, part: str) -> None:
    server.hosts |= {"inside.example.test": [["10.1.2.3"]], "127.0.0.1": [["127.0.0.1"]]}
    server.answers["/app.js"] = reply("302 Found", b"", f"Location: {location}")
    assert_refused(server, URL, part)
    assert len(server.asked) == 1


def test_a_redirect_to_nowhere_is_an_answer(server: Server) -> None:
    server.answers["/app.js"] = reply("302 Found")
    assert server.get().status == 302


def test_the_certificate_must_be_valid_for_the_name(server: Server) -> None:
    server.hosts["other.example.test"] = [[PUBLIC]]
    assert_refused(server, "https://other.example.test/app.js", "SSLCertVerificationError")
    assert server.asked == []


def test_the_certificate_must_be_trusted(server: Server) -> None:
    assert_refused(server, URL, "SSLCertVerificationError", tls=ssl.create_default_context())
    assert server.asked == []


def test_sizes_are_limited(server: Server) -> None:
    server.answers["/app.js"] = reply("200 OK", b"x" * 1_000)
    assert len(server.get().body) == 1_000
    server.answers["/app.js"] = reply("200 OK", b"x" * 1_001)
    assert_refused(server, URL, "too large")
    server.answers["/app.js"] = reply("200 OK", b"x", length=10**9)
    assert_refused(server, URL, "too large")
    server.answers["/app.js"] = b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 1_001
    assert_refused(server, URL, "too large")
    chunk = b"400\r\n" + b"x" * 0x400 + b"\r\n"
    server.answers["/app.js"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 2 + b"0\r\n\r\n"
    assert_refused(server, URL, "too large")


def test_half_an_answer_is_none(server: Server) -> None:
    server.answers["/app.js"] = reply("200 OK", b"half", length=8)
    assert_refused(server, URL, "not complete|failed")


def test_compressed_answers_are_refused(server: Server) -> None:
    server.answers["/app.js"] = reply("200 OK", b"\x1f\x8b", "Content-Encoding: gzip")
    assert_refused(server, URL, "compressed")


def test_what_is_no_http_is_refused(server: Server) -> None:
    server.answers["/app.js"] = b"SSH-2.0-OpenSSH\r\n"
    assert_refused(server, URL, "failed")
    server.answers["/app.js"] = b""
    assert_refused(server, URL, "failed")


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"],
)
def test_a_server_that_drips_is_left_at_the_deadline(server: Server, start: bytes) -> None:
    def drip(connection: socket.socket, head: str) -> None:
        connection.sendall(start)
        for _ in range(40):
            time.sleep(0.1)
            connection.sendall(b"x")

    server.answers["/app.js"] = drip
    started = time.monotonic()
    assert_refused(server, URL, "too long", limits=Limits(size=1_000, seconds=0.5))
    assert time.monotonic() - started < 2


def test_a_server_that_says_nothing_in_the_handshake_is_left(server: Server) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        server.port = listener.getsockname()[1]
        assert_refused(server, URL, "too long", limits=Limits(size=1, seconds=0.3))


def test_a_resolver_that_hangs_is_left(server: Server) -> None:
    released = threading.Event()

    def hang(host: str) -> list[str]:
        released.wait(5)
        return [PUBLIC]

    with pytest.raises(OutboundError, match="too long"):
        Outbound(hang, server.connect, server.trust).get(URL, limits=Limits(size=1, seconds=0.2))
    released.set()


def test_a_second_address_is_tried_when_the_first_cannot_be_reached(server: Server) -> None:
    server.answers["/app.js"] = reply("200 OK", b"ok")
    server.hosts[HOST] = [["8.8.8.8", PUBLIC, "1.1.1.1"]]
    tried = []

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        tried.append(address)
        if address == "8.8.8.8":
            raise ConnectionRefusedError
        return server.connect(address, port, seconds)

    assert Outbound(server.resolve, connect, server.trust).get(URL, limits=LIMITS).body == b"ok"
    assert tried == ["8.8.8.8", PUBLIC]


def test_nobody_there_is_a_refusal(server: Server) -> None:
    def refuse(address: str, port: int, seconds: float) -> socket.socket:
        raise ConnectionRefusedError

    with pytest.raises(OutboundError, match="ConnectionRefusedError"):
        Outbound(server.resolve, refuse, server.trust).get(URL, limits=LIMITS)


def test_names_are_resolved_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [entry, entry])
    assert http.resolve(HOST) == [PUBLIC]
