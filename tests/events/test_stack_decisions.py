"""POST stacks/{ids}/mark-fixed, mark-snoozed, change-status, and mark-critical with its DELETE."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Event, Stack
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from tests.conftest import Cast
from tests.events.stack_rows import make_stack, minutes_ago

JUST_NOW = timedelta(seconds=30)


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def stack(cast: Cast) -> Stack:
    """Fixed in a version an hour ago, and snoozed on top of it."""
    return make_stack(
        cast.project,
        status="fixed",
        date_fixed=minutes_ago(60),
        fixed_in_version="1.0.0",
        snooze_until_utc=minutes_ago(-60),
        updated_utc=minutes_ago(60),
    )


def is_now(moment: datetime | None) -> bool:
    return moment is not None and abs(utc_now() - moment) < JUST_NOW


def post(client: APIClient, action: str, *stacks: Stack, query: str = "", status: int = 200) -> Any:
    response = client.post(f"/api/v2/stacks/{','.join(stack.pk for stack in stacks)}/{action}{query}")
    assert response.status_code == status, response.content
    if status == 200:
        assert response.content == b""
    for stack in stacks:
        stack.refresh_from_db()
    return response


class TestMarkFixed:
    @pytest.mark.parametrize(
        ("query", "version"),
        [
            ("", ""),
            ("?version=", ""),
            ("?version=1.2.3", "1.2.3"),
            ("?version=1.0.0.0", "1.0.0-0"),
            ("?version=v2", "2.0.0"),
            ("?version=1.2.3-beta2", "1.2.3-beta2"),
            ("?version=%201%20", "1.0.0"),
        ],
    )
    def test_it_is_fixed_as_of_now_in_the_normalized_version(
        self, cast: Cast, owner: APIClient, query: str, version: str
    ) -> None:
        stack = make_stack(cast.project, snooze_until_utc=minutes_ago(-60), status="snoozed")
        post(owner, "mark-fixed", stack, query=query)
        assert (stack.status, stack.fixed_in_version, stack.snooze_until_utc) == ("fixed", version, None)
        assert is_now(stack.date_fixed)
        assert is_now(stack.updated_utc)

    @pytest.mark.parametrize("version", ["a.b.c.d", "test", "1.b", "1.2.3-" + "x" * 100, "\x00"])
    def test_a_version_that_is_none_is_a_400(self, cast: Cast, owner: APIClient, version: str) -> None:
        stack = make_stack(cast.project)
        if version == "\x00":
            # Nothing is left of it, so no version was named.
            post(owner, "mark-fixed", stack, query="?version=%00")
            return
        response = post(owner, "mark-fixed", stack, query=f"?version={version}", status=400)
        assert response.json()["title"] == "Invalid semantic version"
        assert stack.status == "open"

    def test_a_later_event_regresses_it(
        self, cast: Cast, owner: APIClient, post: Callable[..., None], work: Callable[[], None]
    ) -> None:
        post({"type": "log", "source": "shop", "date": format_utc(minutes_ago(5))})
        stack = Stack.objects.get()
        owner.post(f"/api/v2/stacks/{stack.pk}/mark-fixed")
        post({"type": "log", "source": "shop", "date": format_utc(minutes_ago(4))})
        stack.refresh_from_db()
        assert stack.status == "fixed"
        post({"type": "log", "source": "shop"})
        stack.refresh_from_db()
        assert (stack.status, is_now(stack.date_fixed)) == ("regressed", True)


class TestMarkSnoozed:
    def test_it_is_silent_until_then_and_forgets_its_fix(self, owner: APIClient, stack: Stack) -> None:
        until = utc_now() + timedelta(hours=2)
        post(owner, "mark-snoozed", stack, query=f"?snoozeUntilUtc={format_utc(until)}")
        assert (stack.status, stack.snooze_until_utc) == ("snoozed", until)
        assert (stack.date_fixed, stack.fixed_in_version) == (None, "")
        assert not stack.allow_notifications
        assert is_now(stack.updated_utc)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2999-01-02T03:04:05", "2999-01-02T03:04:05Z"),
            ("2999-01-02T03:04:05-05:00", "2999-01-02T08:04:05Z"),
            ("2999-01-02T03:04:05%2B02:00", "2999-01-02T01:04:05Z"),
            ("2999-01-02", "2999-01-02T00:00:00Z"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
        ],
    )
    def test_an_instant_without_zone_is_utc(self, owner: APIClient, stack: Stack, text: str, expected: str) -> None:
        post(owner, "mark-snoozed", stack, query=f"?snoozeUntilUtc={text}")
        assert stack.snooze_until_utc is not None
        assert format_utc(stack.snooze_until_utc) == expected

    @pytest.mark.parametrize("seconds", [None, -60, 0, 290])
    def test_less_than_five_minutes_or_none_is_a_400(self, owner: APIClient, stack: Stack, seconds: int | None) -> None:
        query = ""
        if seconds is not None:
            query = f"?snoozeUntilUtc={format_utc(utc_now() + timedelta(seconds=seconds))}"
        response = post(owner, "mark-snoozed", stack, query=query, status=400)
        assert response.json()["title"] == "Must snooze for at least 5 minutes."
        assert stack.status == "fixed"

    @pytest.mark.parametrize("text", ["soon", "2026-13-01", "1", "%00x"])
    def test_what_is_no_instant_is_a_400(self, owner: APIClient, stack: Stack, text: str) -> None:
        response = post(owner, "mark-snoozed", stack, query=f"?snoozeUntilUtc={text}", status=400)
        assert response.json()["errors"]["snoozeUntilUtc"]


class TestChangeStatus:
    @pytest.mark.parametrize("text", ["open", "OPEN", "Ignored", "discarded"])
    def test_it_is_set_and_the_fix_is_forgotten(self, owner: APIClient, stack: Stack, text: str) -> None:
        post(owner, "change-status", stack, query=f"?status={text}")
        assert (stack.status, stack.date_fixed, stack.fixed_in_version) == (text.lower(), None, "")
        assert stack.snooze_until_utc is None
        assert is_now(stack.updated_utc)

    def test_without_one_it_is_open(self, owner: APIClient, stack: Stack) -> None:
        post(owner, "change-status", stack)
        assert stack.status == "open"

    def test_fixed_keeps_the_version_of_an_earlier_fix(self, cast: Cast, owner: APIClient) -> None:
        stack = make_stack(
            cast.project,
            status="regressed",
            date_fixed=minutes_ago(60),
            fixed_in_version="1.0.0",
            snooze_until_utc=minutes_ago(-60),
        )
        post(owner, "change-status", stack, query="?status=fixed")
        assert (stack.status, stack.fixed_in_version, stack.snooze_until_utc) == ("fixed", "1.0.0", None)
        assert is_now(stack.date_fixed)

    def test_the_same_status_changes_nothing(self, owner: APIClient, stack: Stack) -> None:
        before = Stack.objects.values().get()
        post(owner, "change-status", stack, query="?status=fixed")
        assert Stack.objects.values().get() == before

    @pytest.mark.parametrize("text", ["", "regressed", "snoozed", "Snoozed", "1", "0", "none", "open,fixed", "%00"])
    def test_any_other_is_a_422(self, owner: APIClient, stack: Stack, text: str) -> None:
        response = post(owner, "change-status", stack, query=f"?status={text}", status=422)
        assert response.json()["errors"] == {"status": ["The status is invalid."]}
        assert stack.status == "fixed"

    def test_a_discarded_stack_keeps_no_more_events(self, owner: APIClient, post: Callable[..., None]) -> None:
        post({"type": "log", "source": "shop"})
        owner.post(f"/api/v2/stacks/{Stack.objects.get().pk}/change-status?status=discarded")
        post({"type": "log", "source": "shop"})
        assert Event.objects.count() == 1


class TestMarkCritical:
    def test_future_events_are_critical_until_they_are_not(self, owner: APIClient, post: Callable[..., None]) -> None:
        post({"type": "log", "source": "shop", "message": "before"})
        stack = Stack.objects.get()
        url = f"/api/v2/stacks/{stack.pk}/mark-critical"

        response = owner.post(url)
        assert (response.status_code, response.content) == (200, b"")
        post({"type": "log", "source": "shop", "message": "critical"})
        response = owner.delete(url)
        assert (response.status_code, response.content) == (204, b"")
        post({"type": "log", "source": "shop", "message": "after"})

        tags = {event.content["message"]: event.content["tags"] for event in Event.objects.all()}
        assert tags == {"before": [], "critical": ["Critical"], "after": []}

    def test_the_same_again_changes_nothing(self, cast: Cast, owner: APIClient) -> None:
        stack = make_stack(cast.project, updated_utc=minutes_ago(60))
        before = Stack.objects.values().get()
        owner.delete(f"/api/v2/stacks/{stack.pk}/mark-critical")
        assert Stack.objects.values().get() == before


EACH = pytest.mark.parametrize(
    ("method", "action"),
    [
        ("post", "mark-fixed"),
        ("post", f"mark-snoozed?snoozeUntilUtc={format_utc(minutes_ago(-600))}"),
        ("post", "change-status?status=ignored"),
        ("post", "mark-critical"),
        ("delete", "mark-critical"),
    ],
    ids=["fixed", "snoozed", "status", "critical", "not critical"],
)


@EACH
class TestSeveral:
    def test_all_are_changed(self, cast: Cast, owner: APIClient, method: str, action: str) -> None:
        rows = [make_stack(cast.project, occurrences_are_critical=method == "delete") for _ in range(3)]
        before = list(Stack.objects.order_by("pk").values("status", "occurrences_are_critical"))
        response = getattr(owner, method)(f"/api/v2/stacks/{','.join(row.pk for row in rows)}/{action}")
        assert response.status_code == (204 if method == "delete" else 200)
        after = list(Stack.objects.order_by("pk").values("status", "occurrences_are_critical"))
        assert all(old != new for old, new in zip(before, after, strict=True))

    def test_those_that_cannot_be_seen_are_passed_over(
        self, cast: Cast, owner: APIClient, method: str, action: str
    ) -> None:
        mine = make_stack(cast.project, occurrences_are_critical=method == "delete")
        foreign = make_stack(cast.foreign_project, occurrences_are_critical=method == "delete")
        deleted = make_stack(cast.project, is_deleted=True, occurrences_are_critical=method == "delete")
        untouched = list(Stack.objects.exclude(pk=mine.pk).order_by("pk").values())
        response = getattr(owner, method)(f"/api/v2/stacks/{foreign.pk},{mine.pk},{deleted.pk},{'0' * 24}/{action}")
        assert response.status_code == (204 if method == "delete" else 200)
        assert list(Stack.objects.exclude(pk=mine.pk).order_by("pk").values()) == untouched
        assert is_now(Stack.objects.get(pk=mine.pk).updated_utc)

    @pytest.mark.parametrize("ids", ["0" * 24, "0" * 24 + "," + "1" * 24])
    def test_none_found_is_a_404(self, cast: Cast, owner: APIClient, method: str, action: str, ids: str) -> None:
        response = getattr(owner, method)(f"/api/v2/stacks/{ids}/{action}")
        assert (response.status_code, response.json()["title"]) == (404, "Stack not found.")

    def test_what_is_no_id_is_a_404(self, cast: Cast, owner: APIClient, method: str, action: str) -> None:
        assert getattr(owner, method)(f"/api/v2/stacks/nope/{action}").status_code == 404

    @pytest.mark.parametrize("number", [1, 20])
    def test_the_number_of_statements_does_not_grow(
        self, cast: Cast, owner: APIClient, django_assert_num_queries: Any, method: str, action: str, number: int
    ) -> None:
        rows = [make_stack(cast.project, occurrences_are_critical=method == "delete") for _ in range(number)]
        ids = ",".join(row.pk for row in rows)
        # token with user, organizations of the user, the stacks; then savepoint, lock, update, release
        with django_assert_num_queries(7):
            getattr(owner, method)(f"/api/v2/stacks/{ids}/{action}")
