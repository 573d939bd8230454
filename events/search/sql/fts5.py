"""SQLite's side: one contentless FTS5 table of one column, whose rowid is the event's key.

Contentless means that a row can only be taken out by giving its tokens again; they are made anew from the document.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from events.search.sql.queries import AllOf, AnyOf, Has, HasPhrase, HasPrefix, Query, Without
from events.search.sql.tokens import has_order, mark, value_tokens

TABLE = "events_eventsearch"

_PUNCTUATION = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum())
_TOKENIZER = "ascii tokenchars '{}'".format(_PUNCTUATION.replace("'", "''"))
CREATE = "CREATE VIRTUAL TABLE {} USING fts5(tokens, content='', columnsize=0, tokenize=\"{}\")".format(
    TABLE, _TOKENIZER.replace('"', '""')
)
DROP = f"DROP TABLE IF EXISTS {TABLE}"
INSERT = f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)"  # noqa: S608
DELETE = f"INSERT INTO {TABLE} ({TABLE}, rowid, tokens) VALUES ('delete', %s, %s)"  # noqa: S608
IS_THERE = f"SELECT 1 FROM {TABLE} WHERE rowid = %s AND tokens MATCH %s"  # noqa: S608
DELETE_ALL = f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')"  # noqa: S608

# The tokenizer takes capital letters for small ones, and splits at spaces and control characters.
_NEEDS_ESCAPE = re.compile(r"[\x00-\x20A-Z^\x7f]")
_LINE_NEEDS_ESCAPE = re.compile(r"[\x00-\x09\x0b-\x20A-Z^\x7f]")
_ESCAPES = {
    **{code: "^" + chr(code + 0x21) for code in range(0x20)},
    **{ord(letter): "^" + letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    ord(" "): "^_",
    ord("^"): "^^",
    0x7F: "^~",
}
_CACHED_LENGTH = 200


def escape(token: str) -> str:
    """One token for the tokenizer, whatever its characters; different tokens stay different."""
    return token.translate(_ESCAPES) if _NEEDS_ESCAPE.search(token) else token


# --- Storing ------------------------------------------------------------------------------------


def values_text(storage: str, values: list[Any]) -> str:
    """The tokens of a field's values, ready for the table."""
    if len(values) == 1:
        return _value_text(storage, values[0])
    # Words of two values do not follow each other.
    gap = f" {mark(storage)} " if has_order(storage) else " "
    return gap.join(_value_text(storage, value) for value in values)


def _value_text(storage: str, value: Any) -> str:
    if isinstance(value, str) and len(value) > _CACHED_LENGTH:
        return _joined(storage, value)
    return _cached(storage, value)


def _joined(storage: str, value: Any) -> str:
    loose, ordered = value_tokens(storage, value)
    found = [*loose, *ordered]
    text = "\n".join(found)
    # One look at all tokens together is usually enough.
    if _LINE_NEEDS_ESCAPE.search(text) or text.count("\n") != len(found) - 1:
        return " ".join(map(escape, found))
    return text.replace("\n", " ")


_cached = lru_cache(maxsize=20_000, typed=True)(_joined)


# --- Asking -------------------------------------------------------------------------------------


class Match(NamedTuple):
    """A query in the language of FTS5, which has no `not` of its own: `is_negated` means all rows but these."""

    text: str
    is_negated: bool = False


def render(query: Query) -> Match:
    """The text of a simplified query."""
    match query:
        case Has(token):
            return Match(quoted(escape(token)))
        case HasPrefix(text):
            return Match(f"{quoted(escape(text))} *")
        case HasPhrase(searched):
            return Match(quoted(" ".join(map(escape, searched))))
        case Without(part):
            return _complement(render(part))
        case AllOf(parts):
            return _intersection([render(part) for part in parts])
        case AnyOf(parts):
            # A or B is not (not A and not B).
            return _complement(_intersection([_complement(render(part)) for part in parts]))
    raise TypeError(f"not a query: {query!r}")


def quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def _complement(found: Match) -> Match:
    return Match(found.text, not found.is_negated)


def _intersection(parts: list[Match]) -> Match:
    wanted = [part.text for part in parts if not part.is_negated]
    unwanted = [part.text for part in parts if part.is_negated]
    if not wanted:
        return Match(_group("OR", unwanted), is_negated=True)
    if not unwanted:
        return Match(_group("AND", wanted))
    return Match(f"({_group('AND', wanted)} NOT {_group('OR', unwanted)})")


def _group(operator: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else "({})".format(f" {operator} ".join(parts))
