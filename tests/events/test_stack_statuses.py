"""What the status of a stack means for its next events, told over the wire from the decision to the next event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization, OrganizationUsage
from events.models import Event, Stack
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from tests.conftest import Cast

Post = Callable[..., None]
HOUR = timedelta(hours=1)


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def stack(post: Post) -> Stack:
    """A stack with one event of an hour ago."""
    post(occurrence(date=format_utc(utc_now() - HOUR)))
    return Stack.objects.get()


def occurrence(version: str | None = None, **members: Any) -> dict[str, Any]:
    return {"type": "log", "source": "shop", "data": {"@version": version} if version else {}, **members}


def decide(client: APIClient, stack: Stack, action: str) -> None:
    response = client.post(f"/api/v2/stacks/{stack.pk}/{action}")
    assert response.status_code == 200, response.content


def shown(client: APIClient, stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v2/stacks/{stack.pk}").json()
    return found


def discarded() -> int:
    return sum(OrganizationUsage.objects.values_list("discarded", flat=True))


@pytest.mark.parametrize(
    ("action", "status", "is_stored", "notifies"),
    [
        ("change-status?status=open", "open", True, True),
        ("change-status?status=ignored", "ignored", True, False),
        ("change-status?status=discarded", "discarded", False, False),
        ("mark-snoozed?snoozeUntilUtc=2099-01-01T00:00:00Z", "snoozed", True, False),
        ("change-status?status=fixed", "regressed", True, True),
        ("mark-fixed", "regressed", True, True),
    ],
)
def test_the_next_event_of_each_status(
    owner: APIClient, stack: Stack, post: Post, action: str, status: str, is_stored: bool, notifies: bool
) -> None:
    decide(owner, stack, action)
    post(occurrence())
    after = shown(owner, stack)
    assert (after["status"], after["allow_notifications"]) == (status, notifies)
    assert after["total_occurrences"] == Event.objects.count() == (2 if is_stored else 1)
    assert discarded() == (0 if is_stored else 1)


@pytest.mark.parametrize(
    ("fixed_in", "version", "is_premium", "status", "is_stored"),
    [
        ("", None, True, "regressed", True),
        ("", "1.0.0", True, "regressed", True),
        ("1.0.0", None, True, "fixed", False),
        ("1.0.0", "1.0.0", True, "regressed", True),
        ("2.0.0", "1.0.0", True, "fixed", False),
        ("1.0.0", "1.0.1", True, "regressed", True),
        ("1.0.0.4", "1.0.0.3", True, "fixed", False),
        ("v1.2", "1.2 build 7", True, "regressed", True),
        ("", None, False, "regressed", True),
        ("1.0.0", None, False, "fixed", True),
        ("2.0.0", "1.0.0", False, "fixed", True),
        ("1.0.0", "1.0.1", False, "regressed", True),
    ],
)
def test_the_matrix_of_regressions(
    owner: APIClient,
    stack: Stack,
    post: Post,
    fixed_in: str,
    version: str | None,
    is_premium: bool,
    status: str,
    is_stored: bool,
) -> None:
    Organization.objects.update(has_premium_features=is_premium)
    decide(owner, stack, f"mark-fixed?version={fixed_in}" if fixed_in else "mark-fixed")
    fixed = shown(owner, stack)
    post(occurrence(version))
    after = shown(owner, stack)
    assert after["status"] == status
    # What was decided stays to be seen.
    assert after["date_fixed"] == fixed["date_fixed"]
    assert after.get("fixed_in_version") == fixed.get("fixed_in_version")
    assert after["total_occurrences"] == Event.objects.count() == (2 if is_stored else 1)
    assert discarded() == (0 if is_stored else 1)


def test_an_event_from_before_the_fix_is_no_regression_unless_its_version_says_so(
    owner: APIClient, stack: Stack, post: Post
) -> None:
    decide(owner, stack, "mark-fixed")
    post(occurrence(date=format_utc(utc_now() - HOUR)))
    assert shown(owner, stack)["status"] == "fixed"
    decide(owner, stack, "mark-fixed?version=1.0.0")
    post(occurrence("1.0.0", date=format_utc(utc_now() - HOUR)))
    assert shown(owner, stack)["status"] == "regressed"


def test_of_a_batch_the_older_versions_alone_are_discarded(owner: APIClient, stack: Stack, post: Post) -> None:
    decide(owner, stack, "mark-fixed?version=1.0.0")
    post(json.dumps([occurrence("0.9"), occurrence("1.1"), occurrence("0.9"), occurrence("1.1")]).decode())
    assert shown(owner, stack)["status"] == "regressed"
    assert sorted(event.version or "" for event in Event.objects.all()) == ["", "1.1", "1.1"]
    assert discarded() == 2


def test_a_regressed_stack_that_is_fixed_again_regresses_again(owner: APIClient, stack: Stack, post: Post) -> None:
    for _ in range(2):
        decide(owner, stack, "mark-fixed")
        assert shown(owner, stack)["status"] == "fixed"
        post(occurrence())
        assert shown(owner, stack)["status"] == "regressed"


def test_a_stack_that_is_opened_forgets_its_fix(owner: APIClient, stack: Stack, post: Post) -> None:
    decide(owner, stack, "mark-fixed?version=2.0.0")
    decide(owner, stack, "change-status?status=open")
    post(occurrence("1.0.0"))
    after = shown(owner, stack)
    assert (after["status"], after["total_occurrences"]) == ("open", 2)
    assert "fixed_in_version" not in after
    assert "date_fixed" not in after
