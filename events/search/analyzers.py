"""How texts become search tokens: pure functions, one pair (index side, search side) per kind of field.

Index side: a list of positions, each with the tokens that stand there. A phrase asks for tokens at consecutive
positions; where a whole value stands at one position, a phrase of two tokens never matches. Search side: a flat list,
one token per position. All tokens are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from events.search.words import lower, words

Positions = list[list[str]]

MAX_TYPE_NAME = 2000
MAX_TYPE_PARTS = 100

_COMMA_OR_SPACE = re.compile(r"[,\s]+")
_PATH_SEPARATORS = re.compile(r"[/\-.]+")
_LETTERS = re.compile(r"[^\W\d_]+")

_INNER = r"[^.()\[\]/\\{}?=&;:<>]+"
_INNER_SEPARATOR = re.compile(r"[.()\[\]/\\{}?=&;:<>]")
_PARTS = re.compile(_INNER)
_PAIRS = re.compile(rf"{_INNER}[./\\]{_INNER}")
_TRIPLES = re.compile(rf"{_INNER}[./\\]{_INNER}[./\\]{_INNER}")

_DOTTED_WORD = re.compile(r"\.(\w+)")
_OUTSIDE_PARENTHESES = re.compile(r"[^()]+")

_WORD_CHARACTERS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_TOP_LEVEL_DOMAINS = frozenset(["com", "net", "org", "info", "me", "edu", "mil", "gov", "biz", "co", "io", "dev"])

_VERSION_NUMBER = re.compile(r"(?:(?<=\.)|^)\d{1,4}(?=[.\-]|$)", re.ASCII)
_VERSION_HEADS = (
    re.compile(r"(\d+)\.", re.ASCII),
    re.compile(r"(\d+\.\d+)", re.ASCII),
    re.compile(r"(\d+\.\d+\.\d+)", re.ASCII),
)


@dataclass(frozen=True, slots=True)
class Analysis:
    """The two sides of one kind of field.

    `prefix_lengths`: a search token of that many characters (inclusive) matches as a prefix of an index token; other
    lengths match nothing. None: tokens match whole. `has_positions`: phrases of several tokens can match.
    `is_stacked`: several tokens may stand at one position.
    """

    name: str
    index: Callable[[str], Positions]
    search: Callable[[str], list[str]]
    prefix_lengths: tuple[int, int] | None = None
    has_positions: bool = True
    is_stacked: bool = False

    def index_tokens(self, text: str) -> list[str]:
        """All tokens of a value, each once, in order of appearance."""
        return list(dict.fromkeys(token for position in self.index(text) for token in position))


def whitespace_lower(text: str) -> list[str]:
    """Pieces between commas and white space."""
    return [piece for piece in _COMMA_OR_SPACE.split(lower(text)) if piece]


def lower_keyword(text: str) -> list[str]:
    """The whole value."""
    return [lower(text)] if text else []


def path_parts(text: str) -> list[str]:
    """Pieces between `/`, `-` and `.`."""
    return [piece for piece in _PATH_SEPARATORS.split(lower(text)) if piece]


def host_parts(text: str) -> list[str]:
    """Pieces between dots."""
    return [piece for piece in lower(text).split(".") if piece]


def letter_runs(text: str) -> list[str]:
    """Runs of letters; everything else separates."""
    return _LETTERS.findall(lower(text))


def version_search(text: str) -> list[str]:
    """Pieces between white space, with numbers of one to four digits padded to five."""
    return [_VERSION_NUMBER.sub(lambda match: match[0].zfill(5), piece) for piece in lower(text).split()]


def version_index(text: str) -> Positions:
    """Each padded piece with its major, major.minor and major.minor.patch."""
    return [_version_tokens(piece) for piece in version_search(text)]


def _version_tokens(piece: str) -> list[str]:
    heads = (pattern.match(piece) for pattern in _VERSION_HEADS)
    return _once([piece, *(head[1] for head in heads if head)])


def standard_plus(text: str) -> Positions:
    """Pieces between commas and white space, each with its parts and the runs of two and three parts."""
    return [_plus_tokens(piece) for piece in whitespace_lower(text)]


def _plus_tokens(piece: str) -> list[str]:
    if not _INNER_SEPARATOR.search(piece):
        return [piece]
    return _once([piece, *_PARTS.findall(piece), *_PAIRS.findall(piece), *_TRIPLES.findall(piece)])


def type_name(text: str) -> Positions:
    """Every dotted prefix of a type or method name, every word after a dot, and the texts without parentheses.

    Names beyond 2,000 characters or 100 dots are cut: the prefixes grow with the square of the length.
    """
    name = lower(text[:MAX_TYPE_NAME])
    if not name:
        return []
    dots = [index for index, character in enumerate(name) if character == "."][:MAX_TYPE_PARTS]
    prefixes = [name[:dot] for dot in dots if dot]
    plain = [prefix.replace(")", "(").rpartition("(")[2] for prefix in prefixes if "(" in prefix or ")" in prefix]
    found = [*prefixes, name, *_DOTTED_WORD.findall(name), *_OUTSIDE_PARENTHESES.findall(name), *plain]
    return [_once([token for token in found if token])]


def email(text: str) -> Positions:
    """The whole address, its words, letters and digits, and the parts around the at sign.

    Common top-level domains are left out. Search tokens match these as prefixes of 2 to 50 characters.
    """
    value = lower(text)
    found = [value, *_WORD_CHARACTERS.findall(value), *_LETTERS.findall(value), *_DIGITS.findall(value)]
    if "@" in value:
        domain = value.partition("@")[2]
        found += (domain, domain.rpartition(".")[0], value.rpartition("@")[0])
    return [_once([token for token in found if len(token) > 1 and token not in _TOP_LEVEL_DOMAINS])]


def _once(tokens: list[str]) -> list[str]:
    return list(dict.fromkeys(tokens))


def _one_each(split: Callable[[str], list[str]]) -> Callable[[str], Positions]:
    return lambda text: [[token] for token in split(text)]


STANDARD = Analysis("standard", _one_each(words), words)
STANDARD_PLUS = Analysis("standardplus", standard_plus, whitespace_lower, is_stacked=True)
WHITESPACE_LOWER = Analysis("whitespace_lower", _one_each(whitespace_lower), whitespace_lower)
COMMA_WHITESPACE = Analysis("comma_whitespace", _one_each(whitespace_lower), whitespace_lower)
LOWER_KEYWORD = Analysis("lowerkeyword", _one_each(lower_keyword), lower_keyword)
TYPE_NAME = Analysis("typename", type_name, whitespace_lower, has_positions=False, is_stacked=True)
EMAIL = Analysis("email", email, whitespace_lower, prefix_lengths=(2, 50), has_positions=False, is_stacked=True)
EMAIL_SIMPLE = Analysis(
    "email_simple", email, letter_runs, prefix_lengths=(2, 50), has_positions=False, is_stacked=True
)
VERSION = Analysis("version", version_index, version_search, is_stacked=True)
PATH = Analysis("path", _one_each(path_parts), path_parts)
HOST = Analysis("host", _one_each(host_parts), host_parts)
