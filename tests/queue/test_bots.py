"""Addresses that send too much within five minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import OrganizationUsage
from events.ingest import pipeline
from events.ingest.bots import discard_bots
from events.ingest.context import EventContext
from events.ingest.steps import throttle_bots
from events.models import Event, Stack, WorkItem
from events.services.bot_events import delete_bot_events
from events.services.pace import Pace
from events.services.work_items import run_work_items
from exceptionless_site.core.models import RateCounter
from projects.models import Project, ProjectUsage
from tests.conftest import Cast
from tests.ingest.steps.contexts import PRIVATE, make_context, make_project
from tests.queue.rows import at_once, queued, work

BOT = "81.2.69.142"
START = datetime(2026, 1, 15, 12, 1, tzinfo=UTC)


class Addresses:
    """Counts in memory."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, amounts: Mapping[str, int]) -> Mapping[str, int]:
        self.counts.update(amounts)
        return self.counts


def sent_from(address: Any, settings: dict[str, str] | None = None, **fields: Any) -> EventContext:
    project = make_project(settings, **({"delete_bot_data_enabled": True} | fields))
    return make_context(data={"@request": {"client_ip_address": address}}, project=project)


class TestStep:
    def test_events_are_discarded_from_the_batch_on_that_reaches_the_limit(self) -> None:
        addresses = Addresses()
        batches = [[sent_from(BOT) for _ in range(2)] + [sent_from("9.9.9.9")] for _ in range(3)]
        for batch in batches:
            throttle_bots.run(batch, count_addresses=addresses, limit=4)
        assert [[context.is_discarded for context in batch] for batch in batches] == [
            [False, False, False],
            [True, True, False],
            [True, True, False],
        ]
        assert addresses.counts == {BOT: 6, "9.9.9.9": 3}

    @pytest.mark.parametrize(
        "context",
        [
            *(
                sent_from(address)
                for address in ("", None, 7, "127.0.0.1", "::1", "10.0.0.1", "172.16.1.1", "192.168.1.1")
            ),
            sent_from(BOT, delete_bot_data_enabled=False),
            sent_from(BOT, PRIVATE),
            make_context(project=make_project(delete_bot_data_enabled=True)),
        ],
    )
    def test_these_are_not_counted(self, context: EventContext) -> None:
        addresses = Addresses()
        throttle_bots.run([context], count_addresses=addresses, limit=0)
        assert not context.is_discarded
        assert not addresses.counts

    def test_of_a_list_of_addresses_the_first_counts(self) -> None:
        addresses = Addresses()
        throttle_bots.run([sent_from(f" {BOT} , 9.9.9.9")], count_addresses=addresses, limit=5)
        assert addresses.counts == {BOT: 1}

    def test_without_a_limit_nothing_is_counted(self) -> None:
        addresses = Addresses()
        throttle_bots.run([sent_from(BOT)], count_addresses=addresses, limit=-1)
        assert not addresses.counts

    def test_it_comes_after_the_date_and_before_all_other_steps(self) -> None:
        names = [step.name for step in pipeline.steps(discard_bots=lambda contexts: None)]
        assert names[:3] == ["check_date", "throttle_bots", "manual_stacking"]
        assert "throttle_bots" not in [step.name for step in pipeline.steps()]


def event_from(address: str) -> dict[str, Any]:
    return {"message": "x", "data": {"@Request": {"ClientIpAddress": address}}}


class TestTheWayOfAnEvent:
    @pytest.fixture(autouse=True)
    def throttled(self, cast: Cast, settings: Any) -> Any:
        settings.BOT_THROTTLE_LIMIT = 3
        Project.objects.update(delete_bot_data_enabled=True)
        with time_machine.travel(START) as clock:
            yield clock

    def test_a_bot_is_discarded_and_counted_over_all_projects_until_the_window_ends(
        self, cast: Cast, throttled: Any
    ) -> None:
        for project in (cast.project, cast.foreign_project, cast.project):
            queued(project, event_from(BOT), received_utc=START)
            queued(project, event_from("9.9.9.9"), available_utc=START)
            work()
        assert Event.objects.count() == 4
        assert OrganizationUsage.objects.get(organization=cast.organization).discarded == 2
        throttled.shift(timedelta(minutes=4))
        queued(cast.project, event_from(BOT))
        work()
        assert Event.objects.count() == 5
        assert RateCounter.objects.count() == 3

    def test_a_project_that_keeps_bots_is_not_touched(self, cast: Cast) -> None:
        Project.objects.update(delete_bot_data_enabled=False)
        queued(cast.project, [event_from(BOT) for _ in range(10)])
        work()
        assert Event.objects.count() == 10
        assert not RateCounter.objects.exists()

    def test_many_addresses_are_counted_in_few_statements(self, cast: Cast, django_assert_max_num_queries: Any) -> None:
        contexts = [sent_from(f"81.2.{number // 200}.{number % 200 + 1}") for number in range(600)]
        with django_assert_max_num_queries(8):
            discard_bots(contexts)
        assert RateCounter.objects.count() == 600


