"""What a value becomes in the index: tokens, each with the short code of its field in front.

    message "Row not found"  ->  m=  m=row  m=not  m=found
    data.age 18              ->  xage-n=c032000000000000

One index serves all fields, and a filter becomes one question to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from events.search import analyzers
from events.search.fields import CUSTOM_KINDS, CUSTOM_PREFIX, EVENT_FIELDS, Field, Kind
from events.search.sql.numbers import encode_number

MAX_CHARACTERS = 10_000
"""So much of one value is analysed."""
MAX_TOKEN = 255
"""Longer tokens keep their start and a hash of the whole."""
MAX_PREFIX = 200
MAX_STACKED_POSITIONS = 32
"""So far into a value can phrases be found where several tokens stand at one position."""

CODES: Mapping[str, str] = {
    "id": "id",
    "organization": "o",
    "project": "p",
    "stack": "st",
    "reference": "r",
    "type": "t",
    "source": "s",
    "message": "m",
    "tag": "g",
    "date": "d",
    "created": "dc",
    "value": "v",
    "count": "c",
    "first": "f",
    "geo": "gp",
    "level": "l",
    "version": "vn",
    "submission": "sm",
    "client": "ca",
    "client_version": "cv",
    "user": "u",
    "user_name": "un",
    "described": "ud",
    "described_by": "ue",
    "error_code": "ec",
    "error_type": "et",
    "error_message": "em",
    "target_type": "tt",
    "target_method": "tm",
    "machine": "mn",
    "cmd": "mc",
    "architecture": "ma",
    "ip": "ip",
    "user_agent": "ua",
    "path": "pa",
    "host": "h",
    "browser": "b",
    "browser_version": "bv",
    "browser_major": "bm",
    "device": "dv",
    "os": "os",
    "os_version": "ov",
    "os_major": "om",
    "bot": "bt",
    "country": "lc",
    "level1": "la",
    "level2": "lb",
    "locality": "ll",
}
"""By the field's storage. Letters only, none starts with x: that is for custom fields."""

SESSION_END = "idx.sessionend-d"

_CUSTOM_CODE = "x"
_TRUTH = {True: "t", False: "f"}
_MARKED = (
    analyzers.STANDARD,
    analyzers.STANDARD_PLUS,
    analyzers.TYPE_NAME,
    analyzers.EMAIL,
    analyzers.EMAIL_SIMPLE,
    analyzers.PATH,
)


class ValueTokens(NamedTuple):
    """The tokens of one value: those that merely are there, and those that follow each other."""

    loose: list[str]
    ordered: Sequence[str] = ()


def code(storage: str) -> str:
    """What stands before the equals sign in the tokens of a field."""
    if storage.startswith(CUSTOM_PREFIX):
        return _CUSTOM_CODE + storage[len(CUSTOM_PREFIX) :]
    return CODES[storage]


def kind_of(storage: str) -> Kind:
    """The kind of a known or a custom field."""
    field = _FIELDS.get(storage)
    return CUSTOM_KINDS[storage[-1]] if field is None else field.kind


def is_marked(storage: str) -> bool:
    """Whether each value has a bare token `code=` of its own.

    Fields of many words have it, for their words are too many to be gone through when asked whether there is a value;
    and the end of a session, since lists of sessions ask for it all the time.
    """
    return storage in _MARKED_STORAGES


def has_order(storage: str) -> bool:
    """Whether the tokens of a value stand in its order, one after the other."""
    return storage in _ORDERED_STORAGES


def mark(storage: str) -> str:
    """The token that stands for a value, and parts the words of two values of a field."""
    return f"{code(storage)}="


def keyword_token(storage: str, text: str) -> str:
    return f"{code(storage)}={shortened(text)}"


def number_token(storage: str, number: float) -> str:
    return f"{code(storage)}={encode_number(number)}"


def truth_token(storage: str, truth: bool) -> str:
    return f"{code(storage)}={_TRUTH[truth]}"


def stacked_token(storage: str, position: int, token: str) -> str:
    """A token at its position, counted from 0, for phrases in fields that have several tokens at one position."""
    return f"{code(storage)}{position}={shortened(token)}"


def shortened(text: str) -> str:
    if len(text) <= MAX_TOKEN:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return f"{text[:MAX_PREFIX]}\x7f{digest}"


def value_tokens(storage: str, value: Any) -> ValueTokens:
    """The tokens of one value of a field."""
    kind = kind_of(storage)
    if kind is Kind.TEXT:
        return _text_tokens(_FIELDS[storage], value[:MAX_CHARACTERS])
    if kind is Kind.KEYWORD:
        return ValueTokens([keyword_token(storage, value)])
    if kind is Kind.BOOLEAN:
        return ValueTokens([truth_token(storage, value)])
    if kind is Kind.GEO:
        return ValueTokens([mark(storage)])
    number = number_token(storage, float(value))
    return ValueTokens([mark(storage), number] if is_marked(storage) else [number])


def _text_tokens(field: Field, text: str) -> ValueTokens:
    analysis = field.analysis
    positions = [] if analysis is None else analysis.index(text)
    start = mark(field.storage)
    loose = [start] if is_marked(field.storage) or not positions else []
    if analysis is None or not analysis.is_stacked:
        return ValueTokens(loose, [start + shortened(token) for (token,) in positions])
    once = dict.fromkeys(token for position in positions for token in position)
    loose += [start + shortened(token) for token in once]
    if analysis.has_positions and len(positions) > 1:
        for at, position in enumerate(positions[:MAX_STACKED_POSITIONS]):
            loose += [stacked_token(field.storage, at, token) for token in position]
    return ValueTokens(loose)


_FIELDS = {field.storage: field for field in EVENT_FIELDS.fields}
_MARKED_STORAGES = frozenset(field.storage for field in EVENT_FIELDS.fields if field.analysis in _MARKED) | {
    SESSION_END
}
_ORDERED_STORAGES = frozenset(
    field.storage for field in EVENT_FIELDS.fields if field.analysis is not None and not field.analysis.is_stacked
)
