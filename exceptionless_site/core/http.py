"""Requests to addresses that others chose: only public machines, small answers, no waiting.

    answer = Outbound().get("https://example.com/app.js.map", limits=Limits(size=1_000_000))
    answer = Outbound(reach=WEB_HOOKS).post("https://example.com/hook", body, limits=Limits(size=10_000))

A host name is resolved once, and the connection goes to an address that was looked at: a name that resolves to
something else a moment later (DNS rebinding) gains nothing. The certificate must be valid for the name.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urljoin, urlsplit

HTTPS_PORT = 443
_PORTS = {"http": 80, "https": HTTPS_PORT}
USER_AGENT = "Exceptionless"

_REDIRECTS = (301, 302, 303, 307, 308)
_ADDRESSES_TRIED = 2
# Ranges that are global by the registry, yet lead to an IPv4 address inside or to the nearest relay.
_TUNNELS = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "2002::/16", "2001::/32", "64:ff9b::/96")))
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")

Resolver = Callable[[str], Sequence[str]]
Connector = Callable[[str, int, float], socket.socket]
"""From an IP address, a port and the seconds left to a connected socket."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class OutboundError(Exception):
    """The request was refused or failed; the text says why, without anything the other side sent."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` is the most bytes of a body, `seconds` the most time for all of a request with its redirects.

    With `ignores_body` only the status and the headers are waited for.
    """

    size: int
    seconds: float = 3.0
    redirects: int = 3
    ignores_body: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Which servers may be asked: by https on its own port alone, unless `any_port` also lets in http and all ports.

    `networks` are asked although they are not on the public internet: the operator names them.
    """

    any_port: bool = False
    networks: tuple[Network, ...] = ()

    def allows(self, address: str) -> bool:
        return is_public(address) or self._is_named(address)

    def _is_named(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks if network.version == found.version)


@dataclass(frozen=True, slots=True)
class Answer:
    """`url` is the address after all redirects; names of headers are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, by every form in which it may be written."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(found in network for network in _TUNNELS if network.version == found.version):
        return False
    if isinstance(found, ipaddress.IPv6Address):
        # Mapped, compatible, translated, link-local, site-local and unique local addresses are all outside of it.
        return found in _GLOBAL_UNICAST and found.is_global
    return found.is_global and not found.is_multicast and not found.is_reserved


def resolve(host: str) -> list[str]:
    """The IP addresses of a host name. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), seconds)


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises OutboundError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutboundError("The server took too long.")
        return left


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    limits: Limits
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True)
class Outbound:
    """What makes the requests; the parts that touch the network can be given."""

    resolve: Resolver = resolve
    connect: Connector = connect
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    reach: Reach = Reach()

    def get(self, url: str, *, limits: Limits, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer of any status that is no redirect. Raises OutboundError."""
        deadline = _Deadline(limits.seconds)
        request = _Request("GET", limits, headers or {})
        for _ in range(limits.redirects + 1):
            answer = self._ask(url, request, deadline)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            try:
                url = urljoin(url, location)
            except ValueError:
                raise OutboundError("The server redirects to an address that is none.") from None
        raise OutboundError("The server redirects too often.")

    def post(self, url: str, body: bytes, *, limits: Limits, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer of any status; a redirect is an answer like others and is not followed. Raises OutboundError."""
        return self._ask(url, _Request("POST", limits, headers or {}, body), _Deadline(limits.seconds))

    def _ask(self, url: str, request: _Request, deadline: _Deadline) -> Answer:
        parts, host = checked_address(url, self.reach)
        addresses = self._allowed_addresses(host, deadline)
        port = parts.port or _PORTS[parts.scheme]
        tls = self.tls if parts.scheme == "https" else None
        try:
            with closing(_Connection(host, port, self._open(addresses, port, deadline), tls)) as connection:
                with _Watchdog(connection, deadline):
                    answer = _exchange(connection, parts, request)
                # An answer that the watchdog cut off may look whole.
                deadline.left()
                return answer
        except OutboundError:
            # Half an answer, perhaps because the watchdog cut it off.
            deadline.left()
            raise
        except (OSError, HTTPException, ValueError) as error:
            deadline.left()
            raise OutboundError(f"The request failed: {type(error).__name__}.") from None

    def _allowed_addresses(self, host: str, deadline: _Deadline) -> list[str]:
        try:
            addresses = _within(deadline, lambda: self.resolve(host))
        except (OSError, UnicodeError):
            raise OutboundError("The host name cannot be resolved.") from None
        allowed = [address for address in addresses if self.reach.allows(address)]
        if not allowed:
            raise OutboundError("The host is not on the public internet.")
        return allowed[:_ADDRESSES_TRIED]

    def _open(self, addresses: Sequence[str], port: int, deadline: _Deadline) -> socket.socket:
        *others, last = addresses
        for address in others:
            try:
                return self.connect(address, port, deadline.left() / 2)
            except OSError:
                continue
        return self.connect(last, port, deadline.left())


def checked_address(url: str, reach: Reach = Reach()) -> tuple[SplitResult, str]:
    """The parts of an address within reach, and its host. Raises OutboundError."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
        if not host.isascii():
            host = host.encode("idna").decode()
    except ValueError:
        raise OutboundError("The address is not valid.") from None
    schemes = tuple(_PORTS) if reach.any_port else ("https",)
    if parts.scheme not in schemes or not host or "@" in parts.netloc:
        raise OutboundError(f"Only {' and '.join(schemes)} addresses without credentials are asked.")
    if port not in (None, HTTPS_PORT) and not reach.any_port:
        raise OutboundError("Only the default port of https is asked.")
    return parts, host


def _within(deadline: _Deadline, function: Callable[[], Sequence[str]]) -> Sequence[str]:
    """The result of a call that knows no time-out; a call that is given up ends in its own time, unheard."""
    outcome: Future[Sequence[str]] = Future()

    def run() -> None:
        try:
            outcome.set_result(function())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True, name="resolve").start()
    try:
        return outcome.result(deadline.left())
    except TimeoutError:
        raise OutboundError("The server took too long.") from None


