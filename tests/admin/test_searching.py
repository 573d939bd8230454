"""The search boxes of stacks and events take the API's filters."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from events.documents import pack
from events.models import Event
from events.search.sql.storage import insert_events, searchable
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import event_key
from tests.admin.conftest import a_stack

EVENTS = "/admin/events/event/"
STACKS = "/admin/events/stack/"


def indexed(stack: Any, **document: Any) -> int:
    now = utc_now()
    document = {"type": stack.type, **document}
    row = Event(
        key=event_key(now),
        organization=stack.organization,
        project=stack.project,
        stack=stack,
        type=stack.type,
        created_utc=now,
        document=pack(document),
    )
    insert_events([searchable(row, document)])
    return int(row.key)


def found(site: Client, address: str, text: str) -> list[Any]:
    return [row.pk for row in site.get(address, {"q": text}).context["cl"].result_list]


def test_events_are_found_by_words_fields_and_their_stacks(site: Client) -> None:
    stack = a_stack(status="regressed", title="Cart", tags=["blue"])
    timeout = indexed(stack, message="Timeout while reading", tags=["blue"])
    other = indexed(a_stack(type="log"), message="All is well")
    assert found(site, EVENTS, "timeout") == [timeout]
    assert found(site, EVENTS, "tag:blue type:error") == [timeout]
    assert found(site, EVENTS, "NOT tag:blue") == [other]
    assert found(site, EVENTS, "status:regressed") == [timeout]
    assert found(site, EVENTS, "type:error NOT message:timeout") == []


def test_stacks_are_found_by_parts_of_their_title_and_by_filters(site: Client) -> None:
    cart = a_stack(title="Cart is empty", status="regressed", tags=["blue"])
    a_stack(title="Other")
    assert found(site, STACKS, "art is") == [cart.pk]
    assert found(site, STACKS, "status:regressed tag:blue") == [cart.pk]
    assert found(site, STACKS, cart.pk) == [cart.pk]


@pytest.mark.parametrize(
    ("address", "text"),
    [(EVENTS, "("), (EVENTS, "date:never"), (STACKS, "tag:("), (STACKS, "occurrences:many")],
)
def test_a_filter_that_cannot_be_read_says_why(site: Client, address: str, text: str) -> None:
    a_stack()
    response = site.get(address, {"q": text})
    assert response.status_code == 200
    assert list(response.context["cl"].result_list) == []
    assert "cannot be read" in response.content.decode()
