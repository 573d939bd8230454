"""From posted events to stacks: one per signature, counted exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import OrganizationUsage
from events.models import Event, Stack
from events.stacking.status import StackStatus
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from projects.models import Project, ProjectUsage
from tests.conftest import Cast

Post = Callable[..., None]


def an_error(message: str, method: str = "Pay") -> dict[str, Any]:
    frame = {"declaring_namespace": "Shop", "declaring_type": "Basket", "name": method, "line_number": 7}
    return {"type": "error", "data": {"@error": {"type": "Shop.Broken", "message": message, "stack_trace": [frame]}}}


def test_events_with_one_signature_share_a_stack_that_counts_them(post: Post) -> None:
    post(an_error("first"), an_error("second"), an_error("third", method="Refund"))
    pay, refund = Stack.objects.order_by("-total_occurrences")
    assert (pay.total_occurrences, refund.total_occurrences) == (2, 1)
    assert pay.title == "first"
    assert pay.signature_info == {"ExceptionType": "Shop.Broken", "Method": "Shop.Basket.Pay()"}
    # Both may be of one millisecond, in which keys count down.
    in_order = Event.objects.filter(stack=pay).order_by("event_id")
    assert list(in_order.values_list("is_first_occurrence", flat=True)) == [True, False]


@pytest.mark.parametrize(
    ("document", "hash_"),
    [
        ({"type": "log", "source": "GET /Print"}, "aa2a7ad2b40747584d649b1cc9b359495f2e629a"),
        (
            {"type": "log", "data": {"@stack": {"signature_data": {"Key": "hello"}}}},
            "b6d795fbd58cc7592d955a219374339a323801a9",
        ),
    ],
)
def test_the_signature_is_the_official_one(post: Post, document: dict[str, Any], hash_: str) -> None:
    post(document)
    assert Stack.objects.get().signature_hash == hash_


def test_first_and_last_occurrence_follow_the_dates_of_the_events(post: Post) -> None:
    now = utc_now()
    dates = [now - timedelta(hours=2), now - timedelta(hours=5), now - timedelta(hours=1)]
    post(*({"message": "x", "date": format_utc(date)} for date in dates))
    stack = Stack.objects.get()
    assert stack.first_occurrence == dates[1]
    assert stack.last_occurrence == dates[2]


def test_the_tags_of_events_are_merged_into_the_stack(post: Post) -> None:
    post({"message": "x", "tags": ["One"]}, {"message": "x", "tags": ["one", "Two"]})
    assert Stack.objects.get().tags == ["One", "Two"]


def test_events_of_a_discarded_stack_are_not_stored_but_counted(post: Post) -> None:
    post({"message": "x"})
    Stack.objects.update(status=StackStatus.DISCARDED)
    post({"message": "x"})
    assert Event.objects.count() == 1
    usage = OrganizationUsage.objects.get()
    assert (usage.total, usage.discarded) == (1, 1)
    assert ProjectUsage.objects.get().discarded == 1


def test_a_deleted_stack_is_not_found_again(post: Post) -> None:
    post({"message": "x"})
    Stack.objects.update(is_deleted=True)
    post({"message": "x"})
    assert Stack.objects.count() == 2
    assert Stack.objects.get(is_deleted=False).total_occurrences == 1


def test_a_fixed_stack_regresses(post: Post) -> None:
    post({"message": "x"})
    Stack.objects.update(status=StackStatus.FIXED, date_fixed=utc_now() - timedelta(minutes=1))
    post({"message": "x"})
    assert Stack.objects.get().status == StackStatus.REGRESSED


def test_events_of_a_critical_stack_get_the_tag(post: Post) -> None:
    post({"message": "x"})
    Stack.objects.update(occurrences_are_critical=True)
    post({"message": "x"})
    assert Event.objects.order_by("-created_utc", "-key")[0].content["tags"] == ["Critical"]


def test_events_older_than_three_days_are_discarded_and_counted(post: Post) -> None:
    post({"message": "x", "date": format_utc(utc_now() - timedelta(days=4))})
    assert not Event.objects.exists()
    assert OrganizationUsage.objects.get().discarded == 1


def test_the_first_event_marks_the_project_as_configured(cast: Cast, post: Post) -> None:
    assert not cast.project.is_configured
    post({"message": "x"})
    project = Project.objects.get(pk=cast.project.pk)
    assert project.is_configured
    assert project.last_event_date_utc is not None


def test_what_a_batch_has_over_the_quota_is_blocked(cast: Cast, post: Post) -> None:
    cast.organization.max_events_per_month = 2
    cast.organization.save(update_fields=["max_events_per_month"])
    post('[{"message":"a"},{"message":"b"},{"message":"c"}]')
    assert Event.objects.count() == 2
    usage = OrganizationUsage.objects.get()
    assert (usage.total, usage.blocked) == (2, 1)
