"""Conditions evaluated on plain documents: the meaning that a compiler to SQL has to reproduce."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from events.search.analyzers import Positions
from events.search.conditions import (
    And,
    AnyToken,
    Between,
    Condition,
    Equals,
    Everything,
    Not,
    Nothing,
    Or,
    Phrase,
    Present,
    StartsWith,
    TokenPattern,
    WithinBox,
    WithinDistance,
)
from events.search.date_math import to_epoch_milliseconds
from events.search.document import field_values
from events.search.fields import Field, FieldTable, Kind
from events.search.geo import Point, parse_point
from events.search.nodes import Group
from events.search.plan import plan_filter
from exceptionless_site.core.dates import parse_wire_date

Document = Mapping[str, Any]
EARTH_RADIUS = 6_371_008.8
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def matching(tree: Group, table: FieldTable, documents: Sequence[Document]) -> list[Document]:
    condition = plan_filter(tree, table, now=NOW)
    return [document for document in documents if matches(condition, document)]


def matches(condition: Condition, document: Document) -> bool:
    match condition:
        case Everything():
            return True
        case Nothing():
            return False
        case And(parts):
            return all(matches(part, document) for part in parts)
        case Or(parts):
            return any(matches(part, document) for part in parts)
        case Not(part):
            return not matches(part, document)
        case Present(field):
            return bool(field_values(document, field))
        case Equals(field, value):
            return value in field_values(document, field)
        case StartsWith(field, text):
            return any(value.startswith(text) for value in field_values(document, field))
        case Between():
            return any(_lies_between(value, condition) for value in _comparable(document, condition.field))
        case WithinBox() | WithinDistance():
            return any(_lies_near(parse_point(value), condition) for value in field_values(document, condition.field))
    return any(_has_tokens(condition, positions) for positions in _positions(document, condition.field))  # type: ignore[attr-defined]


def _lies_near(place: Point, area: WithinBox | WithinDistance) -> bool:
    if isinstance(area, WithinDistance):
        return _metres(place, Point(area.latitude, area.longitude)) <= area.distance
    is_across = area.west > area.east
    east, west = place.longitude <= area.east, place.longitude >= area.west
    return area.south <= place.latitude <= area.north and (east or west if is_across else east and west)


def _metres(one: Point, other: Point) -> float:
    """By the haversine of the angle between them."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    width = math.radians(other.longitude - one.longitude)
    haversine = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(width / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(haversine)))


def _positions(document: Document, field: Field) -> list[Positions]:
    assert field.analysis is not None
    return [field.analysis.index(str(value)) for value in field_values(document, field)]


def _has_tokens(condition: Condition, positions: Positions) -> bool:
    found = {token for position in positions for token in position}
    match condition:
        case AnyToken(_, tokens):
            return any(
                any(known.startswith(token.text) for known in found) if token.is_prefix else token.text in found
                for token in tokens
            )
        case Phrase(_, words):
            starts = range(len(positions) - len(words) + 1)
            return any(all(word in positions[start + at] for at, word in enumerate(words)) for start in starts)
        case TokenPattern(_, pattern):
            wanted = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
            return any(wanted.fullmatch(token) for token in found)
    raise AssertionError(f"no meaning for {condition}")


def _comparable(document: Document, field: Field) -> list[Any]:
    values = field_values(document, field)
    if field.kind is Kind.DATE:
        return [_milliseconds(value) for value in values]
    if field.kind is Kind.TEXT:
        return [token for positions in _positions(document, field) for position in positions for token in position]
    return values


def _milliseconds(value: Any) -> Any:
    if isinstance(value, str):
        read = parse_wire_date(value)
        assert read is not None
        value = read.moment
    return to_epoch_milliseconds(value) if isinstance(value, datetime) else value


def _lies_between(value: Any, condition: Between) -> bool:
    lower, upper = _milliseconds_or_same(condition.lower), _milliseconds_or_same(condition.upper)
    above = lower is None or value > lower or (condition.includes_lower and value == lower)
    below = upper is None or value < upper or (condition.includes_upper and value == upper)
    return above and below


def _milliseconds_or_same(value: Any) -> Any:
    return to_epoch_milliseconds(value) if isinstance(value, datetime) else value
