"""From aggregations on a selection of events to what they come to.

Each aggregation goes the quickest way that can answer it: sums that are kept by the hour, the columns of the events,
or a look at each event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from events.aggregations.outcomes import Counted, Hits
from events.aggregations.parser import Aggregation, Operation, TopHits
from events.aggregations.planning import Planned, Stretch, plan
from events.aggregations.sql.grouping import count_by_sql, is_grouped_by_sql
from events.aggregations.sql.rows import event_rows
from events.aggregations.sql.scanning import count_by_scan
from events.aggregations.sql.sums import is_summed, rollup_rows
from events.ingest.rows import user_hash
from events.rollups.selectors import rollups_of
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
    ways = list(_ways(query, [node for node in planned if node not in hits], seconds))
    found = {key: outcome for counted in ways for key, outcome in counted.outcomes.items()}
    total = ways[0].total
    for node in hits:
        found[node.key] = _newest(query, node, total)
    return Counted(total, {node.key: found[node.key] for node in planned})


def _ways(query: EventQuery, nodes: Sequence[Planned], seconds: float) -> Iterator[Counted]:
    """One answer at least: the first one has the number of the events that is shown."""
    rollups = rollups_of(query)
    summed = tuple(node for node in nodes if rollups is not None and is_summed(node))
    grouped = tuple(node for node in nodes if node not in summed and is_grouped_by_sql(node))
    scanned = tuple(node for node in nodes if node not in summed and node not in grouped)
    if scanned:
        yield count_by_scan(query, scanned, seconds)
    if rollups is not None and (summed or not nodes):
        yield count_by_sql(rollup_rows(rollups, summed), summed)
    if grouped or not (nodes or rollups):
        yield count_by_sql(event_rows(query, grouped), grouped)


def _newest(query: EventQuery, node: Planned, total: int) -> Hits:
    size = node.aggregation.size if isinstance(node.aggregation, TopHits) else 0
    return Hits([event.key for event in query.newest(size)], total)
