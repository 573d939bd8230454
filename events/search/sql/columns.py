"""Conditions on the columns of events."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, FloatField, Func, Q
from django.db.models.functions import ACos, Cos, Greatest, Least, Lower, Radians, Sin
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from events.search.calendar_units import next_millisecond
from events.search.conditions import (
    AnyToken,
    Between,
    Condition,
    Equals,
    Present,
    StartsWith,
    WithinBox,
    WithinDistance,
)
from events.search.date_math import to_epoch_milliseconds
from events.search.fields import Kind
from events.search.json_lists import starts_with
from events.search.sql.matching import EVERYTHING, NOTHING
from events.search.sql.queries import ID_LENGTH, ID_START
from exceptionless_site.core.time_keys import SEQUENCE_BITS

COLUMNS = {
    "id": "event_id",
    "organization": "organization_id",
    "project": "project_id",
    "stack": "stack_id",
    "type": "type",
    "date": "key",
    "created": "created_utc",
    "first": "is_first_occurrence",
    "value": "value",
    "count": "count",
    "geo": "latitude",
}
"""By the field's storage."""

_ALWAYS_PRESENT = frozenset({"id", "organization", "project", "stack", "type", "date", "created", "first"})
_LAST_ID_CHARACTER = "z"
_LARGEST_KEY = 2**63 - 1
_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**31), 2**31 - 1
_SEQUENCES = (1 << SEQUENCE_BITS) - 1
EARTH_RADIUS = 6_371_008.8
_METRES_PER_DEGREE = EARTH_RADIUS * math.pi / 180


def column_condition(condition: Condition) -> Q | None:
    """The condition on a field that has a column; None when no column answers it."""
    match condition:
        case Present(field) if field.storage in COLUMNS:
            return EVERYTHING if field.storage in _ALWAYS_PRESENT else Q(**{f"{COLUMNS[field.storage]}__isnull": False})
        case Between(field) if field.storage in COLUMNS:
            return _RANGES.get(field.storage, _text_range)(condition)
        case Equals(field, value) if field.storage in COLUMNS:
            return _equals(field.storage, value)
        case StartsWith(field, text) if field.storage in COLUMNS:
            return _starts_with(field.storage, text)
        case AnyToken(field, tokens) if field.storage == "type":
            words = [token.text for token in tokens if not token.is_prefix and token.text.isascii()]
            return Q(In(Lower("type", output_field=CharField()), words)) if len(words) == len(tokens) else None
        case WithinBox():
            return _within_box(condition)
        case WithinDistance():
            return _within_distance(condition)
    return None


def _equals(storage: str, value: Any) -> Q:
    if storage == "count" and not (float(value).is_integer() and _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER):
        return NOTHING
    if isinstance(value, str) and len(value) != ID_LENGTH:
        return NOTHING
    return Q(**{COLUMNS[storage]: value})


def _starts_with(storage: str, text: str) -> Q:
    if storage != "id":
        return Q(starts_with(COLUMNS[storage], text))
    if not ID_START.fullmatch(text):
        return NOTHING
    # A range, because an index answers it in any collation: ids are of digits and small letters up to f.
    last = text.ljust(ID_LENGTH, _LAST_ID_CHARACTER)
    return Q(event_id__gte=text, event_id__lte=last)


# --- Ranges -------------------------------------------------------------------------------------


def _text_range(condition: Between) -> Q:
    column = ByCodePoints(COLUMNS[condition.field.storage])
    found = Q()
    if condition.lower is not None:
        found &= Q((GreaterThanOrEqual if condition.includes_lower else GreaterThan)(column, condition.lower))
    if condition.upper is not None:
        found &= Q((LessThanOrEqual if condition.includes_upper else LessThan)(column, condition.upper))
    return found


class ByCodePoints(Func):
    """A column of texts compared as SQLite and Python do, whatever the database's language is."""

    output_field: Any = CharField()
    arity = 1
    template = "%(expressions)s"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **kwargs: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template='%(expressions)s COLLATE "C"', **kwargs)


def _dates(condition: Between) -> Q:
    """Dates are whole milliseconds at the top of the key."""
    first, last = 0, _LARGEST_KEY
    if isinstance(condition.lower, datetime):
        first = (to_epoch_milliseconds(condition.lower) + (not condition.includes_lower)) << SEQUENCE_BITS
    if isinstance(condition.upper, datetime):
        upper = to_epoch_milliseconds(condition.upper) - (not condition.includes_upper)
        last = (upper << SEQUENCE_BITS) | _SEQUENCES
    first, last = max(first, 0), min(last, _LARGEST_KEY)
    return NOTHING if first > last else Q(key__gte=first, key__lte=last)


def _created(condition: Between) -> Q:
    """The column holds microseconds, filters know whole milliseconds: a bound stands for all of its millisecond."""
    found = Q()
    if isinstance(condition.lower, datetime):
        found &= Q(created_utc__gte=condition.lower if condition.includes_lower else next_millisecond(condition.lower))
    if isinstance(condition.upper, datetime):
        found &= Q(created_utc__lt=next_millisecond(condition.upper) if condition.includes_upper else condition.upper)
    return found


def _numbers(condition: Between) -> Q:
    lower, upper = (None if bound is None else float(bound) for bound in (condition.lower, condition.upper))  # type: ignore[arg-type]
    if condition.field.kind is Kind.INTEGER:
        return _whole_numbers(COLUMNS[condition.field.storage], condition, lower, upper)
    column, found = COLUMNS[condition.field.storage], Q()
    if lower is not None:
        found &= Q(**{f"{column}__{'gte' if condition.includes_lower else 'gt'}": lower})
    if upper is not None:
        found &= Q(**{f"{column}__{'lte' if condition.includes_upper else 'lt'}": upper})
    return found


def _whole_numbers(column: str, condition: Between, lower: float | None, upper: float | None) -> Q:
    first, last = _SMALLEST_INTEGER, _LARGEST_INTEGER
    if lower is not None:
        first = max(first, math.ceil(lower) if condition.includes_lower else math.floor(lower) + 1)
    if upper is not None:
        last = min(last, math.floor(upper) if condition.includes_upper else math.ceil(upper) - 1)
    return NOTHING if first > last else Q(**{f"{column}__gte": first, f"{column}__lte": last})


_RANGES: dict[str, Callable[[Between], Q]] = {"date": _dates, "created": _created, "value": _numbers, "count": _numbers}


# --- Places -------------------------------------------------------------------------------------


def _within_box(box: WithinBox) -> Q:
    found = Q(latitude__gte=box.south, latitude__lte=box.north)
    if box.west <= box.east:
        return found & Q(longitude__gte=box.west, longitude__lte=box.east)
    return found & (Q(longitude__gte=box.west) | Q(longitude__lte=box.east))


def _within_distance(circle: WithinDistance) -> Q:
    """By the angle between the two places as seen from the centre of the earth."""
    south, north = (circle.latitude + sign * circle.distance / _METRES_PER_DEGREE for sign in (-1, 1))
    latitude, longitude = math.radians(circle.latitude), math.radians(circle.longitude)
    cosine = Sin(Radians("latitude")) * math.sin(latitude) + Cos(Radians("latitude")) * math.cos(latitude) * Cos(
        Radians("longitude") - longitude
    )
    angle = ACos(Least(Greatest(cosine, -1.0), 1.0), output_field=FloatField())
    return Q(LessThanOrEqual(angle, circle.distance / EARTH_RADIUS), latitude__gte=south, latitude__lte=north)
