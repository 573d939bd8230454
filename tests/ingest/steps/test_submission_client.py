"""Who sent an event."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps import submission_client
from tests.ingest.steps.contexts import PRIVATE, make_context, make_project, make_submission


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("fluentrest/1.0.0", {"user_agent": "fluentrest", "version": "1.0.0"}),
        ("exceptionless-js/3.1", {"user_agent": "exceptionless-js", "version": "3.1"}),
        ("Exceptionless.AspNetCore/6.0.4.1", {"user_agent": "exceptionless.aspnetcore", "version": "6.0.4.1"}),
        ("client//1.0/", {"user_agent": "client", "version": "1.0"}),
        ("client/1", {"user_agent": "client/1"}),
        ("client/1.2.3.4.5", {"user_agent": "client/1.2.3.4.5"}),
        ("client/1.0.0-Beta", {"user_agent": "client/1.0.0-beta"}),
        ("client/1.2147483647", {"user_agent": "client", "version": "1.2147483647"}),
        ("client/1.2147483648", {"user_agent": "client/1.2147483648"}),
        ("client/1.٢", {"user_agent": "client/1.٢"}),
        ("A/1.0/B", {"user_agent": "a/1.0/b"}),
        ("Mozilla", {"user_agent": "mozilla"}),
        (" Mozilla ", {"user_agent": "mozilla"}),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_the_user_agent_is_split_into_name_and_version(user_agent: str | None, expected: dict[str, str] | None) -> None:
    context = make_context(submission=make_submission(user_agent=user_agent))
    submission_client.run([context])
    assert context.event.data.get("@submission_client") == expected


@pytest.mark.parametrize(
    ("ip_address", "expected"),
    [
        ("1.2.3.4", {"ip_address": "1.2.3.4"}),
        ("::1", {"ip_address": "127.0.0.1"}),
        ("127.0.0.1", {"ip_address": "127.0.0.1"}),
        (None, None),
    ],
)
def test_the_address_is_that_of_the_request(ip_address: str | None, expected: dict[str, str] | None) -> None:
    context = make_context(submission=make_submission(ip_address))
    submission_client.run([context])
    assert context.event.data.get("@submission_client") == expected


def test_the_address_is_private_information() -> None:
    context = make_context(submission=make_submission("1.2.3.4", "a/1.0"), project=make_project(PRIVATE))
    submission_client.run([context])
    assert context.event.data == {"@submission_client": {"user_agent": "a", "version": "1.0"}}


@pytest.mark.parametrize("sent", [{"ip_address": "6.6.6.6"}, "text", None])
def test_what_the_client_says_of_itself_is_dropped(sent: Any) -> None:
    unknown = make_context(data={"@submission_client": sent})
    known = make_context(data={"@submission_client": sent}, submission=make_submission("1.2.3.4"))
    submission_client.run([unknown, known])
    assert unknown.event.data == {}
    assert known.event.data == {"@submission_client": {"ip_address": "1.2.3.4"}}


def test_events_of_one_submission_do_not_share_the_entry() -> None:
    contexts = [make_context(submission=make_submission("1.2.3.4", "a/1.0")) for _ in range(2)]
    submission_client.run(contexts)
    contexts[0].event.data["@submission_client"]["changed"] = True
    assert "changed" not in contexts[1].event.data["@submission_client"]


def test_the_javascript_client_is_recognized_by_its_name_alone() -> None:
    contexts = [
        make_context(submission=make_submission("1.2.3.4", user_agent))
        for user_agent in ("exceptionless-js/3.1.0", "exceptionless-node/3.1.0", None)
    ]
    submission_client.run(contexts)
    assert [submission_client.is_javascript_client(context.event) for context in contexts] == [True, False, False]
    assert submission_client.submission_address(contexts[0].event) == "1.2.3.4"
    assert submission_client.submission_address(make_context().event) is None
