"""Events whose owners are gone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from events.services import orphans
from events.services.orphans import remove_orphans
from events.services.pace import Pace
from exceptionless_site.core.ids import new_object_id
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import Statements, deleted_usage


@pytest.mark.parametrize("column", ["stack_id", "project_id", "organization_id"])
def test_events_of_an_owner_that_is_gone_are_removed(cast: Cast, pace: Pace, column: str) -> None:
    stack = make_stack(cast.project)
    kept, *orphaned = (make_event(stack, minutes) for minutes in range(4))
    Event.objects.filter(key__in=[event.key for event in orphaned]).update(**{column: new_object_id()})
    assert remove_orphans(pace)
    assert list(Event.objects.all()) == [kept]
    assert deleted_usage() == 0


def test_events_of_what_is_only_soft_deleted_are_no_orphans(cast: Cast, pace: Pace) -> None:
    make_event(make_stack(cast.project, is_deleted=True))
    assert remove_orphans(pace)
    assert Event.objects.count() == 1


@pytest.mark.usefixtures("nobody_else")
def test_owners_are_looked_up_in_pages(cast: Cast, pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "_IDS_PER_STATEMENT", 3)
    stacks = [make_stack(cast.project) for _ in range(8)]
    for stack in stacks:
        make_event(stack)
        make_event(stack)
    missing = {stacks[0].pk, stacks[4].pk, stacks[7].pk}
    for number, stack_id in enumerate(sorted(missing)):
        Event.objects.filter(stack_id=stack_id).update(stack_id=f"{number}{stack_id[1:]}")
    with Statements() as statements:
        assert remove_orphans(pace)
    assert Event.objects.count() == 10
    assert len(statements) < 55


def test_a_project_has_one_living_stack_of_a_signature(cast: Cast) -> None:
    """So there are no duplicates to merge."""
    make_stack(cast.project, signature_hash="a" * 40, is_deleted=True)
    make_stack(cast.project, signature_hash="a" * 40)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_stack(cast.project, signature_hash="a" * 40)
