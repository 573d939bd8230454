"""The operator's MaxMind database."""

from __future__ import annotations

import ipaddress
import logging
import os
import struct
from pathlib import Path
from typing import Any

import pytest

from events.ingest.steps.geo_database import GeoDatabase, Place, cached_finder, read_place

RECORD: dict[str, Any] = {
    "country": {"iso_code": "US"},
    "subdivisions": [{"iso_code": "TX"}, {"iso_code": "X2"}],
    "city": {"names": {"de": "Anders", "en": "Richardson"}},
    "location": {"latitude": 32.9483, "longitude": -96.7299},
}
PLACE = Place("32.9483,-96.7299", {"country": "US", "level1": "TX", "locality": "Richardson"})


def encoded(value: Any) -> bytes:
    """A value in the database's format: texts and collections of up to 28 items, integers as (bytes, value)."""
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b"".join(encoded(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(encoded, value))
    if isinstance(value, str):
        return bytes([2 << 5 | len(value)]) + value.encode()
    if isinstance(value, float):
        return bytes([3 << 5 | 8]) + struct.pack(">d", value)
    size, number = value
    kind = {2: bytes([5 << 5 | 2]), 4: bytes([6 << 5 | 4]), 8: bytes([8, 9 - 7])}[size]
    return kind + int(number).to_bytes(size, "big")


def database(record: Any, address: str) -> bytes:
    """A database that knows one IPv4 address."""
    bits = f"{int(ipaddress.IPv4Address(address)):032b}"
    nodes = b""
    for position, bit in enumerate(bits):
        following = position + 1 if position < 31 else 32 + 16
        pair = (following, 32) if bit == "0" else (32, following)
        nodes += b"".join(number.to_bytes(3, "big") for number in pair)
    metadata = {
        "binary_format_major_version": (2, 2),
        "binary_format_minor_version": (2, 0),
        "build_epoch": (8, 1_700_000_000),
        "database_type": "Test-City",
        "description": {"en": "one address"},
        "ip_version": (2, 4),
        "languages": ["en"],
        "node_count": (4, 32),
        "record_size": (2, 24),
    }
    return nodes + bytes(16) + encoded(record) + b"\xab\xcd\xefMaxMind.com" + encoded(metadata)


def replace(path: Path, content: bytes, modified: int) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    os.utime(fresh, (modified, modified))
    fresh.replace(path)


def test_an_address_is_found_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "city.mmdb"
    path.write_bytes(database(RECORD, "8.8.8.8"))
    find_place = GeoDatabase(lambda: path)
    assert find_place("8.8.8.8") == PLACE
    assert find_place("9.9.9.9") is None
    assert find_place("2001:4860:4860::8888") is None


def test_a_new_file_is_noticed_within_a_minute(tmp_path: Path) -> None:
    now = [0.0]
    path = tmp_path / "city.mmdb"
    find_place = GeoDatabase(lambda: str(path), lambda: now[0])
    assert find_place("8.8.8.8") is None
    replace(path, database(RECORD, "8.8.8.8"), 1000)
    assert find_place("8.8.8.8") is None
    now[0] = 60
    assert find_place("8.8.8.8") == PLACE
    replace(path, database(RECORD, "9.9.9.9"), 2000)
    now[0] = 120
    assert find_place("8.8.8.8") is None
    assert find_place("9.9.9.9") == PLACE
    path.unlink()
    now[0] = 180
    assert find_place("9.9.9.9") is None


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_a_bad_file_is_logged_once_and_finds_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    now = [0.0]
    path = tmp_path / "city.mmdb"
    if content is not None:
        path.write_bytes(content)
    find_place = GeoDatabase(lambda: path, lambda: now[0])
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            assert find_place("8.8.8.8") is None
            now[0] += 100
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_no_database_is_logged_once_and_finds_nothing(caplog: pytest.LogCaptureFixture) -> None:
    find_place = GeoDatabase(lambda: None)
    with caplog.at_level(logging.INFO):
        assert [find_place("8.8.8.8"), find_place("9.9.9.9")] == [None, None]
    assert [record.levelname for record in caplog.records] == ["INFO"]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (RECORD, PLACE),
        ({"location": {"latitude": 1, "longitude": 2}}, Place("1.0,2.0", {})),
        ({"location": {"latitude": 1.0}}, None),
        ({"location": {"latitude": "1", "longitude": "2"}}, None),
        ({"location": {"latitude": 100.0, "longitude": 2.0}}, None),
        ({"country": {"iso_code": "US"}}, None),
        ({**RECORD, "subdivisions": []}, Place(PLACE.geo, {"country": "US", "locality": "Richardson"})),
        ({**RECORD, "subdivisions": "x", "city": {}}, Place(PLACE.geo, {"country": "US"})),
        (None, None),
        ("text", None),
    ],
)
def test_a_record_without_a_position_is_no_place(record: Any, expected: Place | None) -> None:
    assert read_place(record) == expected


def test_an_address_is_looked_up_once() -> None:
    asked: list[str] = []

    def record_of(address: str) -> Any:
        asked.append(address)
        return RECORD

    find_place = cached_finder(record_of)
    assert [find_place("8.8.8.8") for _ in range(3)] == [PLACE] * 3
    assert asked == ["8.8.8.8"]
