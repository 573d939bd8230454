"""Every page opens, for global admins only, and costs the same number of statements for few rows and for many."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import ScheduledJob
from tests.admin.conftest import PAGES, a_submission
from tests.conftest import Cast

ADDABLE = ["accounts/invite", "accounts/membership", "accounts/organization", "accounts/user", "projects/project"]
READ_ONLY = [
    "accounts/organizationusage",
    "core/ratecounter",
    "core/scheduledjob",
    "events/event",
    "projects/projectusage",
]

SERVER_MADE = [
    "events/notification",
    "events/stack",
    "events/submission",
    "projects/savedview",
    "projects/webhook",
    "projects/webhookdelivery",
]


def statements(site: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert site.get(address).status_code == 200
    return len(captured)


def test_the_table_of_pages_names_every_page() -> None:
    registered = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}
    assert registered == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_as_many_statements_for_twelve_rows_as_for_three(site: Client, page: str) -> None:
    address = f"/admin/{page}/"
    for _ in range(3):
        PAGES[page]()
    statements(site, address)  # fills the caches of content types and the like
    with_three = statements(site, address)
    for _ in range(9):
        PAGES[page]()
    assert statements(site, address) == with_three


@pytest.mark.parametrize("page", PAGES)
def test_a_row_has_a_page(site: Client, page: str) -> None:
    row = PAGES[page]()
    response = site.get(f"/admin/{page}/{row.pk}/change/")
    assert response.status_code == 200
    history = site.get(f"/admin/{page}/{row.pk}/history/")
    assert history.status_code == 200


@pytest.mark.parametrize("page", [*ADDABLE, "tokens/token"])
def test_a_form_for_a_new_row_opens(site: Client, page: str) -> None:
    assert site.get(f"/admin/{page}/add/").status_code == 200


@pytest.mark.parametrize("page", [*READ_ONLY, *SERVER_MADE])
def test_what_only_the_server_makes_cannot_be_added(site: Client, page: str) -> None:
    assert site.get(f"/admin/{page}/add/").status_code == 403


@pytest.mark.parametrize("page", READ_ONLY)
def test_a_read_only_row_can_be_neither_changed_nor_deleted(site: Client, page: str) -> None:
    row = PAGES[page]()
    assert site.post(f"/admin/{page}/{row.pk}/change/", {}).status_code == 403
    assert site.post(f"/admin/{page}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_list_can_be_searched(site: Client, page: str) -> None:
    PAGES[page]()
    assert site.get(f"/admin/{page}/", {"q": "no such thing"}).status_code == 200


@pytest.mark.parametrize("who", ["owner", "stranger"])
@pytest.mark.parametrize("page", ["", "accounts/user/", "events/event/", "tokens/token/"])
def test_only_global_admins_enter(cast: Cast, who: str, page: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))
    response = client.get(f"/admin/{page}")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def queue_link(site: Client) -> str:
    """The side bar's words for the queue."""
    found = re.search(
        r'<a href="/admin/events/submission/" class="flex.*?</a>', site.get("/admin/").content.decode(), re.DOTALL
    )
    assert found
    return " ".join(re.sub(r"<[^>]*>", " ", found.group()).split())


def test_the_side_bar_counts_parked_submissions(site: Client) -> None:
    a_submission()
    assert queue_link(site) == "inbox Queue"
    a_submission(parked_utc=utc_now())
    assert queue_link(site) == "inbox Queue 1"


def test_groups_are_not_offered(site: Client) -> None:
    assert site.get("/admin/auth/group/").status_code == 404


@pytest.mark.parametrize(
    ("app", "model", "field", "text"),
    [
        ("tokens", "token", "project", "Rocket Ship (Elsewhere)"),
        ("accounts", "membership", "user", "stranger@example.test (Stranger)"),
    ],
)
def test_choices_say_enough_to_tell_two_of_a_name_apart(
    site: Client, app: str, model: str, field: str, text: str
) -> None:
    query = {"app_label": app, "model_name": model, "field_name": field, "term": text.split()[0]}
    results = site.get("/admin/autocomplete/", query).json()["results"]
    assert [result["text"] for result in results] == [text]


@pytest.mark.parametrize(
    ("started", "finished", "error", "outcome"),
    [
        (None, None, "", "never"),
        (2, None, "", "running"),
        (2, 1, "", "running"),
        (1, 2, "", "done"),
        (1, 2, "KeyError", "failed"),
    ],
)
def test_the_last_run_of_a_job_is_told(
    site: Client, started: int | None, finished: int | None, error: str, outcome: str
) -> None:
    def minute(number: int | None) -> datetime | None:
        return None if number is None else datetime(2026, 1, 1, 0, number, tzinfo=UTC)

    ScheduledJob.objects.create(
        name="a job", last_started_utc=minute(started), last_finished_utc=minute(finished), last_error=error
    )
    page = site.get("/admin/core/scheduledjob/").content.decode()
    assert re.search(rf">\s*{outcome}\s*<", page)
