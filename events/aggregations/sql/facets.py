"""The list of values of a facet as SQL reads it, and back in Python."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

from exceptionless_site.core import json


class FacetText(Func):
    """The JSON of a facet's values; NULL where there is none."""

    output_field: Any = TextField()
    template = "json_extract(%(expressions)s, '$.%(name)s')"

    def __init__(self, name: str) -> None:
        super().__init__(F("facets"), name=name)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **kwargs: Any
    ) -> tuple[str, Sequence[Any]]:
        return self.as_sql(compiler, connection, template="(%(expressions)s::jsonb -> '%(name)s')::text")


@lru_cache(maxsize=5_000)
def facet_values(text: str | None) -> tuple[Any, ...]:
    return () if text is None else tuple(json.loads(text))
