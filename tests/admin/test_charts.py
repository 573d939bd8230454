"""Charts that the server draws."""

from __future__ import annotations

import re

import pytest

from exceptionless_site.core.charts import Series, bar_chart, nice_top, sparkline


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (10, 10), (11, 20), (999, 1000), (2001, 5000)]
)
def test_the_top_of_a_chart_is_a_round_number(highest: int, top: int) -> None:
    assert nice_top(highest) == top


def test_bars_stand_on_each_other_and_say_what_they_are() -> None:
    chart = bar_chart("Events", ["Mon", "Tue"], [Series("error", "error", [5, 0]), Series("log", "log", [5, 10])])
    heights = re.findall(r'<rect class="bar-(\w+)" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)">', chart)
    assert heights == [("error", "80", "80"), ("log", "0", "80"), ("log", "0", "160")]
    assert "<title>Mon: 5 error</title>" in chart
    assert "<th scope='row'>Tue</th><td>0</td><td>10</td>" in chart


def test_names_are_escaped() -> None:
    chart = bar_chart("<b>", ["<i>"], [Series("<u>", "other", [1]), Series("b", "other", [1])])
    assert not re.search("<(b|i|u)>", chart)


def test_an_empty_chart_is_still_a_chart() -> None:
    assert "<rect" not in bar_chart("Events", ["Mon"], [])
    assert "<rect" not in sparkline([0, 0], "nothing")


def test_each_series_needs_a_value_for_each_label() -> None:
    with pytest.raises(ValueError, match="each label"):
        bar_chart("Events", ["Mon"], [Series("error", "error", [1, 2])])
