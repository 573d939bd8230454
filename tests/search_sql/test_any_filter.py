"""Any text as a filter, a sort or a page token: an answer or a 400, quickly; never a fault."""

from __future__ import annotations

import base64
import os
import time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from events.models import Event
from exceptionless_site.core import json
from tests.conftest import Cast
from tests.search.test_fuzz import PIECES

PARTS = (
    *PIECES,
    *(
        "message:",
        "source:",
        "value:",
        "count:",
        "date:",
        "geo:",
        "tag:",
        "user:",
        "id:",
        "type:",
        "first:",
        "version:",
    ),
    *(
        "data.x:",
        "ref.s:",
        "status:",
        "stack:",
        "title:",
        "occurrences:",
        "level:",
        "ip:",
        "fixed:true",
        "hidden:false",
    ),
    *(
        "true",
        "1e400",
        "-5",
        "40,-70",
        "~5km",
        "^+01:00",
        "x*y*",
        "?a",
        "'",
        '"a b"',
        "%",
        "_",
        "数",
        "\ud800",
        "--",
        ";",
    ),
)
texts = st.lists(st.sampled_from(PARTS), max_size=20).map("".join) | st.text(max_size=40)
EXAMPLES = int(os.environ.get("SEARCH_EXAMPLES", "60"))
"""More of them for a longer hunt."""
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ADDRESSES = ("/api/v2/events", "/api/v2/events/count", "/api/v2/stacks", "/api/v2/events/sessions")


@pytest.fixture
def reader(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def check(reader: APIClient, address: str, **parameters: str) -> None:
    started = time.perf_counter()
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in parameters.items()}
    response = reader.get(address, sent)
    assert response.status_code in (200, 400), (parameters, response.content)
    assert time.perf_counter() - started < 10
    if response.status_code == 400:
        assert json.loads(response.content)["errors"]


@given(text=texts, mode=st.sampled_from(["", "stack_frequent", "summary"]))
@SETTINGS
def test_any_filter(reader: APIClient, text: str, mode: str) -> None:
    for address in ADDRESSES:
        check(reader, address, filter=text, mode=mode)


@given(
    text=st.lists(st.sampled_from(["-", "date", "value", " ", "source", "geo", "x", "(", "idx.a-n", "\0"])).map("".join)
)
@SETTINGS
def test_any_sort(reader: APIClient, text: list[str]) -> None:
    check(reader, "/api/v2/events", sort="".join(text))


HARD_TEXTS = (
    *("\0", "\ud800", "'; DROP TABLE events_event; --", '" OR 1=1 --', "%s %(x)s {0} %", "\u202egnirts", "\x7f", "\n"),
    *("9" * 400, "-" + "9" * 400, "1e999", "NaN", "Infinity", "0x1F", "\u0661\u0662", "1_000", "+5", "5.0", "null"),
    *("last 999999999 years", "next 999999999 months", "last 0 days", "[now+999999999y TO now]", "[now-1y/y/y/y TO *]"),
    *("9999", "0000", "9999-12-31||+1d", "{9999 TO 9999}", "first|", "first|9999", "date|last week", "||", "|", "> "),
    *(
        "999999999999y",
        "-999999999999w",
        "1M",
        "\u0665h",
        "5" * 12 + "nanos",
        " - ",
        "-" * 200,
        "1-" * 90,
        "\U0001f600",
    ),
    *("[]", "WzFd", "bnVsbA", "e30"),
)
values = st.sampled_from(HARD_TEXTS) | st.text(max_size=30)
NAMES = ("time", "offset", "limit", "page", "before", "after", "mode", "include", "sort", "filter")


@given(given=st.dictionaries(st.sampled_from(NAMES), values, max_size=4), address=st.sampled_from(ADDRESSES))
@SETTINGS
def test_any_parameters(reader: APIClient, given: dict[str, str], address: str) -> None:
    check(reader, address, **given)


@pytest.mark.parametrize("name", NAMES)
def test_every_hard_value_of_every_parameter(reader: APIClient, name: str) -> None:
    for text in HARD_TEXTS:
        for address in ADDRESSES[:3]:
            check(reader, address, **{name: text})
    assert Event.objects.count() == 0


@pytest.mark.parametrize("text", [text for text in HARD_TEXTS if text.strip("\0\n ")])
def test_any_reference_id_in_an_address(reader: APIClient, text: str) -> None:
    address = "/api/v2/events/by-ref/" + quote(text.encode("utf-8", "surrogatepass"), safe="")
    assert reader.get(address).status_code in (200, 404)


@given(
    values=st.lists(st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30), max_size=4),
    sort=st.sampled_from(["", "date", "value", "-type", "source", "created_utc", "first", "-reference"]),
    name=st.sampled_from(["before", "after"]),
)
@SETTINGS
def test_any_place(reader: APIClient, values: list[object], sort: str, name: str) -> None:
    token = base64.urlsafe_b64encode(repr(values).replace("None", "null").replace("'", '"').encode()).decode()
    check(reader, "/api/v2/events", sort=sort, **{name: token})


@pytest.mark.parametrize(
    "text",
    [
        "(" * 90 + "a" + ")" * 90,
        " OR ".join(f"message:word{number}" for number in range(300)),
        " OR ".join(f"date:>2015-01-{number % 28 + 1:02}" for number in range(250)),
        " ".join("abc" for _ in range(1900)),
        " AND NOT ".join(f"(a{number} OR b)" for number in range(200)),
        "a OR b AND " * 45 + "c",
        " OR ".join(f"value:[{number}.1 TO {number}.7]" for number in range(60)),
        "source:a" + "*b" * 2000 + "*",
        "NOT (a " * 60 + "b" + ")" * 60,
        "message:" + "x" * 7000,
        'source:"' + "a " * 1000 + '"',
        "(" * 10_000 + "a" + ")" * 10_000,
        "(" * 4_000,
        "NOT " * 1_900 + "a",
        "!" * 7_000 + "a",
        "message:(" * 800 + "a" + ")" * 800,
        "a" * 100_000,
        "a OR " * 20_000,
        'value:"' + "9" * 7_000 + '"',
        "date:now" + "+1d" * 2_000,
        "date:" + "now-1d/d " * 50,
        "idx." + "a" * 5_000 + "-n:>5",
        "data." + "\u0130" * 20 + ":x",
        "message:" + "?" * 3_000 + "*",
        "title:a?" + "*a?" * 2 + "*",
        "\u202e" * 3_000,
        "%" * 4_000 + '"' * 3_000,
    ],
    ids=lambda text: text[:12],
)
def test_large_filters_are_answered_or_refused_quickly(reader: APIClient, text: str) -> None:
    for address in ADDRESSES:
        check(reader, address, filter=text)
