"""Lists of events in any order, page by page and by page tokens; the same on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from exceptionless_site.core import json
from tests.conftest import make_user
from tests.events.test_reading import links
from tests.search_sql.random_events import NOW, ORGANIZATION, PROJECTS, STACKS, random_event, random_stack
from tests.search_sql.wire_rows import store_events, store_organizations, store_stacks
from tokens.models import Token, TokenType

URL = "/api/v2/events"
NUMBER = 30

Document = dict[str, Any]
Key = Callable[[Document], Any]


@pytest.fixture
def documents(db: None, time_machine: Any) -> list[Document]:
    time_machine.move_to(NOW, tick=False)
    r = random.Random(3)
    owner = {"id": ORGANIZATION, "name": "Acme", "has_premium_features": True, "projects": PROJECTS}
    store_organizations([owner], NOW.replace(year=2025))
    store_stacks([random_stack(r, number) | {"is_deleted": False} for number in range(len(STACKS))])
    found = [random_event(r, number) for number in range(NUMBER)]
    store_events(found)
    return found


@pytest.fixture
def reader(documents: list[Document]) -> APIClient:
    user = make_user("reader")
    Membership.objects.create(organization=Organization.objects.get(), user=user)
    client = APIClient()
    token = Token.objects.create(type=TokenType.AUTHENTICATION, user=user)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
    return client


def get(reader: APIClient, **parameters: Any) -> Any:
    return reader.get(URL, parameters)


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [event["id"] for event in json.loads(response.content)]


def data(*path: str) -> Key:
    def read(document: Document) -> Any:
        value: Any = document["data"]
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return read


def member(name: str) -> Key:
    return lambda document: document.get(name)


def expected(documents: list[Document], key: Key, *, descending: bool) -> list[str]:
    """By the key, without it last, then by id."""
    rows = sorted(documents, key=lambda document: document["id"])
    known = [row for row in rows if key(row) is not None]
    known.sort(key=key, reverse=descending)
    return [row["id"] for row in [*known, *(row for row in rows if key(row) is None)]]


ORDERS = [
    ("type", member("type")),
    ("value", member("value")),
    ("count", member("count")),
    ("reference", member("reference_id")),
    ("reference_id", member("reference_id")),
    ("first", member("is_first_occurrence")),
    ("id", member("id")),
    ("stack", member("stack_id")),
    ("project_id", member("project_id")),
    ("created_utc", member("created_utc")),
    ("date", member("date")),
    ("level", data("@level")),
    ("version", data("@version")),
    ("source", member("source")),
    ("message", member("message")),
    ("user.name", data("@user", "name")),
    ("country", data("@location", "country")),
    ("bot", data("@request", "data", "@is_bot")),
    ("data.@request.path", data("@request", "path")),
]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("name", "key"), ORDERS, ids=[name for name, _ in ORDERS])
def test_every_field_gives_an_order(
    documents: list[Document], reader: APIClient, name: str, key: Key, descending: bool
) -> None:
    sort = f"-{name}" if descending else name
    wanted = expected(documents, key, descending=descending)
    assert ids(get(reader, sort=sort, limit=100)) == wanted
    numbered = [ids(get(reader, sort=sort, limit=7, page=page)) for page in range(1, 6)]
    assert [id_ for page in numbered for id_ in page] == wanted


@pytest.mark.parametrize(
    "sort", ["-date", "date", "type", "-value", "count", "-source", "user.name -value", "type -date"]
)
def test_page_tokens_walk_through_the_whole_list_and_back(reader: APIClient, sort: str) -> None:
    everything = ids(get(reader, sort=sort, limit=100))
    assert len(everything) == NUMBER
    response, forwards = get(reader, sort=sort, limit=7), []
    while True:
        forwards += ids(response)
        address = links(response).get("next")
        if address is None:
            break
        response = reader.get(address)
    assert forwards == everything
    backwards = ids(response)
    while page := ids(response := reader.get(links(response)["previous"])):
        backwards = page + backwards
        if "next" not in links(response) and len(page) < 7:
            break
    assert backwards == everything


def test_several_fields_sort_one_after_the_other(documents: list[Document], reader: APIClient) -> None:
    rows = sorted(documents, key=lambda row: row["id"])
    rows.sort(key=lambda row: float(row.get("value", -1e308)), reverse=True)
    rows.sort(key=lambda row: row["type"])
    assert ids(get(reader, sort="type -value", limit=100)) == [row["id"] for row in rows]


def test_unknown_names_have_no_effect(documents: list[Document], reader: APIClient) -> None:
    newest = ids(get(reader, limit=100))
    assert ids(get(reader, limit=100, sort="nothing -data.age")) == newest
    assert ids(get(reader, limit=100, sort="geo")) == sorted(row["id"] for row in documents)


def test_a_sort_that_cannot_be_read_is_a_400(reader: APIClient) -> None:
    response = get(reader, sort="type:x")
    assert response.status_code == 400
    assert json.loads(response.content)["errors"]["sort"]


def test_what_is_sorted_by_documents_is_bounded(reader: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.sorting.MAXIMUM_SORTED", NUMBER - 1)
    assert get(reader, sort="type").status_code == 200
    response = get(reader, sort="source")
    assert response.status_code == 400
    assert "to sort by source" in json.loads(response.content)["title"]


def test_a_token_of_another_order_is_a_400(reader: APIClient) -> None:
    address = links(get(reader, sort="type", limit=2))["next"]
    token = address.partition("after=")[2].partition("&")[0]
    for sort in ("value", "source value", "-date"):
        assert get(reader, sort=sort, after=token).status_code == 400, sort


def test_a_token_of_date_and_id_alone_is_understood(documents: list[Document], reader: APIClient) -> None:
    from events.api.parameters import write_token
    from exceptionless_site.core.time_keys import to_milliseconds
    from tests.search_sql.wire_rows import moment

    newest = ids(get(reader, limit=100))
    by_id = {row["id"]: row for row in documents}
    place = [to_milliseconds(moment(by_id[newest[4]]["date"])), newest[4]]
    assert ids(get(reader, limit=3, after=write_token(place))) == newest[5:8]
    assert ids(get(reader, limit=3, before=write_token(place))) == newest[1:4]
    gone = [place[0], "f" * 24]
    assert ids(get(reader, limit=3, after=write_token(gone))) == newest[5:8]
