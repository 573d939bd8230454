"""Values of fields out of packed documents, with as little unpacking as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from events.aggregations.sources import MAXIMUM_TEXT
from events.documents import decompress, parse, parse_opening
from events.search.document import field_values
from events.search.fields import CUSTOM_PREFIX, Field, Kind

_TEXTS = frozenset({Kind.TEXT, Kind.KEYWORD})

Values = list[Sequence[Any]]


def document_reader(fields: Sequence[Field]) -> Callable[[bytes], Values]:
    """From a packed document to the values of the fields, each value once."""
    marks = tuple(dict.fromkeys(mark for field in fields for mark in _marks(field)))
    opening_names = [field.name for field in fields if field.paths == (field.name,) and "." not in field.name]
    is_in_opening = len(opening_names) == len(fields)
    nothing: Values = [()] * len(fields)

    def read(packed: bytes) -> Values:
        raw = decompress(packed)
        # Most of the time goes into parsing, which is of no use where no such member is.
        if not any(mark in raw for mark in marks):
            return nothing
        document = parse_opening(raw) if is_in_opening else None
        if document is None or not all(name in document for name in opening_names):
            document = parse(raw)
        return [_values(document, field) for field in fields]

    return read


def _marks(field: Field) -> Iterable[bytes]:
    """What the text of every document holds that has a value of the field: the name of a member."""
    if field.chain is not None:
        return (b'"@error"', b'"@simple_error"')
    if field.name.startswith(CUSTOM_PREFIX):
        return (b'"data"',)
    return tuple(f'"{_telling_name(path)}"'.encode() for path in field.paths)


def _telling_name(path: str) -> str:
    names = path.split(".")
    # The members of a user can be in any case.
    return names[1] if len(names) > 1 and names[1] == "@user" else names[-1]


def _values(document: dict[str, Any], field: Field) -> Sequence[Any]:
    values = field_values(document, field)
    if len(values) > 1:
        values = list(dict.fromkeys(values))
    if field.kind not in _TEXTS:
        return values
    return [text for text in values if len(text) <= MAXIMUM_TEXT]
