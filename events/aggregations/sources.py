"""Where an aggregation finds the values of its field: in a column of the events, or among their facets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from events.aggregations.parser import Aggregation, Operation
from events.search.fields import EVENT_FIELDS, Field, Kind

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("event_id",),
    "organization": ("organization_id",),
    "project": ("project_id",),
    "stack": ("stack_id",),
    "type": ("type",),
    "level": ("level",),
    "version": ("version",),
    "reference": ("reference_id",),
    "date": ("key",),
    "created": ("created_utc",),
    "value": ("value",),
    "count": ("count",),
    "first": ("is_first_occurrence",),
    "geo": ("latitude", "longitude"),
}
"""By the field's storage."""


@dataclass(frozen=True, slots=True)
class Source:
    """The values of a field: one of the named columns, or, without columns, the facet of `field`.

    Dates are whole milliseconds since 1970, places are pairs of latitude and longitude.
    """

    kind: Kind
    columns: tuple[str, ...] = ()
    field: Field | None = None

    @property
    def is_column(self) -> bool:
        """Whether SQL can group and add up the values."""
        return len(self.columns) == 1 and self.columns != ("created_utc",)

    @property
    def is_facet(self) -> bool:
        return self.field is not None


NOWHERE = Source(Kind.KEYWORD)
STATUS = Source(Kind.KEYWORD, ("stack__status",))
USERS = Source(Kind.KEYWORD, ("user_hash",))
"""Numbers that stand for the identities of users; only good for telling them apart."""
LATITUDE = Source(Kind.NUMBER, ("latitude",))
LONGITUDE = Source(Kind.NUMBER, ("longitude",))


def source_of(aggregation: Aggregation) -> Source:
    """A name that nothing has stands for a field without values."""
    if aggregation.field == "status":
        return STATUS
    field = EVENT_FIELDS.resolve(aggregation.field)
    if field is None:
        return NOWHERE
    if field.storage == "user" and aggregation.operation is Operation.CARDINALITY:
        return USERS
    columns = _COLUMNS.get(field.storage, ())
    return Source(field.kind, columns, None if columns else field)
