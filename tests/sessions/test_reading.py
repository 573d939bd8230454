"""Reading sessions: all of them, or the events of one; and who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from events.stack_selectors import StackMode
from exceptionless_site.core import json
from tests.conftest import Cast, make_key
from tests.events.stack_rows import statements
from tests.sessions.stories import SESSION_ID, Story

ALL = "/api/v2/events/sessions"
ONE = f"{ALL}/{SESSION_ID}"
UPGRADE = "Please upgrade your plan to use premium session features."


@pytest.fixture
def reader(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    organization, project = cast.organization.pk, cast.project.pk
    return {
        "all": ALL,
        "organization": f"/api/v2/organizations/{organization}/events/sessions",
        "project": f"/api/v2/projects/{project}/events/sessions",
        "one": ONE,
        "one of a project": f"/api/v2/projects/{project}/events/sessions/{SESSION_ID}",
    }


def read(client: APIClient, address: str, **parameters: Any) -> Any:
    response = client.get(address, parameters)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def title_of(response: Any) -> str:
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    return str(body["title"])


@pytest.fixture
def told(story: Story) -> Story:
    """An open session of three log events, an ended one, and an event of no session."""
    story.batch(
        story.named(0, message="a"),
        story.named(10, message="b"),
        story.named(20, "error", message="c"),
        story.named(30, session_id="session-0002"),
        story.named(40, "sessionend", session_id="session-0002"),
        story.event(50, message="of none"),
    )
    return story


@pytest.mark.parametrize("scope", ["all", "organization", "project"])
def test_the_list_has_the_start_events_newest_first(
    told: Story, reader: APIClient, addresses: dict[str, str], scope: str
) -> None:
    newer, older = read(reader, addresses[scope])
    assert [newer["reference_id"], older["reference_id"]] == ["session-0002", SESSION_ID]
    assert [newer["type"], older["type"]] == ["session", "session"]
    assert (older["value"], newer["value"]) == (20, 10)
    assert "sessionend" in newer["data"]
    assert "sessionend" not in older["data"]


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("type:session", {"session-0001", "session-0002"}),
        ("type:session _missing_:data.sessionend", {"session-0001"}),
        ("_missing_:data.sessionend", {"session-0001"}),
        ("_exists_:data.sessionend", {"session-0002"}),
        ("value:>15", {"session-0001"}),
        ("type:log", set()),
    ],
)
def test_filters(told: Story, reader: APIClient, filter_text: str, expected: set[str]) -> None:
    found = read(reader, ALL, filter=filter_text, time="all")
    assert {event["reference_id"] for event in found} == expected


def test_summary_rows_are_those_of_sessions(told: Story, reader: APIClient, cast: Cast) -> None:
    newer, older = read(reader, ALL, mode="summary", limit=20, time="[now-7d TO now]")
    assert (newer["template_key"], newer["project_name"]) == ("event-session-summary", cast.project.name)
    assert older["data"] == {"SessionId": SESSION_ID, "Type": "session", "Value": 20}
    assert newer["data"]["SessionEnd"]


@pytest.mark.parametrize("mode", list(StackMode))
@pytest.mark.parametrize("scope", ["all", "organization", "project"])
def test_the_stacks_of_the_list_are_those_of_the_start_events(
    told: Story, reader: APIClient, addresses: dict[str, str], mode: str, scope: str
) -> None:
    (row,) = read(reader, addresses[scope], mode=mode)
    assert (row["template_key"], row["title"], row["total"]) == ("stack-session-summary", "Session Start", 2)
    (open_only,) = read(reader, addresses[scope], mode=mode, filter="_missing_:data.sessionend")
    assert open_only["total"] == 1


@pytest.mark.parametrize("mode", list(StackMode))
@pytest.mark.parametrize("scope", ["one", "one of a project"])
def test_the_stacks_of_one_session_are_those_of_its_events(
    told: Story, reader: APIClient, addresses: dict[str, str], mode: str, scope: str
) -> None:
    found = read(reader, addresses[scope], mode=mode)
    assert {row["title"]: row["total"] for row in found} == {"(Global)": 2, "c": 1, "Session Start": 1}
    if mode == "stack_frequent":
        assert found[0]["title"] == "(Global)"
    response = reader.get(addresses[scope], {"mode": mode, "include": "total", "limit": "2"})
    assert response["X-Result-Count"] == "3"
    assert 'rel="next"' in response["Link"]


def test_stacks_of_sessions_cannot_be_sorted(told: Story, reader: APIClient) -> None:
    for address in (ALL, ONE):
        response = reader.get(address, {"mode": "stack_new", "sort": "-value"})
        assert (response.status_code, title_of(response)) == (400, "Sort is not supported in stack mode.")


def test_a_filter_that_names_an_organization_narrows_the_list(cast: Cast, told: Story, reader: APIClient) -> None:
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    told.batch(told.named(100, session_id="session-0003"), key=cast.foreign_key)
    about = f"organization:{cast.foreign_organization.pk}"
    assert [event["reference_id"] for event in read(reader, ALL, filter=about)] == ["session-0003"]
    assert [event["reference_id"] for event in read(cast.client(cast.admin), ALL, filter=about)] == ["session-0003"]
    assert read(cast.client(cast.admin), ALL) == []
    Organization.objects.filter(pk=cast.foreign_organization.pk).update(has_premium_features=False)
    response = reader.get(ALL, {"filter": about})
    assert (response.status_code, title_of(response)) == (426, UPGRADE)


def test_time_limits_the_list(told: Story, reader: APIClient) -> None:
    assert read(reader, ALL, time="last 30 minutes") == []


def test_pages_have_links_and_a_total(told: Story, reader: APIClient) -> None:
    response = reader.get(ALL, {"limit": "1", "include": "total"})
    assert response["X-Result-Count"] == "2"
    assert 'rel="next"' in response["Link"]


# --- One session --------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["one", "one of a project"])
def test_a_session_is_its_start_and_its_events(
    told: Story, reader: APIClient, addresses: dict[str, str], scope: str
) -> None:
    found = read(reader, addresses[scope], sort="date")
    assert {event["type"] for event in found} == {"log", "error", "session"}
    assert [event.get("message") for event in found if event["type"] != "session"] == ["a", "b", "c"]


def test_heartbeats_may_be_filtered_out_as_the_official_pages_do(told: Story, reader: APIClient) -> None:
    assert len(read(reader, ONE, filter="-type:heartbeat", limit=10, mode="summary")) == 4
    assert [event["message"] for event in read(reader, ONE, filter="type:error")] == ["c"]


def test_an_unknown_session_is_empty(told: Story, reader: APIClient) -> None:
    assert read(reader, f"{ALL}/session-9999") == []


@pytest.mark.parametrize("odd", ["short", "with_underscore", "x" * 101])
def test_what_is_no_session_id_is_404(reader: APIClient, odd: str) -> None:
    assert reader.get(f"{ALL}/{odd}").status_code == 404


@pytest.mark.parametrize("filter_text", [f"ref.session:{SESSION_ID}", f"session:{SESSION_ID}"])
def test_events_of_a_session_are_found_by_a_filter(told: Story, reader: APIClient, filter_text: str) -> None:
    found = read(reader, "/api/v2/events", filter=filter_text)
    assert {event["message"] for event in found} == {"a", "b", "c"}


def test_the_filter_of_the_official_pages_finds_the_start_too(told: Story, reader: APIClient) -> None:
    text = f"(reference:{SESSION_ID} OR ref.session:{SESSION_ID})"
    assert len(read(reader, "/api/v2/events", filter=text)) == 4
    assert read(reader, "/api/v2/events", filter="_exists_:ref.session -ref.session:session-0002 type:error")


@pytest.mark.parametrize("scope", ["all", "organization", "project", "one", "one of a project"])
def test_lists_take_a_constant_number_of_statements(
    told: Story,
    reader: APIClient,
    addresses: dict[str, str],
    scope: str,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    # token with user, organizations of the user, scope, projects, events
    with django_assert_max_num_queries(statements(5)):
        read(reader, addresses[scope])


# --- Plans --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["all", "organization", "project", "one", "one of a project"])
def test_without_premium_features_426(cast: Cast, reader: APIClient, addresses: dict[str, str], scope: str) -> None:
    Organization.objects.update(has_premium_features=False)
    response = reader.get(addresses[scope])
    assert response.status_code == 426
    assert title_of(response) == UPGRADE


def test_of_several_organizations_those_without_are_left_out(cast: Cast, told: Story, reader: APIClient) -> None:
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    told.batch(told.named(100, session_id="session-0003"), key=cast.foreign_key)
    assert len(read(reader, ALL)) == 3
    Organization.objects.filter(pk=cast.foreign_organization.pk).update(has_premium_features=False)
    assert len(read(reader, ALL)) == 2
    assert read(reader, f"{ALL}/session-0003") == []


@pytest.mark.parametrize("scope", ["organization", "project", "one of a project"])
def test_of_a_suspended_organization_426(cast: Cast, reader: APIClient, addresses: dict[str, str], scope: str) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
    response = reader.get(addresses[scope])
    assert response.status_code == 426
    assert title_of(response) == "Unable to view event occurrences for the suspended organization."


@pytest.mark.parametrize("scope", ["all", "one"])
def test_when_all_are_suspended_the_list_is_empty(
    cast: Cast, told: Story, reader: APIClient, addresses: dict[str, str], scope: str
) -> None:
    Organization.objects.update(is_suspended=True)
    assert read(reader, addresses[scope]) == []


# --- Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["all", "organization", "project", "one", "one of a project"])
def test_refusals(cast: Cast, addresses: dict[str, str], scope: str) -> None:
    address = addresses[scope]
    assert cast.client(None).get(address).status_code == 401
    assert cast.client(cast.key).get(address).status_code == 403
    assert cast.client(make_key(cast.project, "stacks:read")).get(address).status_code == 403
    assert cast.client(make_key(cast.project, "events:read")).get(address).status_code == 200
    assert cast.client(cast.user_key).get(address).status_code == 200


@pytest.mark.parametrize("scope", ["organization", "project", "one of a project"])
def test_a_stranger_finds_nothing_404(cast: Cast, addresses: dict[str, str], scope: str) -> None:
    response = cast.client(cast.stranger).get(addresses[scope])
    assert response.status_code == 404
    assert title_of(response) == ("Organization not found." if scope == "organization" else "Project not found.")


@pytest.mark.parametrize("scope", ["all", "one"])
def test_a_stranger_s_lists_are_empty(cast: Cast, told: Story, addresses: dict[str, str], scope: str) -> None:
    assert read(cast.client(cast.stranger), addresses[scope]) == []


@pytest.mark.parametrize("parameters", [{"filter": "("}, {"after": "?"}, {"sort": "type:x"}])
def test_what_cannot_be_read_is_a_400(told: Story, reader: APIClient, parameters: dict[str, str]) -> None:
    for address in (ALL, ONE):
        response = reader.get(address, parameters)
        assert response.status_code == 400
        assert json.loads(response.content)["errors"]


def test_a_start_that_the_server_made_reads_like_any_event(told: Story, reader: APIClient, cast: Cast) -> None:
    start = read(reader, ALL)[-1]
    assert read(reader, f"/api/v2/events/{start['id']}") == start
    assert start["project_id"] == cast.project.pk
    assert start["is_first_occurrence"] is True
    assert start["tags"] == []
