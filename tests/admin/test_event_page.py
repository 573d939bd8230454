"""The page of one event in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.admin.event_page import MAXIMUM_STEPS, session_steps
from events.admin.trees import as_tree
from events.models import Event
from exceptionless_site.core.time_keys import event_key
from tests.admin.conftest import a_stack, an_event

EVENTS = "/admin/events/event/"


def page(site: Client, event: Event) -> str:
    response = site.get(f"{EVENTS}{event.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_the_error_with_its_inner_errors(site: Client) -> None:
    error = {"type": "Outer", "message": "<b>bold</b>", "inner": {"type": "Inner", "stack_trace": [{"name": "run"}]}}
    shown = page(site, an_event(data={"@error": error}))
    assert "Outer" in shown
    assert "caused by" in shown
    assert "run()" in shown
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown
    assert "<b>bold</b>" not in shown


def test_the_page_leads_to_the_occurrences_before_and_after(site: Client) -> None:
    stack = a_stack()
    newest, middle, oldest = (an_event(stack) for _ in range(3))
    an_event()
    shown = page(site, middle)
    assert f'href="{EVENTS}{oldest.pk}/change/" rel="prev"' in shown
    assert f'href="{EVENTS}{newest.pk}/change/" rel="next"' in shown
    assert "Newest occurrence" in page(site, newest)
    assert "First that is kept" in page(site, oldest)


def of_session(event: Event, session_id: str, **fields: Any) -> Event:
    Event.objects.filter(pk=event.pk).update(session_id=session_id, **fields)
    event.refresh_from_db()
    return event


def test_the_steps_of_a_session_stand_in_time_order(site: Client) -> None:
    stack = a_stack()
    late, early = (of_session(an_event(stack), "s-1") for _ in range(2))
    start = an_event(a_stack(stack.project, type="session"))
    Event.objects.filter(pk=start.pk).update(reference_id="s-1")
    of_session(an_event(), "s-1")
    steps = session_steps(late)
    assert [step.event.pk for step in steps] == [start.pk, early.pk, late.pk]
    assert [step.is_this for step in steps] == [False, False, True]
    assert steps[0].seconds == 0
    assert "Session" in page(site, late)


def test_a_long_session_is_cut_but_holds_the_event_itself(site: Client) -> None:
    stack = a_stack()
    last = of_session(an_event(stack), "s-2")
    first = last.date - timedelta(hours=1)
    rows = [
        Event(
            key=event_key(first + timedelta(seconds=number)),
            organization=stack.organization,
            project=stack.project,
            stack=stack,
            type="log",
            session_id="s-2",
            created_utc=first,
            document=bytes(last.document),
        )
        for number in range(MAXIMUM_STEPS + 5)
    ]
    Event.objects.bulk_create(rows)
    steps = session_steps(last)
    assert len(steps) == MAXIMUM_STEPS + 1
    assert steps[-1].is_this


def test_the_number_of_statements_does_not_grow_with_the_session(site: Client) -> None:
    stack = a_stack()
    event = of_session(an_event(stack), "s-3")
    with CaptureQueriesContext(connection) as few:
        page(site, event)
    for _ in range(10):
        of_session(an_event(stack), "s-3")
    with CaptureQueriesContext(connection) as many:
        page(site, event)
    assert len(many) == len(few)


def test_an_event_that_does_not_exist_leads_back(site: Client) -> None:
    assert site.get(f"{EVENTS}17/change/").status_code == 302


def test_trees_are_bounded_and_escaped() -> None:
    deep: Any = "<i>"
    for _ in range(60):
        deep = {"a": deep}
    tree = as_tree(deep)
    assert "<i>" not in tree
    assert "&lt;i&gt;" in tree
    assert tree.count("<details") < 25
    assert "300 more" in as_tree(list(range(500)))
