"""The address a server listens on: is it free, does it answer."""

from __future__ import annotations

import errno
import http.client
import socket

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with, not bound to
_PROBE_SECONDS = 2.0


class AddressUnusable(Exception):  # noqa: N818 - its text is the sentence for the operator
    pass


def check_free(host: str, port: int) -> None:
    """Raises AddressUnusable when no server can listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, OverflowError):
        raise AddressUnusable(f"{host} is no address of this machine.") from None
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: connections of an earlier server that are still fading away do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise AddressUnusable(_reason(host, port, error)) from None


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program; stop it or choose another one with --port."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} may not be used by this user; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine."
    return f"Port {port} on {host} cannot be used: {error.strerror}."


def answers(host: str, port: int, path: str) -> bool:
    """Whether a server there answers an HTTP request, with whatever status but a failure of its own."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=_PROBE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
