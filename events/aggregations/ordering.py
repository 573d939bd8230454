"""The order of terms: by their children that say so, else the most frequent first; then by key."""

from __future__ import annotations

from typing import Any

from events.aggregations.outcomes import Bucket, Buckets, Documents, Number
from events.aggregations.parser import Terms


def ordered(terms: Terms, buckets: list[Bucket]) -> Buckets:
    """The first ones that are frequent enough."""
    frequent = [bucket for bucket in buckets if bucket.total >= terms.minimum_count]
    frequent.sort(key=lambda bucket: _place(terms, bucket))
    return Buckets(frequent[: terms.size], sum(bucket.total for bucket in frequent[terms.size :]))


def _place(terms: Terms, bucket: Bucket) -> tuple[Any, ...]:
    ordering = [child for child in terms.children if child.descending is not None]
    if not ordering:
        return -bucket.total, bucket.key
    return (*(_child_place(bucket, child.key, bool(child.descending)) for child in ordering), bucket.key)


def _child_place(bucket: Bucket, key: str, descending: bool) -> tuple[bool, float]:
    """What has no value comes last in both directions."""
    match bucket.outcomes[key]:
        case Number(value):
            number = value
        case Documents(total):
            number = total
        case _:
            number = None
    if number is None:
        return True, 0
    return False, -number if descending else number
