"""Unicode words: the part of UAX #29 that search engines' standard tokenizer follows."""

from __future__ import annotations

import re
import unicodedata

MAX_WORD = 255

# Written one character at a time without spaces between words.
_IDEOGRAPHS = "\u3041-\u3096\u309d-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII_WORD = re.compile(r"[A-Za-z0-9_]+(?:(?:(?<=[A-Za-z])[.:'](?=[A-Za-z])|(?<=[0-9])[.,;'](?=[0-9]))[A-Za-z0-9_]+)*")


def _marks() -> str:
    """Combining and format characters of the basic plane as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\u{low:04x}-\\u{high:04x}" for low, high in ranges)


_MARKS = _marks() + "\u200d"
_LETTER = r"[^\W\d_]"
_PART = rf"(?:(?![{_IDEOGRAPHS}])[\w{_MARKS}])+"
_BETWEEN_LETTERS = "[.:'\u00b7\u0387\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a]"
_BETWEEN_DIGITS = (
    "[.,;'\u037e\u0589\u060c\u066c\u2018\u2019\u2024\u2044\ufe10\ufe14\ufe50\ufe52\uff07\uff0c\uff0e\uff1b]"
)
_WORD = re.compile(
    rf"[{_IDEOGRAPHS}][{_MARKS}]*"
    rf"|{_PART}(?:(?:(?<=[^\W\d_{_IDEOGRAPHS}]){_BETWEEN_LETTERS}(?=(?![{_IDEOGRAPHS}]){_LETTER})"
    rf"|(?<=\d){_BETWEEN_DIGITS}(?=\d)){_PART})*"
)


def lower(text: str) -> str:
    """Lower case, with one form of sigma, so that a part of a text equals the same part alone."""
    return text.lower() if text.isascii() else text.lower().replace("\u03c2", "\u03c3")


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; a word longer than 255 characters is cut into several."""
    found = (_ASCII_WORD if text.isascii() else _WORD).findall(lower(text))
    if len(text) > MAX_WORD and any(len(word) > MAX_WORD for word in found):
        found = [word[start : start + MAX_WORD] for word in found for start in range(0, len(word), MAX_WORD)]
    return [word for word in found if word.strip("_")] if "_" in text else found
