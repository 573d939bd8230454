"""A description waits for its event, is added when it comes, and is parked in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.ingest.claims import Claim, claim_submissions
from events.ingest.parking import DESCRIPTION_ATTEMPTS
from events.ingest.user_descriptions import (
    EventNotThereYet,
    apply_user_description,
    wait_for_event,
    wake_descriptions,
)
from events.models import Event, Stack, Submission
from events.models.submission import SubmissionKind
from events.queue_selectors import queue_statistics
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import Cast
from tests.contract.responses import ContractSiteClient
from tests.ingest.steps.contexts import make_context
from tests.queue.rows import queued, work

BODY = {"reference_id": "order-1042", "email_address": "jane@example.com", "description": "I clicked."}
EVENT = {"message": "x", "reference_id": "order-1042"}


def described(project: Project, body: dict[str, Any] = BODY, **fields: Any) -> None:
    queued(project, body, kind=SubmissionKind.USER_DESCRIPTION, reference_id=body["reference_id"], **fields)


def description() -> Any:
    return Event.objects.get().content["data"].get("@user_description")


def test_a_description_finds_an_event_that_is_in_the_queue_behind_it(cast: Cast) -> None:
    described(cast.project)
    queued(cast.project, EVENT)
    work()
    assert description() == {"email_address": "jane@example.com", "description": "I clicked."}
    assert not Submission.objects.exists()


def test_a_description_is_added_as_soon_as_its_event_comes_an_hour_later(cast: Cast) -> None:
    described(cast.project)
    now = utc_now()
    for minutes in range(0, 60, 5):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            work()
    assert Submission.objects.get().parked_utc is None
    with time_machine.travel(now + timedelta(hours=1)):
        assert Submission.objects.get().available_utc > utc_now()
        queued(cast.project, EVENT)
        work()
    assert description() is not None
    assert not Submission.objects.exists()


def test_a_description_whose_event_never_comes_is_parked(cast: Cast, caplog: Any) -> None:
    described(cast.project)
    now = utc_now()
    for _ in range(DESCRIPTION_ATTEMPTS):
        with time_machine.travel(now, tick=False):
            work()
        now = Submission.objects.get().available_utc
    parked = Submission.objects.get()
    assert parked.parked_utc is not None
    assert timedelta(hours=9) < parked.parked_utc - parked.received_utc < timedelta(hours=10)
    assert "no event with this reference id" in parked.error
    assert not caplog.records


def parked(project: Project, **body: Any) -> None:
    given_up = {"parked_utc": utc_now(), "error": "no event", "attempts": DESCRIPTION_ATTEMPTS}
    described(project, BODY | body, **given_up)


def test_a_description_that_was_given_up_is_added_when_its_event_comes_after_all(cast: Cast) -> None:
    parked(cast.project)
    queued(cast.project, EVENT)
    work()
    assert description() is not None
    assert not Submission.objects.exists()


def test_the_descriptions_of_other_events_go_on_waiting(cast: Cast) -> None:
    parked(cast.foreign_project)
    parked(cast.project, reference_id="order-1043")
    queued(cast.project, EVENT)
    work()
    assert description() is None
    assert Submission.objects.filter(parked_utc__isnull=False, error="no event").count() == 2


def test_an_event_that_is_not_stored_wakes_nothing(cast: Cast) -> None:
    queued(cast.project, {"message": "x"})
    work()
    Stack.objects.update(status="discarded")
    parked(cast.project)
    queued(cast.project, EVENT)
    work()
    assert Submission.objects.get().parked_utc is not None


def test_a_description_from_before_the_column_finds_its_event_by_trying(cast: Cast) -> None:
    queued(cast.project, BODY, kind=SubmissionKind.USER_DESCRIPTION)
    work()
    queued(cast.project, EVENT)
    work()
    assert description() is None
    with time_machine.travel(utc_now() + timedelta(minutes=1)):
        work()
    assert description() is not None


def test_an_event_that_is_stored_while_its_description_is_looked_at_is_not_missed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(cast.project)
    (submission,) = claim_submissions("busy").submissions  # type: ignore[union-attr]
    with pytest.raises(EventNotThereYet) as outcome:
        apply_user_description(Claim("busy", [submission]))
    # Another worker stores the event, and leaves alone what this one has claimed.
    queued(cast.project, EVENT)
    work()
    wait_for_event(submission, outcome.value)
    assert Submission.objects.get().available_utc <= utc_now()
    work()
    assert description() is not None


def test_looking_for_descriptions_costs_one_statement_however_large_the_batch_is(cast: Cast) -> None:
    for number in (2, 40):
        contexts = [make_context(reference_id=f"order-{number}-{index:04}") for index in range(number)]
        with CaptureQueriesContext(connection) as statements:
            wake_descriptions(contexts)
        assert len(statements) == 1


def test_without_private_information_the_address_is_not_kept(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(configuration={"@@IncludePrivateInformation": "false"})
    queued(cast.project, EVENT)
    described(cast.project)
    work()
    assert description() == {"description": "I clicked."}


def test_those_that_were_given_up_are_counted_and_shown_in_the_admin(cast: Cast) -> None:
    parked(cast.project)
    queued(cast.foreign_project, b"{", parked_utc=utc_now(), error="unreadable")
    assert queue_statistics()["parked"] == 2
    site = ContractSiteClient()
    site.force_login(cast.admin)
    address = "/admin/events/submission/"
    page = site.get(f"{address}?state=parked&kind__exact=user-description").content.decode()
    assert page.count("field-state") == 1
    assert "no event" in page
    row = Submission.objects.get(reference_id="order-1042")
    assert "I clicked." in site.get(f"{address}{row.key}/change/").content.decode()


def test_a_description_that_is_repeated_after_a_crash_changes_nothing(cast: Cast) -> None:
    queued(cast.project, EVENT)
    described(cast.project)
    described(cast.project)
    work()
    assert description() == {"email_address": "jane@example.com", "description": "I clicked."}
    assert Event.objects.count() == 1


def test_the_description_of_a_deleted_project_is_let_go(cast: Cast) -> None:
    described(cast.project)
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    work()
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "value",
    ['{"a":' * 300 + "1" + "}" * 300, "123456789012345678901234567890", '"\\ud800"'],
    ids=["deep", "large", "odd"],
)
def test_data_that_could_not_be_written_is_kept_as_text(cast: Cast, value: str) -> None:
    queued(cast.project, EVENT)
    body = f'{{"description":"\\ud800","data":{{"odd":{value}}}}}'
    address = "/api/v2/events/by-ref/order-1042/user-description"
    response = cast.client(cast.key).post(address, body, content_type="application/json")
    assert response.status_code == 202
    work()
    assert description() == {"description": "\ufffd"}
    assert Event.objects.get().content["data"]["odd"]
