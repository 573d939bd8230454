"""A description waits for its event, is added when it comes, and is parked in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from events.ingest.parking import DESCRIPTION_ATTEMPTS
from events.models import Event, Submission
from events.models.submission import SubmissionKind
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import Cast
from tests.queue.rows import queued, work

BODY = {"reference_id": "order-1042", "email_address": "jane@example.com", "description": "I clicked."}
EVENT = {"message": "x", "reference_id": "order-1042"}


def described(project: Project, body: dict[str, Any] = BODY) -> None:
    queued(project, body, kind=SubmissionKind.USER_DESCRIPTION)


def description() -> Any:
    return Event.objects.get().content["data"].get("@user_description")


def test_a_description_finds_an_event_that_is_in_the_queue_behind_it(cast: Cast) -> None:
    described(cast.project)
    queued(cast.project, EVENT)
    work()
    assert description() == {"email_address": "jane@example.com", "description": "I clicked."}
    assert not Submission.objects.exists()


def test_a_description_is_added_when_its_event_comes_an_hour_later(cast: Cast) -> None:
    described(cast.project)
    now = utc_now()
    for minutes in range(0, 60, 5):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            work()
    assert Submission.objects.get().parked_utc is None
    with time_machine.travel(now + timedelta(hours=1)):
        queued(cast.project, EVENT)
        work()
        assert description() is None
    with time_machine.travel(now + timedelta(hours=2)):
        work()
    assert description() is not None


def test_a_description_whose_event_never_comes_is_parked(cast: Cast, caplog: Any) -> None:
    described(cast.project)
    now = utc_now()
    for _ in range(DESCRIPTION_ATTEMPTS):
        with time_machine.travel(now, tick=False):
            work()
        now = Submission.objects.get().available_utc
    parked = Submission.objects.get()
    assert parked.parked_utc is not None
    assert parked.parked_utc - parked.received_utc > timedelta(hours=4)
    assert "no event with this reference id" in parked.error
    assert not caplog.records


def test_a_parked_description_can_be_tried_again(cast: Cast) -> None:
    described(cast.project)
    Submission.objects.update(parked_utc=utc_now(), error="no event", attempts=DESCRIPTION_ATTEMPTS)
    queued(cast.project, EVENT)
    work()
    Submission.objects.update(parked_utc=None, error="", attempts=0, available_utc=utc_now())
    work()
    assert description() is not None


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
