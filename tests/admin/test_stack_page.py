"""The page of one stack in the admin, and the decisions that are made on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events.models import Event, Stack
from exceptionless_site.core.clock import utc_now
from tests.admin.conftest import a_project, a_stack, an_event
from tests.conftest import Cast
from tests.rollups.rows import refilled

STACKS = "/admin/events/stack/"


def page(site: Client, stack: Stack, **query: str) -> Any:
    response = site.get(f"{STACKS}{stack.pk}/change/", query)
    assert response.status_code == 200
    return response


def decide(site: Client, stack: Stack, **form: str) -> list[str]:
    """The messages that the decision leads to."""
    response = site.post(f"{STACKS}{stack.pk}/decide/", form, follow=True)
    assert response.status_code == 200
    stack.refresh_from_db()
    return [str(message) for message in response.context["messages"]]


def test_the_page_shows_course_users_and_the_latest_occurrence(site: Client) -> None:
    stack = a_stack()
    an_event(stack, message="older")
    an_event(stack, data={"@error": {"type": "Boom"}})
    newest = Event.objects.filter(stack_id=stack.pk).latest("key")
    refilled()
    response = page(site, stack)
    assert response.context["shown"] == 2
    assert response.context["latest"]["original"].pk == newest.pk
    assert "2 error" in response.content.decode()


def test_a_stack_without_events_says_so(site: Client) -> None:
    assert "No event of this stack is kept any more." in page(site, a_stack()).content.decode()


@pytest.mark.parametrize(("span", "bars"), [("day", 24), ("week", 56), ("quarter", 90), ("nonsense", 30)])
def test_the_time_that_is_shown_can_be_chosen(site: Client, span: str, bars: int) -> None:
    chart = page(site, a_stack(), span=span).context["chart"]
    assert chart.count("<tr><th scope='row'>") == bars


def test_links_that_are_no_addresses_of_the_web_are_text(site: Client) -> None:
    stack = a_stack(references=["javascript:alert(1)", "https://tracker.test/7"])
    shown = page(site, stack).content.decode()
    assert 'href="https://tracker.test/7"' in shown
    assert 'href="javascript' not in shown


def test_a_stack_is_marked_as_fixed_in_a_version(site: Client) -> None:
    stack = a_stack()
    assert decide(site, stack, decision="fixed", version="2.1") == ["Fixed in version 2.1.0."]
    assert (stack.status, stack.fixed_in_version) == ("fixed", "2.1.0")
    assert decide(site, stack, decision="fixed") == ["Fixed."]


def test_a_version_that_is_none_changes_nothing(site: Client) -> None:
    stack = a_stack()
    (message,) = decide(site, stack, decision="fixed", version="soon")
    assert "is no version" in message
    assert stack.status == "open"


def test_a_stack_is_snoozed(site: Client) -> None:
    stack = a_stack()
    assert decide(site, stack, decision="snoozed", hours="168") == ["Snoozed for 1 week."]
    assert stack.snooze_until_utc is not None
    assert abs(stack.snooze_until_utc - utc_now() - timedelta(days=7)) < timedelta(minutes=5)


@pytest.mark.parametrize("decision", ["ignored", "discarded", "open"])
def test_a_status_is_set(site: Client, decision: str) -> None:
    stack = a_stack(status="fixed")
    assert decide(site, stack, decision=decision) == [f"The stack is {decision} now."]
    assert stack.status == decision


def test_future_events_are_marked_critical_or_not(site: Client) -> None:
    stack = a_stack()
    decide(site, stack, decision="critical")
    assert stack.occurrences_are_critical
    decide(site, stack, decision="not-critical")
    assert not stack.occurrences_are_critical


@pytest.mark.parametrize("form", [{}, {"decision": "explode"}, {"decision": "snoozed", "hours": "-3"}])
def test_what_is_no_decision_changes_nothing(site: Client, form: dict[str, str]) -> None:
    stack = a_stack()
    assert decide(site, stack, **form)
    assert stack.status == "open"


def test_looking_at_the_address_of_a_decision_changes_nothing(site: Client) -> None:
    stack = a_stack()
    assert site.get(f"{STACKS}{stack.pk}/decide/", {"decision": "fixed"}).status_code == 302
    stack.refresh_from_db()
    assert stack.status == "open"


def test_a_deleted_stack_cannot_be_decided_about(site: Client) -> None:
    stack = a_stack(is_deleted=True)
    assert site.post(f"{STACKS}{stack.pk}/decide/", {"decision": "fixed"}).status_code == 302
    stack.refresh_from_db()
    assert stack.status == "open"


def test_only_admins_decide_here(cast: Cast) -> None:
    stack = a_stack(a_project())
    client = Client()
    client.force_login(cast.owner)
    assert client.post(f"{STACKS}{stack.pk}/decide/", {"decision": "fixed"}).status_code == 302
    stack.refresh_from_db()
    assert stack.status == "open"
