"""The first page of the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import OrganizationUsage
from events.models import Event
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import ScheduledJob
from tests.admin.conftest import a_project, a_stack, a_submission, a_work_item, an_event
from tests.rollups.rows import refilled


def context(site: Client, **query: str) -> Any:
    refilled()
    response = site.get("/admin/", query)
    assert response.status_code == 200
    return response.context


def tiles(site: Client, **query: str) -> dict[str, str]:
    return {tile.title: tile.value for tile in context(site, **query)["tiles"]}


def test_everything_is_counted_at_first(site: Client) -> None:
    stack = a_stack()
    for number in range(3):
        Event.objects.filter(pk=an_event(stack).pk).update(user_hash=number % 2)
    an_event(a_stack(type="log"))
    found = tiles(site)
    assert (found["Events"], found["Errors"], found["New stacks"], found["Users affected"]) == ("4", "3", "2", "2")


def test_the_numbers_are_of_the_chosen_project_or_organization(site: Client) -> None:
    stack, other = a_stack(), a_stack()
    an_event(stack)
    an_event(other)
    an_event(other)
    assert tiles(site, project=stack.project_id)["Events"] == "1"
    assert tiles(site, organization=other.organization_id)["Events"] == "2"
    assert tiles(site, organization="nonsense", project="\x00")["Events"] == "3"


def test_numbers_lead_to_lists_of_the_same_choice(site: Client) -> None:
    project = a_project()
    addresses = [tile.address for tile in context(site, project=project.pk)["tiles"] if tile.title == "Errors"]
    assert addresses == [f"/admin/events/event/?type=error&project__id__exact={project.pk}"]
    assert site.get(addresses[0]).status_code == 200


def test_old_events_are_not_in_a_short_time(site: Client) -> None:
    stack = a_stack(first_occurrence=utc_now() - timedelta(days=3))
    event = an_event(stack)
    Event.objects.filter(pk=event.pk).update(key=event.key - (3 * 86_400_000 << 20))
    assert tiles(site, span="day")["Events"] == "0"
    assert tiles(site, span="week")["Events"] == "1"
    assert tiles(site, span="day")["New stacks"] == "0"


def test_the_most_frequent_stacks_come_first_and_deleted_ones_not_at_all(site: Client) -> None:
    rare, frequent, deleted = a_stack(title="rare"), a_stack(title="frequent"), a_stack(title="gone")
    an_event(rare)
    for _ in range(2):
        an_event(frequent)
    for _ in range(3):
        an_event(deleted)
    type(deleted).objects.filter(pk=deleted.pk).update(is_deleted=True)
    found = [(row.stack.title, row.occurrences) for row in context(site)["frequent"]]
    assert found == [("frequent", 2), ("rare", 1)]


def test_regressions_queue_and_failures_are_shown(site: Client) -> None:
    a_stack(title="came back", status="regressed")
    a_submission(parked_utc=utc_now())
    ScheduledJob.objects.create(name="nightly", last_error="disk full")
    a_work_item()
    page = site.get("/admin/").content.decode()
    assert all(text in page for text in ("came back", "disk full", "It &lt;b&gt;broke&lt;/b&gt;"))
    assert tiles(site)["Parked"] == "1"


def test_the_quota_is_that_of_the_chosen_organization(site: Client) -> None:
    organization = a_project().organization
    type(organization).objects.filter(pk=organization.pk).update(max_events_per_month=10)
    OrganizationUsage.objects.create(organization=organization, hour=utc_now(), total=12)
    found = {tile.title: tile for tile in context(site, organization=organization.pk)["tiles"]}
    assert (found["Used this month"].value, found["Used this month"].is_bad) == ("12 of 10", True)


def test_the_number_of_statements_does_not_grow_with_the_stacks(site: Client) -> None:
    an_event()
    refilled()
    with CaptureQueriesContext(connection) as few:
        site.get("/admin/")
    for _ in range(6):
        an_event()
    refilled()
    with CaptureQueriesContext(connection) as many:
        site.get("/admin/")
    assert len(many) == len(few)
