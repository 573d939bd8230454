"""`manage.py clean_up`."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Organization, OrganizationUsage
from events.models import Event, Stack
from events.services.clean_up import Finding, find_clean_up
from exceptionless_site.core.ids import new_object_id
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import days_ago, event_of_age, stack_of_age, stack_with_events


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("clean_up", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def clutter(cast: Cast) -> Stack:
    """Something of each kind, and one stack with an event that stays."""
    kept = make_stack(cast.project)
    make_event(kept)
    event_of_age(kept, 200)
    event_of_age(kept, 190)
    stack_of_age(cast.project, 300)
    stack_with_events(cast.project, 3, is_deleted=True)
    stack_with_events(Project.objects.create(organization=cast.organization, name="Gone", is_deleted=True), 4)
    organization = Organization.objects.create(name="Left", is_deleted=True)
    stack_with_events(Project.objects.create(organization=organization, name="Left"), 5)
    OrganizationUsage.objects.create(organization=cast.organization, hour=days_ago(400), total=1)
    Event.objects.filter(pk=make_event(make_stack(cast.foreign_project)).pk).update(stack_id=new_object_id())
    return kept


def test_nothing_to_do_is_said(cast: Cast) -> None:
    make_event(make_stack(cast.project))
    assert run() == run("--dry-run") == "There is nothing to remove.\n"
    assert Event.objects.count() == 1


def test_findings_are_counted_by_organization_and_kind(clutter: Stack) -> None:
    found = find_clean_up()
    assert [finding[:3] for finding in found] == [
        ("Acme", "deleted projects", 1),
        ("Acme", "deleted stacks", 1),
        ("Acme", "events of deleted projects", 4),
        ("Acme", "events of deleted stacks", 3),
        ("Acme", "events past their retention", 3),
        ("Acme", "hours of usage", 1),
        ("Acme", "stacks not seen for long", 1),
        ("Elsewhere", "orphaned events", 1),
        ("Left", "deleted organizations", 1),
        ("Left", "events of deleted organizations", 5),
    ]
    oldest = {finding.kind: finding.oldest for finding in found}["events past their retention"]
    assert oldest is not None
    assert abs(oldest - days_ago(300)) < timedelta(minutes=1)
    assert all(isinstance(finding, Finding) and finding.oldest for finding in found)


def test_a_dry_run_shows_a_table_and_changes_nothing(clutter: Stack) -> None:
    before = (Event.objects.count(), Stack.objects.count(), Project.objects.count())
    shown = run("--dry-run")
    assert (Event.objects.count(), Stack.objects.count(), Project.objects.count()) == before
    for text in ("Acme", "events past their retention", f"{days_ago(300):%Y-%m-%d}", "orphaned events", "Rows"):
        assert text in shown


def test_a_run_removes_all_that_was_found(clutter: Stack) -> None:
    assert run().endswith("rows were removed.\n")
    assert find_clean_up() == []
    assert run() == "There is nothing to remove.\n"
    assert Event.objects.get().stack_id == clutter.pk
    assert sorted(Organization.objects.values_list("name", flat=True)) == ["Acme", "Elsewhere"]
