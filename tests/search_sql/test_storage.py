"""The index of tokens follows the events: descriptions, deletion, making it anew, and what is beyond its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from events.models import Event, EventSearch, Stack
from events.search.sql import fts5, rebuilding
from events.search.sql.storage import MAXIMUM_TEXT, forget_events, insert_events, searchable
from events.services import rebuild
from events.services.event_deletion import delete_events
from exceptionless_site.core import json
from tests.conftest import Cast
from tests.events.test_reading import read

Post = Callable[..., None]

needs_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps tokens in the row")


@pytest.fixture
def reader(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def found(reader: APIClient, text: str) -> list[str]:
    return sorted(event["message"] for event in read(reader, "/api/v2/events", filter=text))


def indexed_keys() -> set[int]:
    return set(EventSearch.objects.filter(tokens__match='"m=" OR "o=" *').values_list("key", flat=True))


def test_a_description_is_found_and_what_it_replaced_is_not(
    cast: Cast, post: Post, work: Any, reader: APIClient
) -> None:
    post({"message": "one", "reference_id": "ref-12345678"})
    client = cast.client(cast.key)
    for words in ("slow night", "quick day"):
        body = json.dumps({"email_address": "ann@acme.test", "description": words, "data": {"seat": 5}})
        address = "/api/v2/events/by-ref/ref-12345678/user-description"
        assert client.post(address, body, content_type="application/json").status_code == 202
        work()
    assert found(reader, "user.description:quick") == ["one"]
    assert found(reader, "data.seat:>4") == ["one"]
    assert found(reader, "ann@acme.test") == ["one"]
    assert found(reader, "message:one") == ["one"]
    assert found(reader, "user.description:slow") == []
    (event,) = Event.objects.all()
    assert json.loads(event.facets or "")["user"] == ["ann@acme.test"]


@needs_sqlite
def test_deleted_events_leave_nothing_in_the_index(post: Post, reader: APIClient) -> None:
    post({"message": "one", "tags": ["a"]}, {"message": "two"}, {"message": "three"})
    assert len(indexed_keys()) == 3
    delete_events(events=Event.objects.filter(key__in=[Event.objects.first().key]))  # type: ignore[union-attr]
    assert len(indexed_keys()) == 2
    delete_events(events=Event.objects.all())
    assert indexed_keys() == set()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {fts5.TABLE} ({fts5.TABLE}) VALUES ('integrity-check')")


@needs_sqlite
def test_tokens_that_were_made_otherwise_do_not_keep_an_event_from_being_deleted(
    post: Post,
    reader: APIClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    post({"message": "one"})
    row = Event.objects.get()
    row.document = searchable(row, {}).row.document
    with connection.cursor() as cursor:
        cursor.execute(fts5.DELETE_ALL)
        cursor.execute(fts5.INSERT, [row.key, f"o={row.organization_id}"])
    forget_events([row.key])
    assert "manage.py rebuild" in caplog.text
    delete_events(events=[row])
    assert found(reader, "*") == []


def test_a_huge_document_is_stored_and_found_by_its_beginning(cast: Cast, post: Post, reader: APIClient) -> None:
    post({"message": "one"})
    (row,) = Event.objects.all()
    errors: dict[str, Any] = {"type": "Last"}
    for number in range(90):
        text = " ".join(f"w{number}x{word}" for word in range(1500))
        errors = {"type": f"T{number}", "message": text, "inner": errors}
    document: dict[str, Any] = {"type": "log", "message": "huge", "data": {"@error": errors}}
    document["data"] = {"@environment": {"machine_name": "x" * 5000}} | document["data"]
    row.pk, row.event_id = row.key - 1, "f" * 24
    event = searchable(row, document)
    assert len(event.tokens) <= MAXIMUM_TEXT
    insert_events([event])
    assert len(read(reader, "/api/v2/events", filter="message:huge")) == 1
    assert len(read(reader, "/api/v2/events", filter=f"machine:{'x' * 5000}")) == 1
    assert len(read(reader, "/api/v2/events", filter=f"machine:{'x' * 4999}")) == 0


class TestRebuild:
    @pytest.fixture
    def broken(self, post: Post) -> Iterator[None]:
        post(
            *(
                {"message": f"text {number}", "tags": ["a"], "data": {"@level": "warn", "age": number}}
                for number in range(5)
            )
        )
        self.empty_index()
        row = Event.objects.last()
        assert row is not None
        Event.objects.filter(pk=row.pk).update(level="wrong", latitude=5, facets='{"tag":["b"]}')
        Stack.objects.update(total_occurrences=2, last_occurrence="2020-01-01T00:00:00Z")
        yield
        rebuilding.end()

    def empty_index(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                fts5.DELETE_ALL if connection.vendor == "sqlite" else "UPDATE events_event SET search = NULL"
            )

    def test_a_check_says_what_differs_and_changes_nothing(self, broken: None, reader: APIClient) -> None:
        output = StringIO()
        call_command("rebuild", "--check", stdout=output)
        assert "tokens of 5 events, the columns of 1 events, the counters of 1 stacks differ" in output.getvalue()
        assert found(reader, "message:text") == []

    def test_a_rebuild_makes_everything_agree_again(self, broken: None, reader: APIClient) -> None:
        output = StringIO()
        call_command("rebuild", stdout=output)
        assert "tokens of 5 events, the columns of 1 events, the counters of 1 stacks were made" in output.getvalue()
        assert len(found(reader, "message:text data.age:>=0 level:warn")) == 5
        assert set(Event.objects.values_list("facets", flat=True)) == {'{"tag":["a"]}'}
        stack = Stack.objects.get()
        assert stack.total_occurrences == 5
        assert stack.last_occurrence.year > 2020
        output = StringIO()
        call_command("rebuild", "--check", stdout=output)
        assert output.getvalue().strip() == "Everything agrees with the documents."

    def test_it_goes_on_where_it_was_broken_off_while_events_come_and_go(
        self,
        broken: None,
        post: Post,
        reader: APIClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(rebuild, "_EVENTS_AT_ONCE", 2)

        def stop(number: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rebuild.rebuild(progress=stop)
        post({"message": "text new"})
        delete_events(events=[Event.objects.order_by("key")[0]])
        rebuild.rebuild()
        assert len(found(reader, "message:text")) == 5
        assert not rebuild.check()
        delete_events(events=Event.objects.all())
        if connection.vendor == "sqlite":
            assert indexed_keys() == set()