class _Connection(HTTPConnection):
    """Speaks over a socket that is connected already; the name is for the certificate and the `Host` header."""

    def __init__(self, host: str, port: int, plain: socket.socket, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        # The `Host` header names the port only when it is not the usual one.
        self.default_port = HTTPS_PORT if context else _PORTS["http"]
        self.tls: ssl.SSLSocket | None = None
        # The connection itself lets go of its socket as soon as an answer that ends with it has begun.
        self.sock = self.held = plain
        if context is None:
            return
        try:
            # Without the handshake, which must happen under the watchdog.
            self.tls = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            plain.close()
            raise
        self.sock = self.held = self.tls


class _Watchdog:
    """Ends the connection at the deadline: the time-out of a socket starts anew with each byte that arrives."""

    def __init__(self, connection: _Connection, deadline: _Deadline) -> None:
        self._connection = connection
        self._timer = threading.Timer(deadline.left(), self._abort)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def _abort(self) -> None:
        # Not the TLS object's own shutdown, which would wait for the other side's consent.
        with suppress(OSError):
            socket.socket.shutdown(self._connection.held, socket.SHUT_RDWR)


def _exchange(connection: _Connection, parts: SplitResult, request: _Request) -> Answer:
    if connection.tls is not None:
        connection.tls.do_handshake()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **request.headers}
    connection.request(request.method, path, body=request.body, headers=headers)
    with connection.getresponse() as response:
        names = {name.lower(): value for name, value in response.getheaders()}
        is_read = response.status not in _REDIRECTS and not request.limits.ignores_body
        body = _read(response, names, request.limits.size) if is_read else b""
        return Answer(parts.geturl(), response.status, names, body)


def _read(response: HTTPResponse, headers: Mapping[str, str], size: int) -> bytes:
    if headers.get("content-encoding", "identity").lower() != "identity":
        # What was asked for is the file as it is; an unpacked one may be of any size.
        raise OutboundError("The server sends a compressed answer.")
    # A length of None is that of an answer in chunks, or one that ends with the connection.
    if response.length is not None and response.length > size:
        raise OutboundError("The answer is too large.")
    expected = response.length
    body = response.read(size + 1)
    if len(body) > size:
        raise OutboundError("The answer is too large.")
    if expected is not None and len(body) < expected:
        raise OutboundError("The answer is not complete.")
    return body
