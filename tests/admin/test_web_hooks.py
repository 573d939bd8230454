"""Web hooks and their calls in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from exceptionless_site.core.clock import utc_now
from tests.admin.conftest import a_delivery, a_web_hook


def act(site: Client, page: str, action: str, row: Any) -> None:
    response = site.post(f"/admin/{page}/", {"action": action, "_selected_action": [row.pk]})
    assert response.status_code == 302


@pytest.mark.parametrize("page", ["projects/webhook/", "projects/webhook/{}/change/", "projects/webhookdelivery/"])
def test_the_path_of_an_address_is_never_shown(site: Client, page: str) -> None:
    web_hook = a_web_hook()
    a_delivery(web_hook)
    content = site.get(f"/admin/{page.format(web_hook.pk)}").content.decode()
    assert "hooks.example.test" in content
    assert "secret-path" not in content


def test_a_disabled_web_hook_is_enabled_anew(site: Client) -> None:
    web_hook = a_web_hook(is_enabled=False, failures=12, last_error="The receiver answered with status 410.")
    assert "status 410" in site.get("/admin/projects/webhook/").content.decode()
    act(site, "projects/webhook", "enable", web_hook)
    web_hook.refresh_from_db()
    assert (web_hook.is_enabled, web_hook.failures, web_hook.last_error) == (True, 0, "")
    act(site, "projects/webhook", "disable", web_hook)
    web_hook.refresh_from_db()
    assert not web_hook.is_enabled


def test_a_call_shows_what_was_sent_and_can_be_made_again(site: Client) -> None:
    delivery = a_delivery(finished_utc=utc_now(), error="The server took too long.", attempts=10)
    content = site.get(f"/admin/projects/webhookdelivery/{delivery.pk}/change/").content.decode()
    assert "&lt;b&gt;broke&lt;/b&gt;" in content
    assert "The server took too long." in content
    act(site, "projects/webhookdelivery", "retry", delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)


@pytest.mark.parametrize("state", ["waiting", "delivered", "failed", "retrying"])
def test_calls_are_filtered_by_their_state(site: Client, state: str) -> None:
    web_hook = a_web_hook()
    rows = {
        "waiting": a_delivery(web_hook),
        "delivered": a_delivery(web_hook, finished_utc=utc_now()),
        "failed": a_delivery(web_hook, finished_utc=utc_now(), error="No."),
    }
    content = site.get(f"/admin/projects/webhookdelivery/?state={state}").content.decode()
    assert {name for name, row in rows.items() if row.pk in content} == {state} - {"retrying"}
