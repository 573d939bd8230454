"""What the upgraders share: the documents of one payload of the first API, and the version that made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Version = tuple[int, int, int, int]

NO_VERSION: Version = (0, 0, -1, -1)


@dataclass(slots=True)
class LegacyDocuments:
    """Documents in PascalCase, to be changed in place, and the client's version.

    A part that the version text leaves out is -1, so `2.0` comes before `2.0.0`.
    """

    documents: list[Document]
    version: Version = NO_VERSION


def error_chain(document: Document, inner_name: str = "Inner") -> Iterator[Document]:
    """The error itself and its inner errors, outermost first."""
    error: Any = document
    while isinstance(error, dict):
        yield error
        error = error.get(inner_name)


def is_empty(value: Any) -> bool:
    """Whether a member holds nothing: null, no text, no items."""
    return value is None or value == "" or value == [] or value == {}


def move(source: Document, name: str, target: Document, new_name: str) -> None:
    """Take a member out of one object and, unless it is empty, put it into another."""
    value = source.pop(name, None)
    if not is_empty(value):
        target[new_name] = value
