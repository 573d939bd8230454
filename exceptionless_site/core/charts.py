"""Charts as SVG that needs no script, with the same numbers as a table for those who read rather than look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_WIDTH, _HEIGHT = 1000, 160
_GAP = 0.15
_MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each bar; `name` is shown, `kind` chooses the colour (class `bar-<kind>`)."""

    name: str
    kind: str
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)


def bar_chart(title: str, labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    """Stacked bars, one for each label. Raises ValueError when a series has another number of values."""
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("Each series needs a value for each label")
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)] or [0] * len(labels)
    highest = nice_top(max(totals, default=0))
    return format_html(
        '<figure class="figure"><figcaption>{title}{legend}</figcaption>'
        '<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{title}">'
        "{grid}{bars}</svg>"
        '<div class="figure-labels" aria-hidden="true">{labels}</div>'
        "<details><summary>{highest} at the top; as a table</summary>{table}</details></figure>",
        title=title,
        legend=_legend(series),
        width=_WIDTH,
        height=_HEIGHT + 1,
        grid=_grid(),
        bars=_bars(labels, series, highest),
        labels=_axis(labels),
        highest=f"{highest:,}",
        table=_table(labels, series),
    )


def sparkline(values: Sequence[int], label: str) -> SafeString:
    """A chart as small as a word."""
    highest = max([*values, 1])
    width = 100 / max(len(values), 1)
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (
            (
                _number(index * width),
                _number(24 - 24 * value / highest),
                _number(width * 0.8),
                _number(24 * value / highest),
            )
            for index, value in enumerate(values)
            if value
        ),
    )
    return format_html(
        '<svg class="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        label,
        bars,
    )


def nice_top(highest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is not below the highest value."""
    top = 1
    while True:
        for step in (1, 2, 5):
            if top * step >= highest:
                return top * step
        top *= 10


def _bars(labels: Sequence[str], series: Sequence[Series], highest: int) -> SafeString:
    width = _WIDTH / max(len(labels), 1)
    bars = []
    for index, label in enumerate(labels):
        bottom = float(_HEIGHT)
        for one in series:
            value = one.values[index]
            if not value:
                continue
            height = _HEIGHT * value / highest
            bottom -= height
            place = (_number(index * width + width * _GAP / 2), _number(bottom), _number(width * (1 - _GAP)))
            bars.append((one.kind, *place, _number(height), f"{label}: {value:,} {one.name}"))
    return format_html_join(
        "",
        '<rect class="bar-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        bars,
    )


def _grid() -> SafeString:
    lines = ((_number(_HEIGHT * part / 4 + 0.5),) * 2 for part in range(5))
    return format_html_join("", '<line x1="0" x2="1000" y1="{}" y2="{}"/>', lines)


def _axis(labels: Sequence[str]) -> SafeString:
    step = max(1, -(-len(labels) // _MOST_LABELS))
    return format_html_join("", "<span>{}</span>", ((label,) for label in labels[::step]))


def _legend(series: Sequence[Series]) -> SafeString:
    if len(series) < 2:
        return mark_safe("")
    rows = ((one.kind, one.name, f"{one.total:,}") for one in series)
    return format_html_join("", ' <span class="legend"><i class="bar-{}"></i>{} {}</span>', rows)


def _table(labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    head = format_html_join("", "<th scope='col'>{}</th>", ((one.name,) for one in series))
    cells = (
        (label, format_html_join("", "<td>{}</td>", ((f"{one.values[index]:,}",) for one in series)))
        for index, label in enumerate(labels)
    )
    body = format_html_join("", "<tr><th scope='row'>{}</th>{}</tr>", cells)
    return format_html(
        '<div class="figure-table"><table class="usage"><tr><th></th>{}</tr>{}</table></div>', head, body
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
