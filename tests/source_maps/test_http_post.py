"""Posting to addresses that others chose, inside the network only where the operator lets it in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import pytest

from exceptionless_site.core.http import Limits, Outbound, OutboundError, Reach
from tests.notifications.receiver import Receiver, receiving

LIMITS = Limits(size=1_000, seconds=2.0)
LOOPBACK = Reach(any_port=True, networks=(ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8")))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_the_body_arrives_and_the_answer_comes_back(receiver: Receiver) -> None:
    headers = {"Content-Type": "application/json"}
    answer = Outbound(reach=LOOPBACK).post(receiver.url("/a?b=c"), b"{}", limits=LIMITS, headers=headers)
    assert (answer.status, answer.body) == (200, b"ok")
    ((path, sent, body),) = receiver.received
    assert (path, body, sent["content-type"]) == ("/a?b=c", b"{}", "application/json")
    assert (sent["host"], sent["user-agent"]) == (f"127.0.0.1:{receiver.port}", "Exceptionless")


@pytest.mark.parametrize(
    ("reach", "text"),
    [
        (Reach(), "Only https addresses"),
        (Reach(any_port=True), "not on the public internet"),
        (Reach(any_port=True, networks=(ipaddress.ip_network("10.0.0.0/8"),)), "not on the public internet"),
        (Reach(networks=(ipaddress.ip_network("127.0.0.0/8"),)), "Only https addresses"),
    ],
)
def test_what_is_out_of_reach_is_not_asked(receiver: Receiver, reach: Reach, text: str) -> None:
    with pytest.raises(OutboundError, match=text):
        Outbound(reach=reach).post(receiver.url(), b"{}", limits=LIMITS)
    assert receiver.received == []


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http://user:secret@127.0.0.1/", "http:///hook", "file:///etc/passwd"]
)
def test_no_other_addresses_are_asked(url: str) -> None:
    with pytest.raises(OutboundError, match="Only http and https addresses without credentials"):
        Outbound(reach=LOOPBACK).post(url, b"{}", limits=LIMITS)


def test_a_redirect_is_an_answer(receiver: Receiver) -> None:
    receiver.statuses = [307]
    assert Outbound(reach=LOOPBACK).post(receiver.url(), b"{}", limits=LIMITS).status == 307
    assert len(receiver.received) == 1


def test_a_long_answer_is_refused_unless_nobody_reads_it(receiver: Receiver) -> None:
    receiver.body = b"x" * 2_000
    with pytest.raises(OutboundError, match="too large"):
        Outbound(reach=LOOPBACK).post(receiver.url(), b"{}", limits=LIMITS)
    unread = Limits(size=0, seconds=2.0, ignores_body=True)
    answer = Outbound(reach=LOOPBACK).post(receiver.url(), b"{}", limits=unread)
    assert (answer.status, answer.body) == (200, b"")


def test_other_ports_on_the_public_internet_are_asked_where_they_are_let_in() -> None:
    asked: list[tuple[str, int]] = []

    def refuse(address: str, port: int, seconds: float) -> None:
        asked.append((address, port))
        raise ConnectionRefusedError

    outbound = Outbound(lambda host: ["93.184.215.14"], refuse, reach=Reach(any_port=True))  # type: ignore[arg-type]
    for url in ("http://example.test/", "https://example.test:8443/"):
        with pytest.raises(OutboundError, match="ConnectionRefusedError"):
            outbound.post(url, b"", limits=LIMITS)
    assert asked == [("93.184.215.14", 80), ("93.184.215.14", 8443)]
