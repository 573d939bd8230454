"""The whole way of an event through the steps that need no database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.ingest import pipeline
from events.ingest.context import EventContext
from events.ingest.steps.geo_database import Place
from events.ingest.steps.step import Step, each
from exceptionless_site.core.json import dumps
from tests.ingest.steps.contexts import PRIVATE, RECEIVED_AT, make_context, make_project, make_submission

STEPS = pipeline.steps()
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"


def processed(context: EventContext, steps: Sequence[Step] = STEPS) -> EventContext:
    pipeline.run([context], steps)
    return context


# The list


def test_the_steps_stand_in_the_order_of_the_contract() -> None:
    assert [(step.order, step.name) for step in STEPS] == [
        ((1,), "check_date"),
        ((5, 3), "manual_stacking"),
        ((5, 7), "submission_client"),
        ((5, 10), "not_found"),
        ((5, 20), "error"),
        ((5, 30), "simple_error"),
        ((5, 40), "request_info"),
        ((5, 45), "environment"),
        ((5, 50), "geo"),
        ((5, 80), "angular"),
        ((5, 90), "private_information"),
        ((6,), "truncate"),
        ((6,), "cut_type"),
        ((40,), "custom_fields"),
    ]


def test_the_steps_need_no_django() -> None:
    program = "import sys, events.ingest.pipeline; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# Running a list


def test_a_failing_event_skips_the_later_steps_and_its_neighbours_go_on() -> None:
    def fail_on_bad(context: EventContext) -> None:
        if context.event.source == "bad":
            raise KeyError(context.event.source)

    def visit(context: EventContext) -> None:
        context.event.message = "seen"

    steps = [Step((1,), "fail_on_bad", each(fail_on_bad)), Step((2,), "visit", each(visit))]
    contexts = [make_context(source=source) for source in ("good", "bad", "good")]
    pipeline.run(contexts, steps)
    assert [context.event.message for context in contexts] == ["seen", None, "seen"]
    assert [context.error for context in contexts] == [None, "test_pipeline: KeyError", None]


def test_a_batch_step_is_given_the_live_contexts_only() -> None:
    seen: list[list[EventContext]] = []

    def cancel_first(contexts: Sequence[EventContext]) -> None:
        seen.append(list(contexts))
        contexts[0].cancel()

    contexts = [make_context() for _ in range(3)]
    contexts[1].error = "earlier"
    pipeline.run(contexts, [Step((number,), "cancel_first", cancel_first) for number in range(4)])
    assert seen == [[contexts[0], contexts[2]], [contexts[2]]]


def test_an_empty_batch_runs_no_step() -> None:
    def refuse(contexts: Sequence[EventContext]) -> None:
        raise AssertionError

    pipeline.run([], [Step((1,), "refuse", refuse)])


def test_what_a_batch_step_raises_is_about_the_batch() -> None:
    def lose_connection(contexts: Sequence[EventContext]) -> None:
        raise ConnectionError

    context = make_context()
    with pytest.raises(ConnectionError):
        pipeline.run([context], [Step((1,), "lose_connection", lose_connection)])
    assert context.is_live


# Whole events


def test_a_browser_error_is_completed() -> None:
    data = {
        "@error": {"Type": "TypeError", "Message": "x is undefined", "StackTrace": [{"Name": "add"}]},
        "@request": {"UserAgent": FIREFOX, "QueryString": {"token": "secret"}, "Path": "/cart"},
        "@environment": {"OSName": "Linux"},
        "@submission_client": {"user_agent": "forged"},
        "@location": {"country": "forged"},
        "order": 7,
    }
    context = processed(
        make_context(
            "error",
            data,
            submission=make_submission("8.8.8.8", "exceptionless-js/3.1.0"),
            project=make_project({"@@dataexclusions": "token"}),
            source="",
            tags=["a", "A", ""],
        ),
        pipeline.steps(find_place=lambda address: Place("1.0,2.0", {"country": "US"})),
    )
    assert context.error is None
    assert context.signature == {"ExceptionType": "TypeError", "Method": "add()"}
    assert context.event.to_document() == {
        "type": "error",
        "date": "2026-01-15T12:00:00+00:00",
        "tags": ["a"],
        "message": "x is undefined",
        "geo": "1.0,2.0",
        "data": {
            "@error": {
                "type": "TypeError",
                "message": "x is undefined",
                "stack_trace": [{"name": "add", "is_signature_target": True}],
                "data": {
                    "@target": {"ExceptionType": "TypeError", "Method": "add()", "Message": "x is undefined"},
                },
            },
            "@request": {
                "user_agent": FIREFOX,
                "path": "/cart",
                "client_ip_address": "8.8.8.8",
                "data": {
                    "@browser": "Firefox",
                    "@browser_version": "115.0",
                    "@browser_major_version": "115",
                    "@os": "Linux",
                    "@is_bot": False,
                },
            },
            "@environment": {"o_s_name": "Linux"},
            "order": 7,
            "@submission_client": {"ip_address": "8.8.8.8", "user_agent": "exceptionless-js", "version": "3.1.0"},
            "@location": {"country": "US"},
        },
    }
    assert context.custom_fields == {"order-n": 7}


def test_without_private_information_nothing_tells_who_it_was() -> None:
    data = {
        "@error": {"type": "E", "message": "m"},
        "@request": {"client_ip_address": "8.8.4.4", "cookies": {"id": "me-cookie"}, "post_data": "me-post"},
        "@environment": {"ip_address": "8.8.4.4", "machine_name": "me-machine"},
        "@user": {"identity": "me-user"},
        "@user_description": {"email_address": "me-mail@example.test", "description": "it broke"},
    }
    for client in ("exceptionless-js/3.1.0", "exceptionless/6.0.4"):
        context = processed(
            make_context(
                "error", dict(data), submission=make_submission("8.8.8.8", client), project=make_project(PRIVATE)
            )
        )
        document = dumps(context.event.to_document()).decode()
        assert "me-" not in document
        assert "8.8." not in document
        assert "it broke" in document


def test_an_angular_rejection_keeps_its_shared_stack_through_the_whole_list() -> None:
    data = {"@error": {"Message": "Possibly unhandled rejection: {}"}, "@submission_method": "$exceptionHandler"}
    context = processed(make_context("error", data))
    assert context.signature == {"ExceptionType": "Error", "Source": "unhandledRejection"}
    assert context.event.message == "Possibly unhandled rejection: {}"


def test_a_404_is_named_by_its_request_and_has_no_signature_of_its_own() -> None:
    data = {"@request": {"HttpMethod": "GET", "Path": "/missing"}, "@environment": {"o_s_name": "x"}, "@error": {}}
    context = processed(make_context("404", data, message="m"))
    assert (context.event.source, context.event.message, context.signature) == ("GET /missing", None, {})
    assert context.event.data == {"@request": {"http_method": "GET", "path": "/missing"}}


def test_old_events_go_and_sample_data_stays() -> None:
    date = RECEIVED_AT - timedelta(days=30)
    assert processed(make_context(date=date)).is_discarded
    assert processed(make_context(date=date), pipeline.steps(maximum_age=None)).is_live


# Odd data

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["8.8.8.8", "127.0.0.1, ::1", "40,-70", '{"a":"b"}', "{", "[", FIREFOX, "x" * 1500])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
MEMBERS = st.sampled_from(
    [
        *("type", "Message", "inner", "stack_trace", "StackTrace", "target_method", "data", "modules", "@ext"),
        *("name", "declaring_namespace", "parameters", "generic_arguments", "line_number", "is_signature_target"),
        *("user_agent", "client_ip_address", "cookies", "QueryString", "post_data", "path", "http_method", "port"),
        *("ip_address", "machine_name", "signature_data", "email_address", "identity", "@target", "@source_map"),
    ]
)
MODELS = st.recursive(
    JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=6), max_leaves=25
)
KEYS = st.sampled_from(
    [
        *("@error", "@simple_error", "@request", "@environment", "@stack", "@user", "@user_description"),
        *("@location", "@submission_client", "@submission_method", "@trace", "@version", "@level", "@ref:session"),
    ]
)


@given(
    event_type=st.sampled_from(["error", "404", "log", "usage", "session"]) | TEXT,
    data=st.dictionaries(KEYS | TEXT, MODELS, max_size=6),
    members=st.fixed_dictionaries(
        {},
        optional={
            "source": TEXT | st.none(),
            "message": TEXT | st.none(),
            "geo": TEXT | st.sampled_from(["8.8.8.8", "1,2", "::1"]),
            "tags": st.lists(TEXT, max_size=4),
            "date": st.datetimes(timezones=st.just(UTC)),
        },
    ),
    is_private=st.booleans(),
    client=st.sampled_from([None, "exceptionless-js/3.1.0", "/", "a/1.0"]),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_merely_odd_data_is_no_error(
    event_type: str, data: dict[str, Any], members: dict[str, Any], is_private: bool, client: str | None
) -> None:
    context = processed(
        make_context(
            event_type,
            data,
            submission=make_submission("9.9.9.9", client),
            project=make_project(PRIVATE if is_private else {}),
            **members,
        ),
        pipeline.steps(maximum_age=None, find_place=lambda address: Place("1.0,2.0", {})),
    )
    assert context.error is None
    assert not context.is_cancelled
    assert all(isinstance(value, str) and value for value in context.signature.values())
    dumps(context.event.to_document())


@pytest.mark.parametrize("key", ["@error", "@simple_error", "@request", "@stack", "mine"])
@pytest.mark.parametrize("depth", [60, 5000])
def test_deeply_nested_data_is_no_error(key: str, depth: int) -> None:
    nested: dict[str, Any] = {"message": "innermost"}
    for _ in range(depth):
        nested = {"inner": nested}
    assert processed(make_context("error", {key: nested})).error is None


def test_an_event_of_the_year_one_is_discarded_not_failed() -> None:
    context = processed(make_context(date=datetime(1, 1, 1, tzinfo=UTC)))
    assert (context.is_discarded, context.error) == (True, None)
