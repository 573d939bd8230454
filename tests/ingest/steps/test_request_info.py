"""`@request` on its way through the pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.context import ProjectSettings
from events.ingest.steps import request_info, submission_client
from tests.ingest.steps.contexts import PRIVATE, make_context, make_project, make_submission

JAVASCRIPT = "exceptionless-js/3.1.0"
OTHER_CLIENT = "exceptionless/6.0.4"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"


def completed(
    sent: Any,
    *,
    ip_address: str | None = "8.8.8.8",
    user_agent: str = JAVASCRIPT,
    project: ProjectSettings | None = None,
) -> Any:
    context = make_context(data={"@request": sent}, submission=make_submission(ip_address, user_agent), project=project)
    submission_client.run([context])
    request_info.run([context])
    assert context.error is None
    return context.event.data["@request"]


@pytest.mark.parametrize(
    ("reported", "user_agent", "ip_address", "expected"),
    [
        (None, JAVASCRIPT, "8.8.8.8", "8.8.8.8"),
        ("127.0.0.1", JAVASCRIPT, "8.8.8.8", "127.0.0.1,8.8.8.8"),
        ("127.0.0.1", JAVASCRIPT, "::1", "127.0.0.1"),
        (None, JAVASCRIPT, "::1", "127.0.0.1"),
        ("1.1.1.1", JAVASCRIPT, "8.8.8.8", "1.1.1.1"),
        (" 1.1.1.1 ,2.2.2.2,1.1.1.1", JAVASCRIPT, "8.8.8.8", "1.1.1.1,2.2.2.2"),
        (None, OTHER_CLIENT, "8.8.8.8", None),
        ("127.0.0.1", OTHER_CLIENT, "8.8.8.8", "127.0.0.1"),
        (None, JAVASCRIPT, None, None),
    ],
)
def test_the_clients_address(
    reported: str | None, user_agent: str, ip_address: str | None, expected: str | None
) -> None:
    stored = completed({"client_ip_address": reported}, user_agent=user_agent, ip_address=ip_address)
    assert stored.get("client_ip_address") == expected


def test_private_information_is_removed_but_headers_stay() -> None:
    sent = {
        "client_ip_address": "1.1.1.1",
        "ClientIpAddress": "1.1.1.2",
        "cookies": {"a": "b"},
        "QueryString": {"a": "b"},
        "post_data": "a=b",
        "headers": {"Accept": ["*"]},
        "path": "/",
    }
    assert completed(sent, project=make_project(PRIVATE)) == {"headers": {"Accept": ["*"]}, "path": "/"}


def test_private_information_of_a_wrong_type_is_removed_as_well() -> None:
    sent = {"cookies": ["secret"], "queryString": "secret", "clientIpAddress": {"v": "1.1.1.1"}, "host": "h"}
    assert completed(sent, project=make_project(PRIVATE)) == {"host": "h"}


def test_the_user_agent_tells_browser_and_system() -> None:
    assert completed({"UserAgent": FIREFOX})["data"] == {
        "@browser": "Firefox",
        "@browser_version": "115.0",
        "@browser_major_version": "115",
        "@os": "Linux",
        "@is_bot": False,
    }


def test_data_of_the_client_stays_beside_it() -> None:
    stored = completed({"user_agent": "unheard of", "data": {"mine": 1}})
    assert stored["data"] == {"mine": 1, "@is_bot": False}


def test_the_browser_is_no_private_information() -> None:
    assert completed({"user_agent": FIREFOX}, project=make_project(PRIVATE))["data"]["@browser"] == "Firefox"


@pytest.mark.parametrize("user_agent", [None, ""])
def test_without_a_user_agent_nothing_is_said_of_it(user_agent: str | None) -> None:
    assert "data" not in completed({"user_agent": user_agent, "path": "/"})


@pytest.mark.parametrize(
    ("settings", "user_agent", "expected"),
    [
        ({}, "DuckDuckBot/1.0; (+http://duckduckgo.com/duckduckbot.html)", True),
        ({}, "my harvester", False),
        ({"@@useragentbotpatterns": "*bot*,*harvester*"}, "my harvester", True),
        ({"@@useragentbotpatterns": "*bot*,*harvester*"}, FIREFOX, False),
    ],
)
def test_bots_are_marked(settings: dict[str, str], user_agent: str, expected: bool) -> None:
    assert completed({"user_agent": user_agent}, project=make_project(settings))["data"]["@is_bot"] is expected


def test_excluded_keys_leave_cookies_query_and_form() -> None:
    sent = {
        "cookies": {"ARRAffinity": "x", "mine": "y"},
        "query_string": {"token": "x"},
        "post_data": '{"__VIEWSTATE":"x","Token":"y","mine":"z"}',
        "headers": {"token": ["kept"]},
    }
    assert completed(sent, project=make_project({"@@dataexclusions": "token"})) == {
        "cookies": {"mine": "y"},
        "post_data": {"mine": "z"},
        "headers": {"token": ["kept"]},
        "client_ip_address": "8.8.8.8",
    }


def test_post_data_of_other_forms_stays() -> None:
    sent = {"post_data": {"token": "x"}}
    assert completed(sent, project=make_project({"@@dataexclusions": "token"}))["post_data"] == {"token": "x"}


@pytest.mark.parametrize("sent", ["text", [], 5, None])
def test_a_request_that_is_no_object_stays_as_sent(sent: Any) -> None:
    assert completed(sent) == sent
