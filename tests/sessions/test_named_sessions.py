"""Sessions whose id the client names: from posted events to start events."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from accounts.models import OrganizationUsage
from events.models import Event, Session, Stack
from events.stacking.status import StackStatus
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from projects.models import ProjectUsage
from tests.conftest import Cast
from tests.sessions.stories import SESSION_ID, Story, end_of, others, session_ids, starts, the_start

# --- Beginning ----------------------------------------------------------------------------------


def test_the_first_event_makes_a_start_event(story: Story) -> None:
    story.batch(story.named(0))
    start = the_start()
    assert start.reference_id == SESSION_ID
    assert start.date == story.at(0)
    assert start.value == 0
    assert start.content["value"] == 0
    assert start.is_session_open is True
    assert end_of(start) is None
    assert [event.session_id for event in others()] == [SESSION_ID]


def test_a_start_of_the_client_s_own_is_stored_instead_of_a_made_one(story: Story) -> None:
    story.batch(story.named(0, "session", message="mine"), story.named(10))
    start = the_start()
    assert start.content["message"] == "mine"
    assert (start.value, start.is_session_open) == (10, True)


def test_the_start_has_the_date_of_the_first_event(story: Story) -> None:
    story.batch(story.named(5, "session"), story.named(0), story.named(20))
    assert the_start().date == story.at(0)
    assert the_start().value == 20


def test_a_longer_duration_of_the_client_s_own_start_is_kept(story: Story) -> None:
    story.batch(story.named(0, "session", value=90), story.named(10))
    assert the_start().value == 90


def test_a_made_start_spans_the_events_of_its_batch(story: Story) -> None:
    story.batch(story.named(30), story.named(0), story.named(12.5))
    assert (the_start().date, the_start().value) == (story.at(0), 30)


@pytest.mark.parametrize("bad", ["short", "with spaces in it", "x" * 101, "ünder_score"])
def test_events_with_an_id_that_is_none_are_stored_without_a_session(story: Story, bad: str) -> None:
    story.batch(story.named(0, session_id=bad))
    assert not starts()
    assert len(others()) == 1


@pytest.mark.parametrize("odd", [12345678, ["session-0001"], {"id": "session-0001"}, None, ""])
def test_an_id_that_is_no_text_is_none(story: Story, odd: object) -> None:
    story.batch(story.event(0, data={"@ref:session": odd}))
    assert not starts()
    assert [event.session_id for event in others()] == [None]


def test_starts_whose_reference_ids_were_none_share_no_session(story: Story) -> None:
    story.batch(story.event(0, "session", reference_id="!"), story.event(9, "session", reference_id="?"))
    assert [start.value for start in starts()] == [None, None]


def test_the_same_id_in_another_project_is_another_session(cast: Cast, story: Story) -> None:
    story.batch(story.named(0))
    story.batch(story.named(60), key=cast.foreign_key)
    assert {(start.project_id, start.value) for start in starts()} == {
        (cast.project.pk, 0),
        (cast.foreign_project.pk, 0),
    }


# --- Going on -----------------------------------------------------------------------------------


def test_later_events_move_the_stored_start_on(story: Story) -> None:
    story.each(story.named(0, "session"), story.named(10), story.named(25.5))
    start = the_start()
    assert (start.value, start.content["value"]) == (25.5, 25.5)
    assert start.is_session_open is True


def test_an_event_from_before_the_last_activity_changes_nothing(story: Story) -> None:
    story.each(story.named(0), story.named(60), story.named(30), story.named(-30))
    assert (the_start().date, the_start().value) == (story.at(0), 60)


def test_a_second_start_is_not_stored(story: Story) -> None:
    story.each(story.named(0), story.named(10, "session", message="too late"))
    assert "message" not in the_start().content


def test_heartbeats_are_discarded_but_move_the_session(story: Story) -> None:
    story.batch(story.named(0, "session"), story.named(40, "heartbeat"))
    story.batch(story.named(90, "heartbeat"))
    assert the_start().value == 90
    assert not others()
    assert OrganizationUsage.objects.get().discarded == 2


def test_a_heartbeat_alone_makes_a_session(story: Story) -> None:
    story.batch(story.named(0, "heartbeat"))
    assert the_start().reference_id == SESSION_ID
    assert not others()


def test_all_events_at_once_or_one_by_one_make_the_same_session(story: Story) -> None:
    story.batch(story.named(0), story.named(10, "heartbeat"), story.named(20), story.named(30, "sessionend"))
    for seconds, type_ in ((0, "log"), (10, "heartbeat"), (20, "log"), (30, "sessionend")):
        story.each(story.named(seconds, type_, session_id="session-0002"))
    one, other = starts()
    assert (one.date, one.value, end_of(one)) == (other.date, other.value, end_of(other))


# --- Ending -------------------------------------------------------------------------------------


def test_an_end_closes_the_session(story: Story) -> None:
    story.batch(story.named(0, "session"), story.named(42, "sessionend"))
    start = the_start()
    assert (start.value, start.is_session_open) == (42, False)
    assert end_of(start) == format_utc(story.at(42))
    assert [event.type for event in others()] == ["sessionend"]


def test_a_stored_session_is_closed_by_a_later_end(story: Story) -> None:
    story.each(story.named(0), story.named(42, "sessionend"))
    assert (the_start().value, the_start().is_session_open) == (42, False)
    assert end_of(the_start()) == format_utc(story.at(42))


def test_an_end_before_the_last_activity_ends_the_session_with_that(story: Story) -> None:
    story.each(story.named(0), story.named(60), story.named(42, "sessionend"))
    assert the_start().value == 60
    assert end_of(the_start()) == format_utc(story.at(60))


def test_of_several_ends_one_is_stored_with_the_date_of_the_last_event(story: Story) -> None:
    story.batch(
        story.named(0),
        story.named(10, "sessionend", message="first"),
        story.named(20, "sessionend", message="second"),
        story.named(30),
    )
    (end,) = Event.objects.filter(type="sessionend")
    assert end.content["message"] == "first"
    assert end.date == story.at(30)
    assert (the_start().value, end_of(the_start())) == (30, format_utc(story.at(30)))


@pytest.mark.parametrize("heartbeats", [0, 2])
def test_an_end_without_a_session_is_not_stored_and_counts_nowhere(story: Story, heartbeats: int) -> None:
    story.batch(*(story.named(number, "heartbeat") for number in range(heartbeats)), story.named(42, "sessionend"))
    assert not Event.objects.exists()
    usage = OrganizationUsage.objects.first()
    assert (usage.total if usage else 0) == 0
    assert (usage.discarded if usage else 0) == heartbeats


def test_what_happens_after_the_end_begins_the_session_anew(story: Story) -> None:
    story.each(story.named(0), story.named(10, "sessionend"), story.named(60), story.named(80))
    assert [(start.date, start.value, start.is_session_open) for start in starts()] == [
        (story.at(0), 10, False),
        (story.at(60), 20, True),
    ]
    assert session_ids() == {SESSION_ID}


def test_what_happened_before_the_end_belongs_to_the_ended_session_however_late_it_comes(story: Story) -> None:
    story.each(
        story.named(0),
        story.named(50, "sessionend"),
        story.named(20, message="late"),
        story.named(30, "sessionend"),
        story.named(50, "heartbeat"),
    )
    assert (the_start().value, end_of(the_start())) == (50, format_utc(story.at(50)))
    assert [event.content.get("message") for event in others() if event.type == "log"] == [None, "late"]
    assert Event.objects.filter(type="sessionend").count() == 1


def test_a_second_end_after_the_end_is_the_end_of_nothing(story: Story) -> None:
    story.each(story.named(0), story.named(10, "sessionend"), story.named(20, "sessionend"))
    assert end_of(the_start()) == format_utc(story.at(10))
    assert Event.objects.filter(type="sessionend").count() == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_the_events_come_there_is_one_session_with_one_end(
    story: Story, order: tuple[int, ...]
) -> None:
    documents = [story.named(0), story.named(10), story.named(20, "sessionend")]
    story.each(*(documents[number] for number in order))
    if order[0] == 2:
        # An end that came first ended nothing.
        assert (the_start().is_session_open, end_of(the_start())) == (True, None)
    else:
        assert end_of(the_start()) == format_utc(story.at(20))
    assert len([event for event in others() if event.type == "log"]) == 2


# --- Memory -------------------------------------------------------------------------------------


def test_a_day_after_its_last_event_a_session_is_forgotten(story: Story) -> None:
    story.batch(story.named(0))
    Session.objects.update(last_activity_utc=utc_now() - timedelta(hours=24, minutes=1))
    story.batch(story.named(60))
    assert [start.date for start in starts()] == [story.at(0), story.at(60)]


def test_each_event_lets_the_day_begin_again(story: Story) -> None:
    story.batch(story.named(0))
    Session.objects.update(last_activity_utc=utc_now() - timedelta(hours=23))
    story.batch(story.named(60))
    assert the_start().value == 60
    assert utc_now() - Session.objects.get().last_activity_utc < timedelta(minutes=1)


def test_a_session_whose_start_was_removed_begins_anew(story: Story) -> None:
    story.batch(story.named(0))
    Event.objects.filter(type="session").delete()
    story.batch(story.named(60))
    assert the_start().date == story.at(60)


def test_a_start_in_a_removed_stack_is_as_good_as_gone(story: Story) -> None:
    story.batch(story.named(0))
    Stack.objects.filter(type="session").update(is_deleted=True)
    story.batch(story.named(60))
    assert [start.date for start in starts() if not start.stack.is_deleted] == [story.at(60)]


# --- What start events are to the rest ----------------------------------------------------------


def test_made_starts_count_in_no_quota(cast: Cast, story: Story) -> None:
    story.batch(story.named(0), story.named(10))
    assert Event.objects.count() == 3
    assert OrganizationUsage.objects.get().total == 2
    assert ProjectUsage.objects.get(project=cast.project).total == 2


def test_starts_of_a_project_share_an_ignored_stack_that_counts_them(story: Story) -> None:
    story.batch(story.named(0), story.named(5, session_id="session-0002"))
    story.batch(story.named(10), story.named(15, session_id="session-0003"))
    stack = Stack.objects.get(type="session")
    assert stack.status == StackStatus.IGNORED
    assert stack.title == "Session Start"
    assert stack.signature_info == {"Type": "session"}
    assert stack.total_occurrences == 3
    assert [start.is_first_occurrence for start in starts()].count(True) == 1


def test_starts_of_a_discarded_stack_are_not_stored_nor_counted(story: Story) -> None:
    story.batch(story.named(0))
    Stack.objects.filter(type="session").update(status=StackStatus.DISCARDED)
    story.each(story.named(10, session_id="session-0002"), story.named(20, session_id="session-0002"))
    assert the_start().reference_id == SESSION_ID
    assert len(others()) == 3
    assert OrganizationUsage.objects.get().discarded == 0


def test_events_that_are_too_old_make_no_session(story: Story) -> None:
    story.batch(story.named(-4 * 24 * 3600))
    assert not Event.objects.exists()
