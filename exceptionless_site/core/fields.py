"""Model fields that several apps share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from exceptionless_site.core.ids import new_object_id


class ObjectIdField(models.CharField):  # type: ignore[type-arg]
    """A 24-character id of the wire; a fresh one by default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("default", new_object_id)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class TimeKeyField(models.BigIntegerField):  # type: ignore[type-arg]
    """A 64-bit primary key (see time_keys).

    In SQLite only a primary key of the type `integer` is the row's own number, by which the table itself is sorted;
    any other type makes an index beside it.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


def tenant_key(to: str, **kwargs: Any) -> models.ForeignKey[Any, Any]:
    """A foreign key of a high-volume row: no database constraint, no index of its own.

    Rows of this kind are purged in bounded batches after their parent is soft-deleted; a cascade
    would lock the writer for minutes, and the list indexes already start with the columns.
    """
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **kwargs
    )
