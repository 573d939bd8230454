"""Geohashes: cells of the earth's surface, named by their position in base 32, longitude's bit first."""

from __future__ import annotations

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
_BITS = 5


def geohash(latitude: float, longitude: float, precision: int) -> str:
    """The cell of `precision` characters in which a place (in degrees) lies."""
    bits = precision * _BITS
    across = _cell(longitude, 180.0, (bits + 1) // 2)
    up = _cell(latitude, 90.0, bits // 2)
    code = 0
    for position in range(bits):
        is_across = position % 2 == 0
        value, width = (across, (bits + 1) // 2) if is_across else (up, bits // 2)
        code = code << 1 | value >> (width - 1 - position // 2) & 1
    return "".join(_ALPHABET[code >> shift & 31] for shift in range(bits - _BITS, -1, -_BITS))


def _cell(degrees: float, largest: float, bits: int) -> int:
    """The number of the strip; the last one holds its upper edge too."""
    return min(int((degrees + largest) / (2 * largest) * (1 << bits)), (1 << bits) - 1)
