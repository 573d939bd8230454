"""PostgreSQL's side: a column of the events' table with a GIN index, which Django's model does not know.

It stands in the table itself, so that the planner can join its index with those of projects and dates; it is no field
of the model, so that it is never read along.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from events.search.sql.queries import AllOf, AnyOf, Has, HasPhrase, HasPrefix, Query, Without
from events.search.sql.tokens import value_tokens

COLUMN = "search"
CREATE = (
    f'ALTER TABLE events_event ADD COLUMN "{COLUMN}" tsvector',
    f'CREATE INDEX event_search ON events_event USING gin ("{COLUMN}") WITH (fastupdate = on)',
)
DROP = ("DROP INDEX IF EXISTS event_search", f'ALTER TABLE events_event DROP COLUMN IF EXISTS "{COLUMN}"')

_LAST_POSITION = 16_383
_CACHED_LENGTH = 200


# --- Storing ------------------------------------------------------------------------------------


def values_text(storage: str, values: list[Any]) -> str:
    """The tokens of a field's values, ready for the column; a gap of positions parts one value from the next."""
    if len(values) == 1:
        return _value_text(storage, values[0], 0)[0]
    texts, offset = [], 0
    for value in values:
        text, width = _value_text(storage, value, offset)
        texts.append(text)
        offset += width + 1
    return " ".join(texts)


def _value_text(storage: str, value: Any, offset: int) -> tuple[str, int]:
    if isinstance(value, str) and len(value) > _CACHED_LENGTH:
        return _joined(storage, value, offset)
    return _cached(storage, value, offset)


def _joined(storage: str, value: Any, offset: int) -> tuple[str, int]:
    loose, ordered = value_tokens(storage, value)
    parts = [quoted(token) for token in loose]
    parts += [f"{quoted(token)}:{min(at, _LAST_POSITION)}" for at, token in enumerate(ordered, offset + 1)]
    return " ".join(parts), len(ordered)


_cached = lru_cache(maxsize=20_000, typed=True)(_joined)


def quoted(token: str) -> str:
    return "'{}'".format(token.replace("\\", "\\\\").replace("'", "''"))


# --- Asking -------------------------------------------------------------------------------------


def column_beside(column: str) -> str:
    """The quoted name of the tokens in the row of another quoted column."""
    return '{}."{}"'.format(column.rpartition(".")[0], COLUMN)


def render(query: Query) -> str:
    """The query as text that can be cast to tsquery."""
    match query:
        case Has(token):
            return quoted(token)
        case HasPrefix(text):
            return f"{quoted(text)}:*"
        case HasPhrase(searched):
            return "({})".format(" <-> ".join(map(quoted, searched)))
        case Without(part):
            return f"!({render(part)})"
        case AllOf(parts):
            return _balanced(" & ", [render(part) for part in parts])
        case AnyOf(parts):
            return _balanced(" | ", [render(part) for part in parts])
    raise TypeError(f"not a query: {query!r}")


def _balanced(operator: str, parts: list[str]) -> str:
    """Joined in pairs of pairs: a row of thousands would be as deep as it is long."""
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = [f"({operator.join(pair)})" if len(pair) > 1 else pair[0] for pair in pairs]
    return parts[0]
