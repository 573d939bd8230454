"""Numbers as results have them."""

from __future__ import annotations

import math
from collections.abc import Sequence

_DIGITS = 15
_LARGEST_WHOLE = 2.0**53


def rounded(value: float) -> float:
    """To 15 digits: the order in which numbers are added up differs from database to database, and shows beyond."""
    return float(f"{value:.{_DIGITS}g}")


def wire_number(value: float | None) -> float | None:
    """Whole numbers without a fraction; None for what JSON cannot hold."""
    if value is None or isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < _LARGEST_WHOLE else value


def percentile(ascending: Sequence[float], percent: float) -> float | None:
    """The value at a percentage of the way from the least to the greatest, between two values on the line there."""
    if not ascending:
        return None
    place = (len(ascending) - 1) * percent / 100
    low = math.floor(place)
    if low + 1 >= len(ascending) or place == low:
        return ascending[low]
    part = place - low
    return ascending[low] * (1 - part) + ascending[low + 1] * part
