"""Events and stacks in the admin."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Event, Stack
from projects.models import Project
from tests.admin.conftest import a_project, a_stack, an_event
from tests.conftest import Cast

EVENTS = "/admin/events/event/"
STACKS = "/admin/events/stack/"


def listed(site: Client, **query: str) -> list[int]:
    return [event.pk for event in site.get(EVENTS, query).context["cl"].result_list]


def test_events_are_listed_newest_first_and_never_counted(site: Client) -> None:
    events = [an_event() for _ in range(3)]
    with CaptureQueriesContext(connection) as captured:
        assert listed(site) == sorted((event.pk for event in events), reverse=True)
    counts = [query["sql"] for query in captured if "COUNT" in query["sql"] and "events_event" in query["sql"]]
    assert counts == []


def test_a_page_beyond_the_last_is_empty(site: Client) -> None:
    an_event()
    assert listed(site, p="3") == []


def test_the_document_is_shown_as_text(site: Client) -> None:
    event = an_event(data={"@user": {"name": "<script>alert(1)</script>"}})
    page = site.get(f"{EVENTS}{event.pk}/change/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_events_are_found_by_their_id_and_by_their_reference_id(site: Client) -> None:
    events = [an_event() for _ in range(3)]
    Event.objects.filter(pk=events[1].pk).update(reference_id="order-4711")
    assert listed(site, q=events[0].event_id) == [events[0].pk]
    assert listed(site, q=f" {events[0].event_id.upper()} ") == [events[0].pk]
    assert listed(site, q="order-4711") == [events[1].pk]
    assert listed(site, q="order") == []


@pytest.mark.parametrize(("name", "value"), [("project__id__exact", "project_id"), ("stack__id__exact", "stack_id")])
def test_events_are_filtered(site: Client, name: str, value: str) -> None:
    events = [an_event() for _ in range(2)]
    assert listed(site, **{name: getattr(events[0], value)}) == [events[0].pk]


def test_events_are_filtered_by_type_and_date(site: Client) -> None:
    event, other = an_event(), an_event(a_stack(type="log"))
    assert listed(site, type="error") == [event.pk]
    assert listed(site, recent="hour", type="log") == [other.pk]


def test_an_event_whose_project_and_stack_are_gone_is_still_shown(site: Client) -> None:
    event = an_event()
    Stack.objects.filter(pk=event.stack_id).delete()
    Project.objects.filter(pk=event.project_id).delete()
    assert listed(site) == [event.pk]
    page = site.get(f"{EVENTS}{event.pk}/change/").content.decode()
    assert f"{event.stack_id} (gone)" in page


@pytest.mark.parametrize(
    ("action", "status", "is_fixed"),
    [
        ("mark_fixed", "fixed", True),
        ("mark_ignored", "ignored", False),
        ("mark_discarded", "discarded", False),
        ("mark_open", "open", False),
    ],
)
def test_a_decision_about_stacks(site: Client, action: str, status: str, is_fixed: bool) -> None:
    stacks = [a_stack(status="snoozed") for _ in range(2)]
    other = a_stack(status="snoozed")
    site.post(STACKS, {"action": action, "_selected_action": [stack.pk for stack in stacks]})
    for stack in stacks:
        stack.refresh_from_db()
        assert stack.status == status
        assert (stack.date_fixed is not None) is is_fixed
    other.refresh_from_db()
    assert other.status == "snoozed"


def test_a_stack_can_be_described_and_tagged_but_not_counted_up(site: Client) -> None:
    stack = a_stack(total_occurrences=7)
    form = {"title": "Better", "description": "Why", "tags": '["blue"]', "references": "[]", "total_occurrences": "1"}
    assert site.post(f"{STACKS}{stack.pk}/change/", form).status_code == 302
    stack.refresh_from_db()
    assert (stack.title, stack.description, stack.tags, stack.total_occurrences) == ("Better", "Why", ["blue"], 7)


def test_a_deleted_stack_is_gone_from_the_list(site: Client) -> None:
    stack, kept = a_stack(), a_stack()
    site.post(f"{STACKS}{stack.pk}/delete/", {"post": "yes"})
    stack.refresh_from_db()
    assert stack.is_deleted
    assert [row.pk for row in site.get(STACKS).context["cl"].result_list] == [kept.pk]


def test_the_stack_page_leads_to_its_events(cast: Cast, site: Client) -> None:
    event = an_event(a_stack(cast.project))
    an_event(a_stack(a_project()))
    page = site.get(f"{STACKS}{event.stack_id}/change/").content.decode()
    address = f"stack__id__exact={event.stack_id}"
    assert address in page
    assert listed(site, stack__id__exact=event.stack_id) == [event.pk]
