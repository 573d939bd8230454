"""What is soft-deleted vanishes at once and is removed in small batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from accounts.models import Invite, Organization, OrganizationUsage
from accounts.services.organizations import delete_organizations
from events.models import Event, Stack, Submission, WorkItem
from events.models.work_item import WorkItemKind
from events.services.pace import LARGEST, Pace
from events.services.purge import purge_deleted
from events.services.stacks import delete_stacks
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import arrival_key
from projects.models import Project, ProjectUsage
from projects.services.projects import delete_projects
from projects.services.usage import count_project_usage
from tests.conftest import Cast, make_key
from tests.contract.responses import ContractSiteClient
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import FewBatches, Statements, deleted_usage, event_of_age, stack_with_events
from tokens.models import Token

HELD: tuple[type[Model], ...] = (Event, Stack, Submission, Token, ProjectUsage, WorkItem)


def fill(project: Project) -> Stack:
    """A row of each kind that a project holds."""
    stack = make_stack(project)
    make_event(stack)
    submit(project)
    make_key(project, "client")
    count_project_usage(organization_id=project.organization_id, project_id=project.pk, counts={"total": 1})
    WorkItem.objects.create(
        kind=WorkItemKind.SAMPLE_DATA, organization_id=project.organization_id, project_id=project.pk
    )
    return stack


def submit(project: Project, **fields: Any) -> Submission:
    now = utc_now()
    defaults = {"key": arrival_key(now), "payload": b"{}", "received_utc": now, "available_utc": now}
    return Submission.objects.create(organization=project.organization, project=project, **(defaults | fields))


def rows_of(project: Project) -> dict[str, int]:
    return {model.__name__: model._default_manager.filter(project_id=project.pk).count() for model in HELD}


def statuses(client: APIClient, project: Project, stack: Stack, event: Event) -> set[int]:
    addresses = [
        f"projects/{project.pk}",
        f"projects/{project.pk}/events",
        f"projects/{project.pk}/events/count",
        f"projects/{project.pk}/stacks",
        f"projects/{project.pk}/tokens",
        f"stacks/{stack.pk}",
        f"stacks/{stack.pk}/events",
        f"events/{event.event_id}",
    ]
    return {client.get(f"/api/v2/{address}").status_code for address in addresses}


def test_a_deleted_project_vanishes_at_once_and_is_purged(cast: Cast, owner: APIClient, pace: Pace) -> None:
    stack = fill(cast.project)
    event = Event.objects.get()
    kept = Project.objects.create(organization=cast.organization, name="Kept")
    fill(kept)
    before = rows_of(kept)
    assert statuses(owner, cast.project, stack, event) == {200}
    assert owner.delete(f"/api/v2/projects/{cast.project.pk}").status_code == 202
    for client in (owner, cast.client(cast.admin)):
        assert statuses(client, cast.project, stack, event) == {404}
    assert cast.client(cast.key).get("/api/v2/projects/config").status_code == 401
    assert owner.get("/api/v2/events/count").json()["total"] == 1
    assert [row["id"] for row in owner.get("/api/v2/projects").json()] == [kept.pk]
    assert purge_deleted(pace)
    assert not Project.objects.filter(pk=cast.project.pk).exists()
    assert set(rows_of(cast.project).values()) == {0}
    assert rows_of(kept) == before


def test_a_deleted_organization_is_purged_with_its_projects(cast: Cast, pace: Pace) -> None:
    other = Project.objects.create(organization=cast.organization, name="Other")
    for project in (cast.project, other, cast.foreign_project):
        fill(project)
    Invite.objects.create(organization=cast.organization, email_address="new@example.test")
    delete_organizations(organizations=[cast.organization], deleted_by=None)
    admin = cast.client(cast.admin)
    assert admin.get(f"/api/v2/organizations/{cast.organization.pk}").status_code == 404
    assert admin.get(f"/api/v2/projects/{cast.project.pk}").status_code == 404
    for key in (cast.key, cast.user_key):
        assert cast.client(key).get("/api/v2/projects/config").status_code == 401
    before = rows_of(cast.foreign_project)
    assert purge_deleted(pace)
    assert list(Organization.objects.all()) == [cast.foreign_organization]
    assert list(Project.objects.all()) == [cast.foreign_project]
    assert rows_of(cast.foreign_project) == before
    assert OrganizationUsage.objects.get().organization_id == cast.foreign_organization.pk


def test_a_deleted_stack_is_purged_with_its_events_which_count_as_deleted(
    cast: Cast, owner: APIClient, pace: Pace
) -> None:
    stack, kept = stack_with_events(cast.project, 30), stack_with_events(cast.project, 2)
    owner.delete(f"/api/v2/stacks/{stack.pk}")
    shown = owner.get(f"/api/v2/projects/{cast.project.pk}?mode=stats").json()
    assert (shown["stack_count"], shown["event_count"]) == (1, 2)
    assert purge_deleted(pace)
    assert list(Stack.objects.all()) == [kept]
    assert Event.objects.count() == 2
    assert deleted_usage() == 30
    kept.refresh_from_db()
    assert kept.total_occurrences == 2


def test_the_events_of_a_deleted_project_count_for_its_organization(cast: Cast, pace: Pace) -> None:
    stack_with_events(cast.project, 30)
    stack_with_events(cast.foreign_project, 2)
    delete_projects(projects=[cast.project])
    assert purge_deleted(pace)
    assert deleted_usage() == 30
    assert OrganizationUsage.objects.get().organization_id == cast.organization.pk
    assert not ProjectUsage.objects.exists()


def test_the_events_of_a_deleted_organization_count_nowhere(cast: Cast, pace: Pace) -> None:
    stack_with_events(cast.project, 3)
    delete_organizations(organizations=[cast.organization], deleted_by=None)
    assert purge_deleted(pace)
    assert not Event.objects.exists()
    assert deleted_usage() == 0


def test_events_that_had_to_go_for_their_age_do_not_count_as_deleted(cast: Cast, pace: Pace) -> None:
    stack = make_stack(cast.project)
    for days in (1, 200, 300):
        event_of_age(stack, days)
    delete_stacks(stacks=[stack])
    assert purge_deleted(pace)
    assert not Event.objects.exists()
    assert deleted_usage() == 1


def test_a_purge_that_is_interrupted_counts_each_event_once(cast: Cast) -> None:
    stack = stack_with_events(cast.project, 300)
    delete_stacks(stacks=[stack])
    assert not purge_deleted(FewBatches(1))
    assert deleted_usage() == 300 - Event.objects.count() == 100
    assert purge_deleted(FewBatches(20))
    assert deleted_usage() == 300


@pytest.mark.parametrize(
    ("page", "name"),
    [("projects/project", "Disintegrating"), ("accounts/organization", "Acme"), ("events/stack", "A title")],
)
def test_the_admin_lists_nothing_that_is_deleted(cast: Cast, page: str, name: str) -> None:
    make_stack(cast.project)
    site = ContractSiteClient()
    site.force_login(cast.admin)
    assert name in site.get(f"/admin/{page}/").content.decode()
    for model in (Stack, Project, Organization):
        model._default_manager.update(is_deleted=True)
    assert name not in site.get(f"/admin/{page}/").content.decode()


def test_a_key_that_only_sent_to_the_project_by_default_stays(cast: Cast, pace: Pace) -> None:
    key = Token.objects.create(organization=cast.organization, default_project=cast.project, scopes=["client"])
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert purge_deleted(pace)
    key.refresh_from_db()
    assert key.default_project_id is None


def test_a_submission_that_a_worker_has_in_hand_is_left_to_it(cast: Cast, work: Callable[[], None], pace: Pace) -> None:
    later = utc_now() + timedelta(minutes=1)
    busy = submit(cast.project, claimed_by="worker", available_utc=later)
    submit(cast.project, parked_utc=utc_now(), error="bad")
    delete_projects(projects=[cast.project])
    assert purge_deleted(pace)
    assert list(Submission.objects.all()) == [busy]
    assert Project.objects.filter(pk=cast.project.pk).exists()
    busy.delete()
    assert purge_deleted(pace)
    assert not Project.objects.filter(pk=cast.project.pk).exists()


def test_the_claim_of_a_dead_worker_holds_nothing_up(cast: Cast, pace: Pace) -> None:
    submit(cast.project, claimed_by="worker", available_utc=utc_now() - timedelta(seconds=1))
    delete_projects(projects=[cast.project])
    assert purge_deleted(pace)
    assert not Submission.objects.exists()
    assert not Project.objects.filter(pk=cast.project.pk).exists()


def test_events_that_were_waiting_are_dropped_with_their_project(
    cast: Cast, work: Callable[[], None], pace: Pace
) -> None:
    response = cast.client(cast.key).post("/api/v2/events", {"message": "late"}, format="json")
    assert response.status_code == 202
    delete_projects(projects=[cast.project])
    work()
    assert purge_deleted(pace)
    assert not Event.objects.exists()
    assert not Submission.objects.exists()


def test_a_purge_that_ran_out_of_time_goes_on_where_it_stopped(cast: Cast) -> None:
    stack_with_events(cast.project, 1_000)
    delete_projects(projects=[cast.project])
    assert not purge_deleted(Pace(seconds=0))
    assert Event.objects.count() == 1_000
    runs = 0
    while not purge_deleted(FewBatches(3)):
        runs += 1
    assert 2 <= runs <= 10
    assert not Event.objects.exists()
    assert not Project.objects.filter(pk=cast.project.pk).exists()


@pytest.mark.usefixtures("nobody_else")
def test_no_deletion_names_more_rows_than_a_batch(cast: Cast, pace: Pace) -> None:
    for count in (700, 900, 3):
        stack_with_events(cast.project, count)
    delete_projects(projects=[cast.project])
    with Statements() as statements:
        assert purge_deleted(pace)
    events = [sql for sql in statements.deletions if '"events_event"' in sql]
    assert 4 <= len(events) <= 50
    assert max(sql.count(",") for sql in events) < LARGEST
    # A slow machine makes smaller batches, and so more of them.
    assert len(statements) < 100 + 16 * len(events)


def test_two_purges_in_turn_do_each_others_work(cast: Cast) -> None:
    stack_with_events(cast.project, 300)
    delete_projects(projects=[cast.project])
    for _ in range(10):
        purge_deleted(FewBatches(1))
        purge_deleted(FewBatches(2))
    assert not Project.objects.filter(pk=cast.project.pk).exists()


def test_a_purge_of_nothing_costs_few_statements(cast: Cast, pace: Pace) -> None:
    stack_with_events(cast.project, 3)
    with Statements() as statements:
        assert purge_deleted(pace)
    assert len(statements) == 3
