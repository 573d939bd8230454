"""How much one request may ask for."""

from __future__ import annotations

from events.aggregations.parser import AggregationError

TOO_LARGE = "The aggregation is too large"
MAXIMUM_BUCKETS = 65_536
MAXIMUM_HITS = 1_000
MAXIMUM_BYTES = 256_000_000
"""About so much memory may the values take that have to be kept."""


def too_many_buckets() -> AggregationError:
    advice = "take a longer interval, a smaller size or a shorter time"
    return AggregationError(TOO_LARGE, f"it makes more than {MAXIMUM_BUCKETS} buckets; {advice}")


class Budget:
    """Memory that a request may still take."""

    def __init__(self, size: int = MAXIMUM_BYTES) -> None:
        self.left = size

    def take(self, size: int) -> None:
        """Raises AggregationError when there is not so much."""
        self.left -= size
        if self.left < 0:
            advice = "ask for a shorter time, for less events, or for fewer fields at once"
            raise AggregationError(TOO_LARGE, f"there are too many different values; {advice}")
