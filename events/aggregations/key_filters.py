"""Which values become buckets of terms: whole values, or a pattern, to include or to leave out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from events.search.errors import FilterValueError

_LONGEST = 500
_MEMORY = 4 << 20


@dataclass(frozen=True, slots=True)
class KeyFilter:
    """Nothing to include is everything; patterns match whole texts."""

    include: tuple[Any, ...] = ()
    exclude: tuple[Any, ...] = ()
    include_pattern: str | None = None
    exclude_pattern: str | None = None

    @property
    def has_pattern(self) -> bool:
        return self.include_pattern is not None or self.exclude_pattern is not None

    def admits(self, key: Any) -> bool:
        """Whether a value becomes a bucket."""
        is_named = bool(self.include or self.include_pattern is not None)
        if is_named and key not in self.include and not _matches(self.include_pattern, key):
            return False
        return key not in self.exclude and not _matches(self.exclude_pattern, key)


def _matches(pattern: str | None, key: Any) -> bool:
    if pattern is None:
        return False
    text = str(key).lower() if isinstance(key, bool) else str(key)
    return compile_pattern(pattern).fullmatch(text) is not None


@lru_cache(maxsize=64)
def compile_pattern(pattern: str) -> Any:
    """A pattern whose time grows with the text alone, whatever it is. Raises FilterValueError."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.dot_nl = True
    try:
        if len(pattern) > _LONGEST:
            raise FilterValueError(f"a pattern has at most {_LONGEST} characters")
        return re2.compile(pattern, options)
    except (re2.error, UnicodeError):
        raise FilterValueError(f"/{pattern}/ is not a pattern") from None
