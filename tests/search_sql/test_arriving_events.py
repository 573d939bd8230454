"""Pages stay right while events arrive: nothing twice, nothing left out, in both directions."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from exceptionless_site.core import json
from tests.conftest import make_user
from tests.events.test_reading import links
from tests.search_sql.random_events import NOW, ORGANIZATION, PROJECTS, STACKS, random_stack
from tests.search_sql.wire_rows import store_events, store_organizations, store_stacks
from tokens.models import Token, TokenType

URL = "/api/v2/events"
NUMBER = 23
SORTS = ["", "-date", "date", "-value", "value type", "source"]


@pytest.fixture
def stock(db: None, time_machine: Any) -> dict[str, Any]:
    time_machine.move_to(NOW, tick=False)
    owner = {"id": ORGANIZATION, "projects": PROJECTS}
    store_organizations([owner], NOW.replace(year=2025))
    store_stacks([random_stack(random.Random(1), number) | {"is_deleted": False} for number in range(len(STACKS))])
    return {"number": 0}


@pytest.fixture
def arrive(stock: dict[str, Any]) -> Callable[..., list[str]]:
    """Store events in all places of a list: many share their dates and values. The ids come back."""

    def run(number: int, **members: Any) -> list[str]:
        ids = []
        for _ in range(number):
            at = stock["number"] = stock["number"] + 1
            event = {
                "id": f"{(at * 7919) % 10_007:024x}",
                "organization_id": ORGANIZATION,
                "project_id": PROJECTS[0],
                "stack_id": STACKS[0],
                "type": ("log", "error")[at % 2],
                "source": f"source {at % 3}",
                "date": (NOW - timedelta(minutes=at * 37 % 11)).isoformat(),
                "value": float(at * 13 % 5),
            }
            store_events([event | members])
            ids.append(str(event["id"]))
        return ids

    return run


@pytest.fixture
def reader(stock: dict[str, Any]) -> APIClient:
    user = make_user("reader")
    Membership.objects.create(organization=Organization.objects.get(), user=user)
    client = APIClient()
    token = Token.objects.create(type=TokenType.AUTHENTICATION, user=user)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
    return client


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [event["id"] for event in json.loads(response.content)]


def walk(reader: APIClient, response: Any, relation: str, arrive: Callable[..., Any]) -> list[list[str]]:
    """The pages from this one on, with events arriving before each."""
    pages = [ids(response)]
    for _ in range(100):
        address = links(response).get(relation)
        if not pages[-1] or address is None:
            return pages
        arrive(2)
        response = reader.get(address)
        pages.append(ids(response))
    raise AssertionError("there is no end")


@pytest.mark.parametrize("sort", SORTS)
def test_going_on_shows_every_earlier_event_once(reader: APIClient, arrive: Callable[..., Any], sort: str) -> None:
    there = arrive(NUMBER)
    pages = walk(reader, reader.get(URL, {"limit": "4", "sort": sort}), "next", arrive)
    shown = [id_ for page in pages for id_ in page]
    assert len(shown) == len(set(shown))
    assert set(there) <= set(shown)


@pytest.mark.parametrize("sort", SORTS)
def test_going_back_shows_every_earlier_event_once(reader: APIClient, arrive: Callable[..., Any], sort: str) -> None:
    there = arrive(NUMBER)
    last = reader.get(URL, {"limit": "4", "sort": sort})
    while "next" in links(last):
        last = reader.get(links(last)["next"])
    pages = walk(reader, last, "previous", arrive)
    shown = [id_ for page in pages for id_ in page]
    assert len(shown) == len(set(shown))
    assert set(there) <= set(shown)


def test_the_total_counts_all_that_match_on_every_page(reader: APIClient, arrive: Callable[..., Any]) -> None:
    arrive(NUMBER, type="log")
    arrive(4, type="session")
    first = reader.get(URL, {"limit": "5", "include": "total", "filter": "source:source value:>=0 -stack:nothing"})
    assert (len(ids(first)), first["X-Result-Count"]) == (5, str(NUMBER + 4))
    arrive(3, type="log")
    following = reader.get(links(first)["next"])
    assert following["X-Result-Count"] == str(NUMBER + 7)
    assert "X-Result-Count" not in reader.get(URL, {"limit": 5})
    none = reader.get(URL, {"include": "total", "filter": "source:nothing"})
    assert (ids(none), none["X-Result-Count"], "Link" in none) == ([], "0", False)
    stacks = reader.get(URL, {"include": "total", "mode": "stack_frequent"})
    assert stacks["X-Result-Count"] == "1"
