"""Where an event happened."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.context import EventContext
from events.ingest.steps import geo
from events.ingest.steps.geo_database import Place
from tests.ingest.steps.contexts import make_context, make_submission

PLACES = {
    "8.8.8.8": Place("32.94,-96.7", {"country": "US", "level1": "TX", "locality": "Richardson"}),
    "9.9.9.9": Place("47.36,8.55", {"country": "CH"}),
    "2001:4860:4860::8888": Place("1.0,2.0", {}),
}


def find_place(address: str) -> Place | None:
    return PLACES.get(address)


def located(
    text: str | None, data: dict[str, Any] | None = None, ip_address: str | None = None, *, is_found: bool = True
) -> EventContext:
    data = {"@location": {"country": "sent"}, **(data or {})}
    context = make_context(geo=text, data=data, submission=make_submission(ip_address))
    geo.run([context], **({"find_place": find_place} if is_found else {}))
    assert context.error is None
    return context


@pytest.mark.parametrize("is_found", [True, False])
def test_coordinates_of_the_sender_are_normalized_and_the_location_goes(is_found: bool) -> None:
    context = located("40,-70", ip_address="8.8.8.8", is_found=is_found)
    assert context.event.geo == "40.0,-70.0"
    assert "@location" not in context.event.data


@pytest.mark.parametrize(
    ("text", "data", "ip_address", "expected"),
    [
        ("8.8.8.8", {}, None, "8.8.8.8"),
        ("8.8.8.8:80", {}, "9.9.9.9", "8.8.8.8"),
        ("2001:4860:4860::8888", {}, "9.9.9.9", "2001:4860:4860::8888"),
        (None, {}, "8.8.8.8", "8.8.8.8"),
        ("nowhere", {}, "8.8.8.8", "8.8.8.8"),
        ("190,180", {}, "8.8.8.8", "8.8.8.8"),
        (None, {"@request": {"client_ip_address": "127.0.0.1, 8.8.8.8"}}, "9.9.9.9", "8.8.8.8"),
        (None, {"@request": {"client_ip_address": "10.0.0.1"}}, "9.9.9.9", "9.9.9.9"),
        (None, {"@environment": {"ip_address": "8.8.8.8:1234"}}, "9.9.9.9", "8.8.8.8"),
        (
            None,
            {"@request": {"client_ip_address": "8.8.8.8"}, "@environment": {"ip_address": "9.9.9.9"}},
            None,
            "8.8.8.8",
        ),
        ("9.9.9.9", {"@request": {"client_ip_address": "8.8.8.8"}}, None, "9.9.9.9"),
        (None, {"@request": {"client_ip_address": 5}, "@environment": "text"}, "8.8.8.8", "8.8.8.8"),
        ("4.4.4.4", {"@request": {"client_ip_address": "4.4.4.4"}}, "8.8.8.8", "8.8.8.8"),
    ],
)
def test_the_first_known_public_address_gives_the_place(
    text: str | None, data: dict[str, Any], ip_address: str | None, expected: str
) -> None:
    event = located(text, data, ip_address).event
    assert event.geo == PLACES[expected].geo
    assert event.data.get("@location", {}) == PLACES[expected].location


@pytest.mark.parametrize("text", [None, "", "nowhere", "190,180", "10.0.0.1", "4.4.4.4", "127.0.0.1"])
@pytest.mark.parametrize("is_found", [True, False])
def test_without_a_place_neither_geo_nor_location_stays(text: str | None, is_found: bool) -> None:
    event = located(text, ip_address="192.168.0.1", is_found=is_found).event
    assert event.geo is None
    assert "@location" not in event.data


def test_events_do_not_share_a_location() -> None:
    first, second = located("8.8.8.8"), located("8.8.8.8")
    first.event.data["@location"]["country"] = "changed"
    assert second.event.data["@location"]["country"] == "US"
