"""Where the links of notices and web hooks lead without the official web UI."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.admin.conftest import a_stack, an_event
from tests.conftest import Cast


def test_events_and_stacks_are_shown_by_the_admin(cast: Cast) -> None:
    event = an_event(a_stack(cast.project))
    client = Client()
    client.force_login(cast.admin)
    shown = client.get(f"/event/{event.event_id}", follow=True)
    assert shown.request["PATH_INFO"] == f"/admin/events/event/{event.pk}/change/"
    for page in ("", "/mark-fixed", "/ignored", "/discarded"):
        shown = client.get(f"/stack/{event.stack_id}{page}", follow=True)
        assert (shown.status_code, shown.request["PATH_INFO"]) == (200, f"/admin/events/stack/{event.stack_id}/change/")
    event.stack.refresh_from_db()
    assert event.stack.status == "open"


def test_projects_and_organizations_too(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    assert client.get(f"/project/{cast.project.pk}/manage?tab=integrations", follow=True).status_code == 200
    assert client.get(f"/organization/{cast.organization.pk}/manage?tab=usage", follow=True).status_code == 200


def test_a_stranger_is_asked_to_sign_in(cast: Cast) -> None:
    event = an_event(a_stack(cast.project))
    shown = Client().get(f"/event/{event.event_id}", follow=True)
    assert shown.request["PATH_INFO"] == "/admin/login/"


@pytest.mark.parametrize("address", ["/event/54dbc16ca0f5c61398427b00", "/event/nonsense", "/stack/nonsense"])
def test_what_does_not_exist_is_not_found(cast: Cast, address: str) -> None:
    assert Client().get(address).status_code == 404
