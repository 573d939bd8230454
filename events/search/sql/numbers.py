"""Numbers as texts that sort like the numbers, so that a range of numbers is a handful of prefixes."""

from __future__ import annotations

import struct

DIGITS = 16
"""Hexadecimal digits of an encoded number."""

_SIGN = 1 << 63
_ALL = (1 << 64) - 1


def encode_number(number: float) -> str:
    """Sixteen hexadecimal digits that sort like the numbers do; minus zero is zero."""
    return f"{_position(number):016x}"


def _position(number: float) -> int:
    """The place of a double among all doubles: an integer that grows with it."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    return int(bits ^ _ALL if bits & _SIGN else bits | _SIGN)


def range_prefixes(
    lower: float | None, upper: float | None, *, includes_lower: bool = True, includes_upper: bool = True
) -> list[str]:
    """The fewest prefixes that together stand for exactly the encoded numbers of a range; at most a few hundred.

    A prefix of all sixteen digits is one number. An open end is None.
    """
    first = 0 if lower is None else _position(lower) + (not includes_lower)
    last = _ALL if upper is None else _position(upper) - (not includes_upper)
    prefixes = []
    while first <= last:
        length = _block_length(first, last)
        prefixes.append(f"{first:016x}"[: DIGITS - length])
        first += 1 << 4 * length
    return prefixes


def _block_length(first: int, last: int) -> int:
    """How many trailing digits may be anything in the greatest block that starts at `first` and ends by `last`."""
    length = 0
    while length < DIGITS and first % (16 << 4 * length) == 0 and first + (16 << 4 * length) - 1 <= last:
        length += 1
    return length
