"""The pipeline's step for sessions: pure, and what it makes goes the way of all events."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from events.ingest import pipeline
from events.ingest.context import EventContext
from events.sessions import step
from events.sessions.groups import automatic_groups, bind_automatic, manual_groups
from events.sessions.names import name_hash
from tests.ingest.steps.contexts import PRIVATE, RECEIVED_AT, make_context, make_project

SESSION_ID = "session-0001"
STEPS = pipeline.steps(session=step.run)


def event_at(seconds: float, type_: str = "log", **data: Any) -> EventContext:
    members: dict[str, Any] = {"reference_id": SESSION_ID} if type_ == "session" else {}
    return make_context(type_, data, date=RECEIVED_AT - timedelta(hours=1) + timedelta(seconds=seconds), **members)


def named(seconds: float, type_: str = "log") -> EventContext:
    return event_at(seconds, type_, **({} if type_ == "session" else {"@ref:session": SESSION_ID}))


def jane(seconds: float, type_: str = "log") -> EventContext:
    return event_at(seconds, type_, **{"@user": {"identity": "jane"}})


def test_its_place_is_between_geo_and_angular() -> None:
    names = [entry.name for entry in STEPS]
    place = names.index("session")
    assert STEPS[place].order == (5, 70)
    assert (names[place - 1], names[place + 1]) == ("geo", "angular")


@pytest.mark.parametrize("module", ["plan", "names", "start_event", "groups", "step"])
def test_what_decides_needs_no_django(module: str) -> None:
    program = f"import sys, events.sessions.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_made_starts_come_last_and_go_through_the_later_steps() -> None:
    first = named(0)
    first.event.data["@environment"] = {"MachineName": "box", "OSName": "Linux"}
    *rest, start = pipeline.run([first, named(10)], STEPS)
    assert rest[0] is first
    assert start.is_server_made
    assert (start.event.type, start.event.value) == ("session", 10)
    assert start.event.data["@environment"] == {"o_s_name": "Linux", "machine_name": "box"}
    assert start.session is first.session


def test_a_start_of_the_client_s_own_needs_no_other() -> None:
    contexts = pipeline.run([named(0, "session"), named(10)], STEPS)
    assert len(contexts) == 2
    assert not any(context.is_server_made for context in contexts)


def test_without_sessions_nothing_is_made() -> None:
    contexts = [make_context("log"), make_context("error", {"@error": {"message": "x"}})]
    assert pipeline.run(contexts, STEPS) == contexts


def test_a_batch_of_heartbeats_leaves_the_start_alone() -> None:
    contexts = pipeline.run([named(0, "heartbeat"), named(5, "heartbeat")], STEPS)
    assert [context.is_live for context in contexts] == [False, False, True]


def test_private_information_is_in_no_made_start() -> None:
    context = jane(0)
    context = make_context("log", context.event.data, date=context.event.date, project=make_project(PRIVATE))
    *_, start = pipeline.run([context], STEPS)
    assert start.is_server_made
    assert "@user" not in start.event.data


def test_events_that_failed_before_it_belong_to_no_session() -> None:
    bad = named(0)
    bad.error = "geo: KeyError"
    assert step.run([context for context in (bad, named(10)) if context.is_live])[0].event.date > bad.event.date
    assert bad.session is None


def test_an_id_given_later_reaches_data_custom_fields_and_the_start() -> None:
    contexts = pipeline.run([jane(0), jane(10, "session")], STEPS)
    group = contexts[0].session
    assert group is not None
    assert contexts[0].custom_fields["session-r"] == group.new_id == group.session_id
    group.bind(SESSION_ID)
    assert contexts[0].event.data["@ref:session"] == SESSION_ID
    assert contexts[0].custom_fields["session-r"] == SESSION_ID
    assert contexts[1].event.reference_id == SESSION_ID
    assert "@ref:session" not in contexts[1].event.data


def test_users_continue_their_open_session_until_it_ends() -> None:
    groups = automatic_groups([jane(0), jane(5, "sessionend"), jane(10), jane(20, "sessionend"), jane(30)])
    key = ("p" * 24, name_hash("jane"))
    left_open = bind_automatic(groups, {key: SESSION_ID})
    assert [group.session_id for group in groups] == [SESSION_ID, groups[1].new_id, groups[2].new_id]
    assert left_open == {key: groups[2].new_id}


def test_a_user_whose_last_event_is_an_end_has_no_open_session() -> None:
    groups = automatic_groups([jane(0), jane(5, "sessionend")])
    assert bind_automatic(groups, {}) == {("p" * 24, name_hash("jane")): ""}


def test_events_of_one_instant_keep_their_order() -> None:
    contexts = [named(0, "session"), named(0), named(0, "sessionend")]
    (group,) = manual_groups(contexts)
    assert list(group.contexts) == contexts


def test_hundred_nanoseconds_count() -> None:
    early, late = named(0), named(0)
    early.event.date_tick, late.event.date_tick = 1, 9
    (group,) = manual_groups([late, early])
    assert list(group.contexts) == [early, late]
