"""Numbers for charts, all of them from rollups: what they cost depends on the hours shown, not on the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import ExpressionWrapper, F, IntegerField, QuerySet, Sum

from events.models import Rollup
from exceptionless_site.core.charts import Series

_SHOWN_TYPES = ("error", "404", "log", "usage", "session")
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Span:
    """Hours that a chart shows, in bars of some hours each; the last bar holds the present hour."""

    title: str
    bars: int
    hours_per_bar: int

    def first_hour(self, now: datetime) -> int:
        """In hours since 1970. Bars of a day start at midnight, UTC."""
        last = _hour(now) // self.hours_per_bar
        return (last - self.bars + 1) * self.hours_per_bar

    def start(self, now: datetime) -> datetime:
        return datetime.fromtimestamp(self.first_hour(now) * 3600, UTC)

    def labels(self, now: datetime) -> list[str]:
        form = "%m-%d" if self.hours_per_bar >= 24 else "%m-%d %H:%M"
        start, step = self.start(now), timedelta(hours=self.hours_per_bar)
        return [format(start + number * step, form) for number in range(self.bars)]


SPANS = {
    "day": Span("24 hours", 24, 1),
    "week": Span("7 days", 56, 3),
    "month": Span("30 days", 30, 24),
    "quarter": Span("90 days", 90, 24),
}


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600


def series_by_type(rows: QuerySet[Rollup], span: Span, now: datetime) -> list[Series]:
    """Occurrences in each bar, the known types apart; types that do not occur are left out."""
    first = span.first_hour(now)
    bar = ExpressionWrapper((F("hour") - first) / span.hours_per_bar, IntegerField())
    shown = rows.filter(hour__gte=first, hour__lte=_hour(now))
    found = shown.order_by().annotate(bar=bar).values_list("bar", "type").annotate(Sum("occurrences"))
    values: defaultdict[str, list[int]] = defaultdict(lambda: [0] * span.bars)
    for number, name, count in found:
        values[name if name in _SHOWN_TYPES else _OTHER][number] += count
    return [Series(name, name, values[name]) for name in (*_SHOWN_TYPES, _OTHER) if name in values]


def totals(series: Sequence[Series]) -> dict[str, int]:
    return {one.name: one.total for one in series}
