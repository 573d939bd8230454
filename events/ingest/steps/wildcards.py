"""Lists of patterns as project settings hold them: `x`, `x*`, `*x` and `*x*`, in any case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_SEPARATOR = re.compile(r"[,;\r\n]")


def split_setting(text: str | None) -> list[str]:
    """The non-blank, trimmed entries of a setting; they stand between commas, semicolons or line breaks."""
    return [part for item in _SEPARATOR.split(text or "") if (part := item.strip())]


class Patterns:
    """A list of patterns, prepared for many questions."""

    def __init__(self, patterns: Iterable[str]) -> None:
        exact, prefixes, suffixes, parts = set(), [], [], []
        for pattern in patterns:
            text = pattern.lower()
            bare = text.strip("*")
            if text.startswith("*") and text.endswith("*"):
                parts.append(bare)
            elif text.startswith("*"):
                suffixes.append(bare)
            elif text.endswith("*"):
                prefixes.append(bare)
            else:
                exact.add(bare)
        self._exact = frozenset(exact)
        self._prefixes = tuple(prefixes)
        self._suffixes = tuple(suffixes)
        self._part = re.compile("|".join(map(re.escape, parts))) if parts else None

    def match(self, text: str) -> bool:
        """Whether any pattern matches the whole text."""
        lowered = text.lower()
        return (
            lowered in self._exact
            or lowered.startswith(self._prefixes)
            or lowered.endswith(self._suffixes)
            or (self._part is not None and self._part.search(lowered) is not None)
        )


@lru_cache(maxsize=1024)
def setting_patterns(text: str | None, defaults: tuple[str, ...] = ()) -> Patterns:
    """The patterns of a setting's text and the given defaults together."""
    return Patterns((*defaults, *split_setting(text)))
