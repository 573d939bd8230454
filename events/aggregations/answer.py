"""From aggregations on a selection of events to what they come to.

Each aggregation goes the quickest way that can answer it. A further way, such as sums kept by the hour, has its place
in `count_events`: it takes over the aggregations it knows how to answer, for the queries it knows how to select.
"""

from __future__ import annotations

from collections.abc import Sequence

from events.aggregations.outcomes import Counted, Hits, Outcome
from events.aggregations.parser import Aggregation, Operation, TopHits
from events.aggregations.planning import Planned, Stretch, plan
from events.aggregations.sql.grouping import count_by_sql, is_grouped_by_sql
from events.aggregations.sql.scanning import count_by_scan
from events.ingest.rows import user_hash
from events.selectors import EventQuery
from exceptionless_site.core.time_keys import SEQUENCE_BITS


def stretch_of(query: EventQuery) -> Stretch:
    """The time that a query asks about, which histograms fill with buckets."""
    first, last = (key >> SEQUENCE_BITS for key in query.window)
    return Stretch(first or None, last, query.now)


def plan_for(query: EventQuery, aggregations: Sequence[Aggregation]) -> tuple[Planned, ...]:
    """Raises AggregationError for what does not fit together."""
    return plan(aggregations, stretch_of(query), lambda identity: user_hash({"identity": identity}) or 0)


def count_events(query: EventQuery, planned: Sequence[Planned], seconds: float) -> Counted:
    """The number of the events, and what was asked about them, in the order asked.

    Raises FilterValueError, AggregationError, SearchTimeoutError; `seconds` is what a look at single events may take.
    """
    hits = [node for node in planned if node.operation is Operation.TOP_HITS]
    grouped = tuple(node for node in planned if is_grouped_by_sql(node))
    scanned = tuple(node for node in planned if node not in grouped and node not in hits)
    found: dict[str, Outcome] = {}
    total = None
    if scanned:
        counted = count_by_scan(query, scanned, seconds)
        total, found = counted.total, dict(counted.outcomes)
    if grouped or total is None:
        counted = count_by_sql(query, grouped)
        total, found = counted.total, found | dict(counted.outcomes)
    for node in hits:
        found[node.key] = _newest(query, node, total)
    return Counted(total, {node.key: found[node.key] for node in planned})


def _newest(query: EventQuery, node: Planned, total: int) -> Hits:
    size = node.aggregation.size if isinstance(node.aggregation, TopHits) else 0
    return Hits([event.key for event in query.newest(size)], total)
