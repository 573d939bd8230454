"""SQLite's index of search tokens, beside the events; on PostgreSQL the tokens are a column of the events' table."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from events.models.event import Event


class TokensField(models.TextField):  # type: ignore[type-arg]
    """The indexed column, which can only be asked: `tokens__match="..."` takes a query of FTS5."""


@TokensField.register_lookup
class Match(models.Lookup):
    lookup_name = "match"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, _ = self.process_lhs(compiler, connection)
        return f"{column} MATCH %s", (self.rhs,)


class EventSearch(models.Model):
    """A row has the key of its event; what it holds is written by `events.search.sql.storage` alone."""

    key = models.OneToOneField(
        Event,
        models.DO_NOTHING,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="search",
    )
    tokens = TokensField()

    class Meta:
        managed = False
        db_table = "events_eventsearch"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.key_id)
