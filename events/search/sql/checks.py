"""Conditions that no token can answer alone: patterns inside of words, and ranges of texts.

SQLite calls a function of ours with the document; PostgreSQL goes through the tokens of the row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

from events.documents import unpack
from events.search.conditions import Between, TokenPattern
from events.search.document import field_values
from events.search.fields import EVENT_FIELDS, Field, Kind
from events.search.sql import tokens, tsvector
from exceptionless_site.core import json

FUNCTION = "event_text_matches"
_STARS = re.compile(r"\*+")
_LIKE_SPECIAL = re.compile(r"[\\%_]")


class TextCheck(NamedTuple):
    """Either a pattern of `*` and `?`, or a range of texts; None is an open end."""

    field: str
    pattern: str | None = None
    lower: str | None = None
    upper: str | None = None
    includes_lower: bool = True
    includes_upper: bool = True


def text_check(condition: TokenPattern | Between) -> TextCheck:
    """What is to be checked."""
    if isinstance(condition, TokenPattern):
        return TextCheck(condition.field.name, _STARS.sub("*", condition.pattern))
    lower, upper = (None if bound is None else str(bound) for bound in (condition.lower, condition.upper))
    return TextCheck(condition.field.name, None, lower, upper, condition.includes_lower, condition.includes_upper)


class TextMatches(Func):
    """Whether a text of the event passes the check."""

    output_field: Any = BooleanField()

    def __init__(self, check: TextCheck) -> None:
        super().__init__(F("document"))
        self.check = check

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column, _ = compiler.compile(self.source_expressions[0])
        return f"{FUNCTION}({column}, %s)", (json.dumps(list(self.check)).decode(),)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **kwargs: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column = tsvector.column_beside(compiler.compile(self.source_expressions[0])[0])
        tests, values = _token_tests(self.check)
        # Only our own SQL is put together here; what people wrote travels as parameters.
        return f"EXISTS (SELECT 1 FROM unnest(tsvector_to_array({column})) AS t(token) WHERE {tests})", values  # noqa: S608


def _token_tests(check: TextCheck) -> tuple[str, tuple[str, ...]]:
    start = tokens.mark(_field(check.field).storage)
    if check.pattern is not None:
        escaped = _LIKE_SPECIAL.sub(r"\\\g<0>", check.pattern)
        return "token LIKE %s", (start + escaped.replace("*", "%").replace("?", "_"),)
    tests = ["starts_with(token, %s)"]
    values = [start]
    if _field(check.field).kind is Kind.TEXT:
        tests.append("token <> %s")
        values.append(start)
    for bound, comparison in (
        (check.lower, ">=" if check.includes_lower else ">"),
        (check.upper, "<=" if check.includes_upper else "<"),
    ):
        if bound is not None:
            tests.append(f'token COLLATE "C" {comparison} %s')
            values.append(start + bound)
    return " AND ".join(tests), tuple(values)


# --- SQLite -------------------------------------------------------------------------------------


def register() -> None:
    """Called once, when the app is ready: makes the function known to every new connection."""
    connection_created.connect(_add_function, dispatch_uid=FUNCTION)


def _add_function(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 2, event_text_matches, deterministic=True)


def event_text_matches(document: bytes, check: str) -> bool:
    """Whether a text of the packed document passes the check, which is the JSON of a TextCheck."""
    field, passes = _prepared(check)
    return any(passes(text) for value in field_values(unpack(document), field) for text in _texts(field, value))


@lru_cache(maxsize=256)
def _prepared(check_text: str) -> tuple[Field, Callable[[str], bool]]:
    check = TextCheck(*json.loads(check_text))
    field = _field(check.field)
    if check.pattern is None:
        return field, lambda text: _is_between(text, check)
    pattern = check.pattern
    return field, lambda text: wildcards_match(pattern, text)


def wildcards_match(pattern: str, text: str) -> bool:
    """Whether the whole text matches; the time grows with the lengths, however many stars there are."""
    first, *rest = pattern.split("*")
    if not rest:
        return len(text) == len(pattern) and _characters(first).match(text) is not None
    at, end = len(first), len(text) - len(rest[-1])
    # The first and the last part have their places, the others are taken as early as they come.
    if end < at or not _characters(first).match(text) or not _characters(rest[-1]).match(text, end):
        return False
    for part in rest[:-1]:
        found = _characters(part).search(text, at, end)
        if found is None:
            return False
        at = found.end()
    return True


@lru_cache(maxsize=1024)
def _characters(part: str) -> re.Pattern[str]:
    """What stands between two stars, where a question mark is any one character."""
    return re.compile(re.escape(part).replace(r"\?", "."), re.DOTALL)


def _is_between(text: str, check: TextCheck) -> bool:
    above = check.lower is None or text > check.lower or (check.includes_lower and text == check.lower)
    below = check.upper is None or text < check.upper or (check.includes_upper and text == check.upper)
    return above and below


def _texts(field: Field, value: str) -> list[str]:
    if field.kind is not Kind.TEXT or field.analysis is None:
        return [value]
    return [token for position in field.analysis.index(value[: tokens.MAX_CHARACTERS]) for token in position]


def _field(name: str) -> Field:
    field = EVENT_FIELDS.resolve(name)
    if field is None:
        raise LookupError(f"there is no field {name}")
    return field
