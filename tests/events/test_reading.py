"""Reading events: by id, by reference, by list, filter and time, with paging; and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization
from events.models import Event, Stack
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from tests.conftest import Cast

Post = Callable[..., None]


def read(client: APIClient, address: str, **parameters: Any) -> Any:
    response = client.get(address, parameters)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def links(response: Any) -> dict[str, str]:
    """The addresses of a `Link` header by relation."""
    found = {}
    for part in response.headers.get("Link", "").split(", <"):
        if part:
            address, _, relation = part.strip("<").partition(">; rel=")
            found[relation.strip('"')] = address
    return found


def minutes_ago(minutes: float) -> str:
    return format_utc(utc_now() - timedelta(minutes=minutes))


@pytest.fixture
def reader(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def test_an_event_reads_as_it_was_posted(cast: Cast, post: Post, reader: APIClient) -> None:
    date = "2026-01-15T12:00:00.1234567+02:00"
    sent: dict[str, Any] = {
        "type": "log",
        "source": "shop",
        "message": 'It\'s <b>paid</b> & "done"',
        "reference_id": "order-1042",
        "tags": ["checkout", "Paid"],
        "geo": "40,-70",
        "value": 12.5,
        "count": 2,
        "data": {"@level": "info", "Nothing": None, "Order": {"Id": 7}},
    }
    post(sent)
    (event,) = read(reader, "/api/v2/events")
    assert event["organization_id"] == cast.organization.pk
    assert event["project_id"] == cast.project.pk
    assert event["stack_id"] == Stack.objects.get().pk
    assert event["is_first_occurrence"] is True
    assert event["geo"] == "40.0,-70.0"
    for name in ("type", "source", "message", "reference_id", "tags", "value", "count"):
        assert event[name] == sent[name]
    assert event["data"].items() >= sent["data"].items()
    assert read(reader, f"/api/v2/events/{event['id']}") == event
    del date


def test_nulls_are_left_out_and_html_is_escaped(post: Post, reader: APIClient) -> None:
    post({"message": "<script>&'\"", "source": None})
    raw = reader.get("/api/v2/events").content
    assert b"\\u003Cscript\\u003E\\u0026\\u0027\\u0022" in raw
    assert b'"source"' not in raw
    assert b'"value"' not in raw


def test_the_sender_s_offset_and_seven_digits_are_kept(post: Post, reader: APIClient) -> None:
    date = (utc_now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.1234567+00:00")
    post({"message": "x", "date": date})
    assert read(reader, "/api/v2/events")[0]["date"] == date


def test_find_by_reference_id_by_address_and_by_filter(cast: Cast, post: Post, reader: APIClient) -> None:
    post({"message": "wanted", "reference_id": "wanted-123"}, {"message": "other", "reference_id": "other-1234"})
    for address, parameters in (
        ("/api/v2/events/by-ref/wanted-123", {}),
        (f"/api/v2/projects/{cast.project.pk}/events/by-ref/wanted-123", {}),
        ("/api/v2/events", {"filter": "reference:wanted-123"}),
        (f"/api/v2/organizations/{cast.organization.pk}/events", {"filter": "reference:wanted-123"}),
        (f"/api/v2/projects/{cast.project.pk}/events", {"filter": "reference:wanted-123"}),
    ):
        assert [event["message"] for event in read(reader, address, **parameters)] == ["wanted"]


def test_a_reference_id_counts_once_a_day_also_when_a_batch_is_repeated(post: Post, reader: APIClient) -> None:
    batch = [{"message": "one", "reference_id": "batch-0001"}, {"message": "two"}]
    post(json.dumps(batch).decode(), json.dumps(batch).decode())
    assert sorted(event["message"] for event in read(reader, "/api/v2/events")) == ["one", "two", "two"]


def test_invalid_reference_ids_do_not_silence_each_other(post: Post, reader: APIClient) -> None:
    post({"message": "a", "reference_id": "!"}, {"message": "b", "reference_id": "?"})
    assert len(read(reader, "/api/v2/events")) == 2


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("type:error", {"boom"}),
        ("type:LOG", set()),  # stacks have their type in one spelling
        ("-type:log", {"boom"}),
        ("type:log level:warn", {"late"}),
        ("type:error OR level:warn", {"boom"}),  # the stack has to be of the type
        ("(message:boom OR level:warn)", {"boom", "late"}),
        ("status:open", {"boom", "hello", "late"}),
        ("first:true value:>5", {"hello"}),
        ("value:[1 TO 7]", {"hello"}),
        ("_exists_:value", {"hello"}),
        ("*", {"boom", "hello", "late"}),
        ("date:>now-5m", {"late"}),
    ],
)
def test_filters(post: Post, reader: APIClient, filter_text: str, expected: set[str]) -> None:
    post(
        {"type": "error", "message": "boom", "date": minutes_ago(30)},
        {"type": "log", "message": "hello", "source": "a", "value": 7, "date": minutes_ago(20)},
        {"type": "log", "message": "late", "source": "b", "date": minutes_ago(1), "data": {"@level": "warn"}},
    )
    assert {event["message"] for event in read(reader, "/api/v2/events", filter=filter_text)} == expected
    assert read(reader, "/api/v2/events/count", filter=filter_text)["total"] == len(expected)


@pytest.mark.parametrize("text", ["(", "a:(b", '"open', "AND x", "value:text", "first:maybe", "date:[x TO y]"])
def test_a_filter_that_cannot_be_read_is_a_400_that_says_why(post: Post, reader: APIClient, text: str) -> None:
    response = reader.get("/api/v2/events", {"filter": text})
    assert response.status_code == 400
    body = json.loads(response.content)
    assert body["title"].startswith("Invalid filter: ")
    assert body["errors"]["filter"]


def test_time_limits_the_list(post: Post, reader: APIClient) -> None:
    post({"message": "new", "date": minutes_ago(5)}, {"message": "old", "date": minutes_ago(60 * 30)})
    assert [event["message"] for event in read(reader, "/api/v2/events", time="last 1 hour")] == ["new"]
    assert len(read(reader, "/api/v2/events", time="[now-3d TO now]")) == 2
    assert len(read(reader, "/api/v2/events", time="all")) == 2


def test_cursor_paging_stays_stable_while_events_arrive(post: Post, reader: APIClient) -> None:
    post(*({"message": str(number), "date": minutes_ago(100 - number)} for number in range(25)))
    first = reader.get("/api/v2/events", {"limit": "10", "include": "total"})
    assert first["X-Result-Count"] == "25"
    post({"message": "new"})
    messages = [event["message"] for event in json.loads(first.content)]
    following = reader.get(links(first)["next"])
    messages += [event["message"] for event in json.loads(following.content)]
    last = reader.get(links(following)["next"])
    messages += [event["message"] for event in json.loads(last.content)]
    assert messages == [str(number) for number in reversed(range(25))]
    assert "next" not in links(last)
    newer = reader.get(links(first)["previous"])
    assert [event["message"] for event in json.loads(newer.content)] == ["new"]
    back = reader.get(links(last)["previous"])
    assert [event["message"] for event in json.loads(back.content)] == [
        str(number) for number in reversed(range(5, 15))
    ]


def test_page_numbers_work_too(post: Post, reader: APIClient) -> None:
    post(*({"message": str(number), "date": minutes_ago(100 - number)} for number in range(5)))
    second = reader.get("/api/v2/events", {"limit": 2, "page": 2})
    assert [event["message"] for event in json.loads(second.content)] == ["2", "1"]
    pages = {name: parse_qs(urlsplit(address).query)["page"] for name, address in links(second).items()}
    assert pages == {"previous": ["1"], "next": ["3"]}


def test_links_keep_the_other_parameters_and_stay_short_enough(post: Post, reader: APIClient) -> None:
    post(*({"message": str(number)} for number in range(3)))
    response = reader.get("/api/v2/events", {"limit": "1", "filter": "type:log", "time": "last 1 hour"})
    query = parse_qs(urlsplit(links(response)["next"]).query)
    assert query["filter"] == ["type:log"]
    assert query["time"] == ["last 1 hour"]
    assert len(response["Link"]) < 2000


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("token", ["x", "bm9wZQ", "W10", "WyJhIl0", "WzEuNV0", "WzFlOTld", "é"])
def test_a_page_token_that_is_none_is_a_400(cast: Cast, reader: APIClient, name: str, token: str) -> None:
    assert reader.get("/api/v2/events", {name: token}).status_code == 400


def test_summary_rows(cast: Cast, post: Post, reader: APIClient) -> None:
    post({"type": "log", "source": "shop.basket", "message": "hi", "tags": ["b", "A"], "data": {"@level": "info"}})
    (row,) = read(reader, "/api/v2/events", mode="summary")
    assert row["template_key"] == "event-log-summary"
    assert row["data"] == {
        "Message": "hi",
        "Source": "shop.basket",
        "SourceShortName": "basket",
        "Level": "info",
    }
    assert row["tags"] == ["A", "b"]
    assert row["project_name"] == cast.project.name


def test_a_single_event_links_to_its_neighbours_and_its_stack(post: Post, reader: APIClient) -> None:
    post(*({"message": "same", "date": minutes_ago(10 - number)} for number in range(3)))
    newest, middle, oldest = (event["id"] for event in read(reader, "/api/v2/events"))
    found = links(reader.get(f"/api/v2/events/{middle}"))
    assert found["previous"].endswith(f"/api/v2/events/{oldest}")
    assert found["next"].endswith(f"/api/v2/events/{newest}")
    assert found["parent"].endswith(f"/api/v2/stacks/{Stack.objects.get().pk}")
    assert "next" not in links(reader.get(f"/api/v2/events/{newest}"))


def test_an_event_of_another_stack_than_expected_is_a_400(post: Post, reader: APIClient) -> None:
    post({"message": "x"})
    event = Event.objects.get()
    address = f"/api/v2/events/{event.event_id}"
    assert reader.get(address, {"expected_stack_id": event.stack_id}).status_code == 200
    response = reader.get(address, {"expected_stack_id": "0" * 24})
    assert response.status_code == 400
    assert event.stack_id in json.loads(response.content)["title"]


class TestWhoMayRead:
    ADDRESSES = (
        "/api/v2/events/{event}",
        "/api/v2/organizations/{organization}/events",
        "/api/v2/organizations/{organization}/events/count",
        "/api/v2/projects/{project}/events",
        "/api/v2/projects/{project}/events/count",
        "/api/v2/projects/{project}/events/by-ref/12345678",
        "/api/v2/stacks/{stack}/events",
    )
    GLOBAL = ("/api/v2/events", "/api/v2/events/count", "/api/v2/events/by-ref/12345678")

    @pytest.fixture
    def addresses(self, cast: Cast, post: Post) -> list[str]:
        post({"message": "secret", "reference_id": "12345678"})
        event = Event.objects.get()
        names = {
            "event": event.event_id,
            "organization": event.organization_id,
            "project": event.project_id,
            "stack": event.stack_id,
        }
        return [address.format(**names) for address in self.ADDRESSES]

    def test_members_and_keys_with_the_user_scope_may(self, cast: Cast, addresses: list[str]) -> None:
        for who in (cast.owner, cast.mate, cast.admin, cast.user_key):
            for address in addresses:
                assert cast.client(who).get(address).status_code == 200, (who, address)

    def test_a_stranger_gets_404(self, cast: Cast, addresses: list[str]) -> None:
        for address in addresses:
            assert cast.client(cast.stranger).get(address).status_code == 404, address

    def test_a_stranger_s_own_lists_do_not_show_it(self, cast: Cast, addresses: list[str]) -> None:
        client = cast.client(cast.stranger)
        assert read(client, "/api/v2/events") == []
        assert read(client, "/api/v2/events/by-ref/12345678") == []
        assert read(client, "/api/v2/events/count")["total"] == 0
        assert read(client, "/api/v2/events", filter=f"project:{cast.project.pk}") == []
        assert read(client, "/api/v2/events", filter=f"type:none OR organization:{cast.organization.pk}") == []

    def test_a_client_key_gets_403_and_nobody_401(self, cast: Cast, addresses: list[str]) -> None:
        for address in [*addresses, *self.GLOBAL]:
            assert cast.client(cast.key).get(address).status_code == 403, address
            assert cast.client(None).get(address).status_code == 401, address


def test_a_suspended_organization_reads_426_and_leaves_the_common_lists(
    cast: Cast, post: Post, reader: APIClient
) -> None:
    post({"message": "x"})
    event = Event.objects.get()
    Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
    assert read(reader, "/api/v2/events") == []
    for address in (
        f"/api/v2/events/{event.event_id}",
        f"/api/v2/projects/{event.project_id}/events",
        f"/api/v2/organizations/{event.organization_id}/events",
    ):
        assert reader.get(address).status_code == 426


def test_events_beyond_the_retention_are_hidden(cast: Cast, post: Post, reader: APIClient) -> None:
    post({"message": "x", "date": minutes_ago(60 * 24 * 2.5)})
    Organization.objects.filter(pk=cast.organization.pk).update(retention_days=1)
    assert read(reader, "/api/v2/events") == []
    assert reader.get(f"/api/v2/events/{Event.objects.get().event_id}").status_code == 426


def test_events_of_deleted_stacks_are_hidden(post: Post, reader: APIClient) -> None:
    post({"message": "x"})
    Stack.objects.update(is_deleted=True)
    assert read(reader, "/api/v2/events") == []
    assert reader.get(f"/api/v2/events/{Event.objects.get().event_id}").status_code == 404
