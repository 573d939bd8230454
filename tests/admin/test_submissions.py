"""The queue in the admin: what waits, what was parked, and what a person does about it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.test import Client

from events.models import Submission
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.admin.conftest import a_submission

LIST = "/admin/events/submission/"


def parked(**fields: Any) -> Submission:
    return a_submission(parked_utc=utc_now(), error="ValueError: <b>bad</b>", attempts=8, **fields)


def shown(site: Client, **query: str) -> set[int]:
    return {row.pk for row in site.get(LIST, query).context["cl"].result_list}


def page(site: Client, row: Submission) -> str:
    return str(site.get(f"{LIST}{row.pk}/change/").content.decode())


def test_the_states_are_told_apart(site: Client) -> None:
    waiting, retrying, aside = a_submission(), a_submission(error="KeyError", attempts=1), parked()
    assert shown(site) == {waiting.pk, retrying.pk, aside.pk}
    assert shown(site, state="parked") == {aside.pk}
    assert shown(site, state="waiting") == {waiting.pk, retrying.pk}
    assert shown(site, state="retrying") == {retrying.pk}


def test_a_parked_row_is_tried_again_as_if_it_were_new(site: Client) -> None:
    row, other = parked(), parked()
    site.post(LIST, {"action": "retry", "_selected_action": [row.pk]})
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.parked_utc, row.error, row.attempts) == (None, "", 0)
    assert row.available_utc <= utc_now()
    assert other.parked_utc is not None


def test_a_row_that_a_worker_holds_is_left_to_it(site: Client) -> None:
    row = a_submission(claimed_by="worker-1", attempts=1)
    site.post(LIST, {"action": "retry", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert (row.claimed_by, row.attempts) == ("worker-1", 1)


def test_a_row_is_deleted(site: Client) -> None:
    row, kept = parked(), parked()
    sent = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert site.post(LIST, sent).status_code == 302
    assert shown(site) == {kept.pk}


def test_what_a_client_sent_cannot_be_changed(site: Client) -> None:
    row = a_submission()
    assert site.post(f"{LIST}{row.pk}/change/", {"payload": "other"}).status_code == 403


@pytest.mark.parametrize(
    ("payload", "encoding", "text"),
    [
        (b'{"message":"<b>sent</b>"}', "", "&lt;b&gt;sent&lt;/b&gt;"),
        (gzip.compress(b"compressed text", mtime=0), "gzip", "compressed text"),
        (b"not compressed", "gzip", "("),
        (b"x" * 10_000, "", "x" * 4_000 + "\n…"),
    ],
)
def test_the_payload_is_shown_as_text(site: Client, payload: bytes, encoding: str, text: str) -> None:
    assert text in page(site, a_submission(payload=payload, content_encoding=encoding))


def test_the_error_is_shown_as_text(site: Client) -> None:
    assert "ValueError: &lt;b&gt;bad&lt;/b&gt;" in page(site, parked())


def test_a_row_whose_project_is_gone_is_still_shown(site: Client) -> None:
    row = parked()
    Project.objects.filter(pk=row.project_id).delete()
    assert shown(site) == {row.pk}
    assert f"{row.project_id} (gone)" in page(site, row)
