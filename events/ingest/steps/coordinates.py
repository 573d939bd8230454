"""Positions on earth as the wire writes them: `40.0,-70.0`."""

from __future__ import annotations

import re

_NUMBER = r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*"
_PAIR = re.compile(rf"{_NUMBER},{_NUMBER}", re.ASCII)
_LONGEST = 100


def normalize_coordinates(text: str) -> str | None:
    """`lat,lon` with one to eight fraction digits each; None when it is no pair of degrees in range."""
    match = _PAIR.fullmatch(text) if len(text) <= _LONGEST else None
    return format_coordinates(float(match[1]), float(match[2])) if match else None


def format_coordinates(latitude: float, longitude: float) -> str | None:
    """The wire text of a position in degrees; None when out of range."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return f"{_degrees(latitude)},{_degrees(longitude)}"


def _degrees(value: float) -> str:
    # Adding zero turns the negative zero that rounding may leave into a plain one.
    whole, fraction = f"{round(value, 8) + 0.0:.8f}".split(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"