class TestWhatABotHadStored:
    """Its events of the same five minutes go once it is recognised."""

    @pytest.fixture(autouse=True)
    def throttled(self, cast: Cast, settings: Any) -> Any:
        settings.BOT_THROTTLE_LIMIT = 3
        Project.objects.update(delete_bot_data_enabled=True)
        with time_machine.travel(START) as clock:
            yield clock

    def post_until_recognised(self, cast: Cast, *before: dict[str, Any]) -> None:
        queued(cast.project, *before)
        work()
        queued(cast.project, [event_from(BOT) for _ in range(3)])
        work()

    def delete(self, throttled: Any) -> None:
        throttled.shift(timedelta(seconds=11))
        run_work_items()
        assert [item.state for item in WorkItem.objects.all()] == ["done"]

    @pytest.mark.parametrize("address", [BOT, f"{BOT}:8080", f" {BOT} , 10.0.0.1"], ids=["plain", "port", "list"])
    def test_is_deleted_counted_and_taken_off_its_stack(self, cast: Cast, throttled: Any, address: str) -> None:
        self.post_until_recognised(cast, event_from(address), event_from(address), event_from("9.9.9.9"))
        assert Event.objects.count() == 3
        self.delete(throttled)
        event = Event.objects.get()
        assert event.content["data"]["@request"]["client_ip_address"] == "9.9.9.9"
        assert Stack.objects.get().total_occurrences == 1
        for usage in (OrganizationUsage.objects.get(), ProjectUsage.objects.get()):
            assert (usage.total, usage.discarded, usage.deleted) == (3, 3, 2)

    def test_events_of_other_windows_addresses_and_fields_stay(self, cast: Cast, throttled: Any) -> None:
        earlier = event_from(BOT) | {"date": (START - timedelta(minutes=2)).isoformat()}
        others = [event_from(f"{BOT}1"), event_from(f"9.9.9.9,{BOT}"), {"data": {"@environment": {"ip_address": BOT}}}]
        self.post_until_recognised(cast, earlier, *others)
        self.delete(throttled)
        assert Event.objects.count() == 4

    def test_is_deleted_in_all_projects_of_the_organization_and_in_no_other(self, cast: Cast, throttled: Any) -> None:
        keeping = Project.objects.create(organization=cast.organization, name="Keeping")
        deleting = Project.objects.create(organization=cast.organization, name="Too", delete_bot_data_enabled=True)
        for project in (keeping, deleting, cast.foreign_project):
            queued(project, event_from(BOT))
        self.post_until_recognised(cast)
        self.delete(throttled)
        assert set(Event.objects.values_list("project_id", flat=True)) == {cast.foreign_project.pk}

    def test_it_is_asked_for_once_in_a_window(self, cast: Cast, throttled: Any) -> None:
        self.post_until_recognised(cast)
        self.delete(throttled)
        queued(cast.project, event_from(BOT))
        work()
        assert WorkItem.objects.count() == 1
        throttled.shift(timedelta(minutes=5))
        self.post_until_recognised(cast)
        assert WorkItem.objects.count() == 2

    def test_many_are_deleted_in_slices(self, cast: Cast, throttled: Any, settings: Any) -> None:
        settings.BOT_THROTTLE_LIMIT = 300
        queued(cast.project, [event_from(BOT) for _ in range(299)])
        self.post_until_recognised(cast)
        throttled.shift(timedelta(seconds=11))
        item = WorkItem.objects.get()
        assert delete_bot_events(item, Pace(0)) is False
        assert Event.objects.count() == 299
        assert delete_bot_events(item, Pace()) is True
        assert not Event.objects.exists()
        assert Stack.objects.get().total_occurrences == 0


@pytest.mark.usefixtures("real_database")
def test_two_workers_count_the_same_addresses_exactly(cast: Cast, settings: Any) -> None:
    settings.BOT_THROTTLE_LIMIT = 1_000
    addresses = [f"81.2.69.{number}" for number in range(1, 40)]

    def count(order: int) -> None:
        for _ in range(5):
            discard_bots([sent_from(address) for address in addresses[::order] for _ in range(1 + order % 2)])

    with time_machine.travel(START):
        assert at_once([lambda: count(1), lambda: count(-1), lambda: count(1)]) == [None] * 3
    assert set(RateCounter.objects.values_list("count", flat=True)) == {30}
