"""Where an IP address is, by the operator's own MaxMind City database."""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import maxminddb

from events.ingest.steps.coordinates import format_coordinates

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 60


class Place(NamedTuple):
    """A position (`lat,lon`) and the `@location` entries known of it; the mapping is not to be changed."""

    geo: str
    location: Mapping[str, str]


class PlaceFinder(Protocol):
    """Anything that finds the place of a public IP address."""

    def __call__(self, address: str) -> Place | None: ...


def no_places(address: str) -> Place | None:
    """The finder of a server without a database."""
    return None


class GeoDatabase:
    """A finder over the database file whose path `path()` gives; None or a missing file finds nothing.

    A file that was added, replaced or removed is noticed within a minute. The replacement must be a rename:
    the open file is mapped into memory. `seconds` is the clock to measure by.
    """

    def __init__(
        self, path: Callable[[], str | os.PathLike[str] | None], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._seconds = seconds
        self._look_again_at = -math.inf
        self._seen: object = ...
        self._find: PlaceFinder = no_places

    def __call__(self, address: str) -> Place | None:
        if self._seconds() >= self._look_again_at:
            self._look_again_at = self._seconds() + _SECONDS_BETWEEN_LOOKS
            self._refresh()
        return self._find(address)

    def _refresh(self) -> None:
        path = self._path()
        state = _file_state(path)
        if state != self._seen:
            self._seen = state
            self._find = _open(path)


def _file_state(path: str | os.PathLike[str] | None) -> tuple[str, int, int] | None:
    if path is None:
        return None
    try:
        status = os.stat(path)
    except OSError:
        return (os.fspath(path), 0, 0)
    return (os.fspath(path), status.st_mtime_ns, status.st_size)


def _open(path: str | os.PathLike[str] | None) -> PlaceFinder:
    if path is None:
        logger.info("No geo database is configured; events keep only coordinates of their own")
        return no_places
    try:
        reader = maxminddb.open_database(Path(path))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        logger.warning("The geo database cannot be opened: %s", type(error).__name__)
        return no_places
    return cached_finder(reader.get)


def cached_finder(record_of: Callable[[str], Any]) -> PlaceFinder:
    """A finder over a function from address to City record, with the last thousands of answers at hand."""

    @lru_cache(maxsize=8192)
    def find(address: str) -> Place | None:
        try:
            return read_place(record_of(address))
        except (ValueError, maxminddb.InvalidDatabaseError):
            return None

    return find


def read_place(record: Any) -> Place | None:
    """The place in a City record; None without a position."""
    position = _member(record, "location")
    latitude, longitude = _member(position, "latitude"), _member(position, "longitude")
    if not (isinstance(latitude, float | int) and isinstance(longitude, float | int)):
        return None
    geo = format_coordinates(latitude, longitude)
    return Place(geo, _location(record)) if geo else None


def _location(record: Any) -> dict[str, str]:
    subdivisions = _member(record, "subdivisions")
    first = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else None
    named = {
        "country": _member(_member(record, "country"), "iso_code"),
        "level1": _member(first, "iso_code"),
        "locality": _member(_member(_member(record, "city"), "names"), "en"),
    }
    return {key: value for key, value in named.items() if isinstance(value, str) and value}


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
