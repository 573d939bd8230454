"""Places in filters: `geo:"40,-70"~75mi` and `geo:[40,-70..30,-60]`."""

from __future__ import annotations

import re
from typing import NamedTuple

from events.search.errors import FilterValueError

DEFAULT_DISTANCE = "10mi"

_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*", re.ASCII)
_DISTANCE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]*)", re.ASCII | re.IGNORECASE)
_METRES = {
    "": 1.0,
    "m": 1.0,
    "km": 1000.0,
    "cm": 0.01,
    "mm": 0.001,
    "mi": 1609.344,
    "miles": 1609.344,
    "yd": 0.9144,
    "ft": 0.3048,
    "in": 0.0254,
    "nmi": 1852.0,
}


class Point(NamedTuple):
    """Degrees."""

    latitude: float
    longitude: float


def parse_point(text: str) -> Point:
    """`latitude,longitude`. Raises FilterValueError."""
    match = _POINT.fullmatch(text)
    point = Point(float(match[1]), float(match[2])) if match else None
    if point is None or abs(point.latitude) > 90 or abs(point.longitude) > 180:
        raise FilterValueError(f"{text} is not a place; write latitude,longitude")
    return point


def parse_distance(text: str) -> float:
    """Metres, of a number and a unit such as `75mi`; a number alone is metres. Raises FilterValueError."""
    match = _DISTANCE.fullmatch(text.strip())
    factor = _METRES.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise FilterValueError(f"{text} is not a distance; write a number and a unit such as 75mi or 10km")
    return float(match[1]) * factor
