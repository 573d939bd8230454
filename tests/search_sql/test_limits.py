"""No search takes longer than it may."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from events.search.sql.limits import SearchTimeoutError, time_limit
from exceptionless_site.core import json
from tests.conftest import Cast

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


@pytest.mark.django_db
def test_a_statement_without_end_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(SearchTimeoutError) as caught, time_limit(0.2):
        run(ENDLESS)
    assert caught.value.seconds == 0.2
    assert time.monotonic() - started < 5
    run("SELECT 1")


@pytest.mark.django_db
def test_the_limit_ends_with_its_block() -> None:
    with time_limit(0.1):
        run("SELECT 1")
    long = ENDLESS.replace("x + 1 FROM n", "x + 1 FROM n WHERE x < 900000")
    with time_limit(20):
        run(long)


@pytest.mark.django_db
def test_other_faults_stay_what_they_are() -> None:
    with pytest.raises(Exception, match="nowhere") as caught, time_limit(5):
        run("SELECT * FROM nowhere")
    assert not isinstance(caught.value, SearchTimeoutError)


@pytest.mark.parametrize("address", ["/api/v2/events", "/api/v2/events/count", "/api/v2/stacks"])
@pytest.mark.parametrize("mode", ["", "stack_frequent"])
def test_a_slow_search_is_a_400_that_says_so(
    cast: Cast, address: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*arguments: object, **named: object) -> None:
        run(ENDLESS)

    for name in (
        "events.selectors.EventQuery.newest",
        "events.selectors.EventQuery.events",
        "events.api.stack_lists.stacks_of",
    ):
        monkeypatch.setattr(name, endless)
    monkeypatch.setattr("events.api.searching._SECONDS", 0.2)
    client = cast.client(cast.owner)
    response = client.get(address, {"mode": mode, "filter": "timeout"})
    assert response.status_code == 400
    assert "took longer than 0.2 seconds" in json.loads(response.content)["title"]
    monkeypatch.undo()
    assert client.get(address, {"mode": mode, "filter": "timeout"}).status_code == 200
