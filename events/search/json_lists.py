"""Conditions on JSON columns that hold lists of texts, and exact prefixes; the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.db.models.sql.compiler import SQLCompiler

_TESTS = {
    "exact": "item.value = %s",
    "startswith": "substr(item.value, 1, %s) = %s",
    "gt": "item.value > %s",
    "gte": "item.value >= %s",
    "lt": "item.value < %s",
    "lte": "item.value <= %s",
}
_ELEMENTS = {"sqlite": "json_each({}) AS item", "postgresql": "jsonb_array_elements_text({}) AS item(value)"}


class Comparison(NamedTuple):
    operator: str
    """One of exact, startswith, gt, gte, lt, lte."""
    value: str


class AnyElement(Func):
    """Whether one element of a list fulfils all of the comparisons."""

    output_field: Any = BooleanField()

    def __init__(self, column: str, comparisons: Sequence[Comparison]) -> None:
        super().__init__(F(column))
        self.comparisons = comparisons

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        elements = _ELEMENTS[connection.vendor].format(column)
        tests = " AND ".join(_TESTS[comparison.operator] for comparison in self.comparisons)
        values = [value for comparison in self.comparisons for value in _values(comparison)]
        # Only our own SQL is put together here; what people wrote travels as parameters.
        return f"EXISTS (SELECT 1 FROM {elements} WHERE {tests})", (*parameters, *values)  # noqa: S608


def _values(comparison: Comparison) -> tuple[Any, ...]:
    is_prefix = comparison.operator == "startswith"
    return (len(comparison.value), comparison.value) if is_prefix else (comparison.value,)


def starts_with(column: str, text: str) -> Exact[Literal[True]]:
    """Whether a text column starts with exactly this text: SQLite's own LIKE takes letters in any case."""
    return Exact(Left(F(column), len(text)), text)
