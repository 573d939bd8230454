"""Sessions of users whose client names none: they go by the user's identity."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import Event, SessionIdentity
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from projects.models import Project
from tests.conftest import Cast
from tests.sessions.stories import Story, end_of, others, session_ids, starts, the_start

JOHN = {"@user": {"identity": "john@example.com"}}


def test_events_of_one_user_get_one_session(story: Story) -> None:
    story.batch(story.jane(0), story.jane(10))
    story.batch(story.jane(20))
    start = the_start()
    assert (start.date, start.value, start.is_session_open) == (story.at(0), 20, True)
    assert session_ids() == {start.reference_id}
    assert [event.content["data"]["@ref:session"] for event in others()] == [start.reference_id] * 3


def test_the_new_id_has_the_form_and_the_date_of_an_object_id(story: Story) -> None:
    story.batch(story.jane(0))
    id_ = the_start().reference_id or ""
    assert len(id_) == 24
    assert int(id_[:8], 16) == int(story.at(0).timestamp())


def test_each_user_has_a_session_of_their_own(story: Story) -> None:
    story.batch(story.jane(0), story.event(5, data=JOHN), story.jane(10))
    jane, john = starts()
    assert (jane.value, john.value) == (10, 0)
    assert jane.reference_id != john.reference_id


@pytest.mark.parametrize(
    "user", [{"name": "Jane"}, {"identity": " "}, {"identity": None}, {"identity": 5}, "jane", None]
)
def test_without_an_identity_there_is_no_session(story: Story, user: object) -> None:
    story.batch(story.event(0, data={"@user": user}))
    assert not starts()
    assert [event.session_id for event in others()] == [None]


def test_the_identity_is_found_in_any_spelling(story: Story) -> None:
    story.batch(story.jane(0), story.event(10, data={"@user": '{"Identity": "jane@example.com"}'}))
    assert the_start().value == 10


def test_a_session_that_the_client_names_wins_over_the_user(story: Story) -> None:
    story.batch(story.jane(0), story.jane(10, data={"@ref:session": "session-0001"}))
    assert {start.reference_id for start in starts()} >= {"session-0001"}
    assert len(starts()) == 2


def test_a_client_s_start_is_stored_with_the_session_s_id(story: Story) -> None:
    story.batch(story.jane(5, "session", message="mine"), story.jane(0), story.jane(20))
    start = the_start()
    assert start.content["message"] == "mine"
    assert (start.date, start.value) == (story.at(0), 20)
    assert start.reference_id == others()[0].session_id


def test_a_client_s_start_is_not_stored_when_the_session_goes_on(story: Story) -> None:
    story.each(story.jane(0), story.jane(10, "session", message="mine"))
    assert "message" not in the_start().content
    assert the_start().value == 10


def test_of_two_starts_one_is_stored(story: Story) -> None:
    story.batch(story.jane(0, "session", message="first"), story.jane(5, "session", message="second"))
    assert the_start().content["message"] == "first"
    assert the_start().value == 5


def test_heartbeats_are_discarded_and_move_the_session(story: Story) -> None:
    story.each(story.jane(0), story.jane(50, "heartbeat"))
    assert the_start().value == 50
    assert [event.type for event in others()] == ["log"]


# --- Ending -------------------------------------------------------------------------------------


def test_an_end_closes_the_session(story: Story) -> None:
    story.batch(story.jane(0), story.jane(30, "sessionend"))
    assert (the_start().value, end_of(the_start())) == (30, format_utc(story.at(30)))
    assert others()[-1].session_id == the_start().reference_id


def test_an_end_closes_the_session_that_is_stored(story: Story) -> None:
    story.each(story.jane(0), story.jane(30, "sessionend"))
    assert (the_start().value, the_start().is_session_open) == (30, False)


def test_events_after_an_end_make_a_new_session_in_the_same_batch_or_later(story: Story) -> None:
    story.batch(story.jane(0), story.jane(30, "sessionend"), story.jane(60), story.jane(70))
    story.each(story.jane(90, "sessionend"), story.jane(120))
    assert [(start.date, start.value, start.is_session_open) for start in starts()] == [
        (story.at(0), 30, False),
        (story.at(60), 30, False),
        (story.at(120), 0, True),
    ]
    assert len({start.reference_id for start in starts()}) == 3


def test_an_end_without_a_session_is_not_stored(story: Story) -> None:
    story.batch(story.jane(0, "sessionend"))
    story.batch(story.jane(10), story.jane(20, "sessionend"), story.jane(30, "sessionend"))
    assert (the_start().date, the_start().value) == (story.at(10), 10)
    assert Event.objects.filter(type="sessionend").count() == 1


def test_a_heartbeat_and_an_end_make_a_session(story: Story) -> None:
    story.batch(story.jane(0, "heartbeat"), story.jane(10, "sessionend"))
    assert (the_start().value, the_start().is_session_open) == (10, False)


# --- Memory -------------------------------------------------------------------------------------


def test_after_a_quarter_of_an_hour_without_events_a_new_session_begins(story: Story) -> None:
    story.batch(story.jane(0))
    SessionIdentity.objects.update(last_activity_utc=utc_now() - timedelta(minutes=15, seconds=1))
    story.batch(story.jane(1000))
    assert [start.date for start in starts()] == [story.at(0), story.at(1000)]


def test_each_event_lets_the_quarter_of_an_hour_begin_again(story: Story) -> None:
    story.batch(story.jane(0))
    for seconds in (800, 1600):
        SessionIdentity.objects.update(last_activity_utc=utc_now() - timedelta(minutes=14))
        story.batch(story.jane(seconds))
    assert the_start().value == 1600


def test_users_are_remembered_by_a_hash_only(story: Story) -> None:
    story.batch(story.jane(0))
    row = SessionIdentity.objects.get()
    assert "jane" not in row.identity_hash
    assert len(row.identity_hash) == 32


def test_a_session_whose_start_was_removed_goes_on_with_a_new_start(story: Story) -> None:
    story.batch(story.jane(0))
    (event,) = others()
    Event.objects.filter(type="session").delete()
    story.batch(story.jane(10))
    assert the_start().reference_id == event.session_id
    assert the_start().date == story.at(10)


# --- Privacy ------------------------------------------------------------------------------------


def test_without_private_information_there_are_sessions_but_no_users(cast: Cast, story: Story) -> None:
    Project.objects.filter(pk=cast.project.pk).update(configuration={"@@IncludePrivateInformation": "false"})
    story.batch(story.jane(0), story.jane(10))
    story.batch(story.jane(20))
    assert the_start().value == 20
    assert all("@user" not in event.content["data"] for event in Event.objects.all())
