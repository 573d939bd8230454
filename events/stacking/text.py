"""The length rules of texts and tags."""

from __future__ import annotations

from collections.abc import Iterable

MAXIMUM_TAGS = 50
MAXIMUM_TAG_LENGTH = 100

_KEPT_TAGS = frozenset({"critical", "internal"})
_ELLIPSIS = "..."


def truncate(text: str, length: int) -> str:
    """The text with `\\n` line ends, cut to `length` characters with `...` as its last three."""
    text = text.replace("\r\n", "\n")
    return text if len(text) <= length else text[: max(length - len(_ELLIPSIS), 0)] + _ELLIPSIS


def trim_tags(tags: Iterable[str | None]) -> list[str]:
    """At most 50 distinct tags of 1 to 100 characters; the first ones go, but never Critical and Internal.

    Tags that differ only in case are one tag, in its first spelling.
    """
    distinct: dict[str, str] = {}
    for tag in tags:
        if tag and len(tag) <= MAXIMUM_TAG_LENGTH:
            distinct.setdefault(tag.lower(), tag)
    for key in list(distinct):
        if len(distinct) <= MAXIMUM_TAGS:
            break
        if key not in _KEPT_TAGS:
            del distinct[key]
    return list(distinct.values())


def merge_tags(existing: Iterable[str], added: Iterable[str | None]) -> list[str]:
    """The tags of a stack after an event brought more; equal to `existing` when nothing was new."""
    return trim_tags([*existing, *added])
