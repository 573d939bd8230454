"""Any text as a filter, a sort or a page token: an answer or a 400, quickly; never a fault."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

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
SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ADDRESSES = ("/api/v2/events", "/api/v2/events/count", "/api/v2/stacks")


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
    ],
    ids=lambda text: text[:12],
)
def test_large_filters_are_answered_or_refused_quickly(reader: APIClient, text: str) -> None:
    for address in ADDRESSES:
        check(reader, address, filter=text)
