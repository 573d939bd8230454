"""Removing what was soft-deleted, and what belonged to it, in small batches.

Nothing here is visible any more, so the work may stop at any point and go on later, and two may do it at once.
Events count as deleted when they go, since counting them first would be one long statement for a large stack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q, QuerySet

from accounts.models import Organization
from events.models import Event, Rollup, Stack, Submission
from events.services.event_deletion import Going, remove_batch
from events.services.pace import Pace
from events.services.retention import cutoff
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_range
from projects.models import Project
from projects.services.usage import count_usage_of_projects
from tokens.models import Token

_STACKS_AT_ONCE = 50
_ORDER: dict[type[Model], int] = {Event: 0, Stack: 2}


def has_deleted() -> bool:
    """Whether there is anything to purge."""
    return any(model._default_manager.filter(is_deleted=True).exists() for model in (Stack, Project, Organization))


def purge_deleted(pace: Pace) -> bool:
    """Remove deleted stacks, projects and organizations with all they hold; False when the time ran out."""
    projects = Project.objects.filter(is_deleted=True).order_by("pk")
    organizations = Organization.objects.filter(is_deleted=True).order_by("pk")
    return (
        purge_stacks(pace)
        and all(_purge_project(project, pace) for project in projects)
        and all(_purge_organization(organization, pace) for organization in organizations)
    )


def purge_stacks(pace: Pace) -> bool:
    """Remove deleted stacks with their events; False when the time ran out."""
    return pace.repeat(partial(_purge_stacks, _CountDeleted()))


def _purge_stacks(note: _CountDeleted, limit: int) -> int:
    """Remove some events of the first deleted stacks, or the stacks themselves when their events are gone."""
    deleted = Stack.objects.filter(is_deleted=True)
    ids = list(deleted.order_by().values_list("pk", flat=True)[:_STACKS_AT_ONCE])
    if not ids:
        return 0
    count = remove_batch(Event.objects.filter(stack_id__in=ids), limit, note)
    if count:
        return count
    # Another process may hold some of the events still; a stack goes after the last of them.
    empty = deleted.filter(~Exists(Event.objects.filter(stack_id=OuterRef("pk"))), pk__in=ids)
    Rollup.objects.filter(stack_id__in=list(empty.values_list("pk", flat=True))).delete()
    return empty.delete()[0]


def _purge_project(project: Project, pace: Pace) -> bool:
    tokens = Token.objects.filter(organization_id=project.organization_id, default_project_id=project.pk)
    tokens.update(default_project=None)
    return _purge_owner(project, pace)


def _purge_organization(organization: Organization, pace: Pace) -> bool:
    projects = Project.objects.filter(organization=organization).order_by("pk")
    return all(_purge_project(project, pace) for project in projects) and _purge_owner(organization, pace)


def _purge_owner(owner: Project | Organization, pace: Pace) -> bool:
    """The rows that the owner holds, table by table, then the owner; False when the time ran out."""
    note = _CountDeleted()
    for rows in _holdings(owner):
        if not pace.repeat(partial(_remove_rows, rows, note)):
            return False
    if any(rows.exists() for rows in _holdings(owner, with_busy=True)):
        # A worker has some of it in hand, which ends within its lease; the next run finds it done.
        return True
    return pace.repeat(lambda limit: type(owner)._base_manager.filter(pk=owner.pk).delete()[0])


def _holdings(owner: Project | Organization, *, with_busy: bool = False) -> Iterator[QuerySet[Any]]:
    """What belongs to a project or an organization: the rows of each table that names it as such.

    Every table of every app, so that a new kind of data needs no line here. Events come first, since they are counted
    while they go, and stacks last.
    What a worker has in hand, and projects, which go one by one, are left out unless `with_busy`.
    """
    for model in sorted(_owned_models(type(owner)), key=lambda model: _ORDER.get(model, 1)):
        rows = model._base_manager.filter(**_ownership(owner, model))
        if with_busy or model not in (Submission, Project):
            yield rows
        elif model is Submission:
            yield rows.exclude(_in_hand())


def _owned_models(owner: type[Model]) -> Iterator[type[Model]]:
    name = owner._meta.model_name
    for relation in owner._meta.get_fields(include_hidden=True):
        if (
            isinstance(relation, ForeignObjectRel)
            and relation.field.name == name
            and relation.related_model._meta.managed
        ):
            yield relation.related_model


def _ownership(owner: Project | Organization, model: type[Model]) -> dict[str, str]:
    """The columns that name the owner; with the organization, since most indexes start with it."""
    if isinstance(owner, Organization):
        return {"organization_id": owner.pk}
    # With both, SQLite may walk all events of the organization.
    if model is Event or not any(field.name == "organization" for field in model._meta.fields):
        return {"project_id": owner.pk}
    return {"organization_id": owner.organization_id, "project_id": owner.pk}


def _in_hand() -> Q:
    """Submissions that a worker has claimed: taking one away would undo its whole batch."""
    return ~Q(claimed_by="") & Q(available_utc__gt=utc_now())


def _remove_rows(rows: QuerySet[Any], note: _CountDeleted, limit: int) -> int:
    if rows.model is Event:
        return remove_batch(rows, limit, note)
    with transaction.atomic():
        keys = list(rows.order_by().values_list("pk", flat=True)[:limit])
        rows.model._base_manager.filter(pk__in=keys).delete()
    return len(keys)


@dataclass(slots=True)
class _CountDeleted:
    """Counts what a person deleted: not what had to go for its age, nor with its organization."""

    _oldest: dict[str, int | None] = field(default_factory=dict)
    """The smallest key that an organization's retention keeps; None for an organization that is going too."""

    def __call__(self, going: Sequence[Going]) -> None:
        self._look_up({row.organization_id for row in going} - self._oldest.keys())
        numbers = Counter((row.organization_id, row.project_id) for row in going if self._counts(row))
        count_usage_of_projects({owner: {"deleted": number} for owner, number in numbers.items()})

    def _look_up(self, organization_ids: Set[str]) -> None:
        if not organization_ids:
            return
        now = utc_now()
        organizations = Organization.objects.alive().filter(pk__in=organization_ids)
        kept = {organization.pk: key_range(cutoff(organization, now), None)[0] for organization in organizations}
        self._oldest.update({id_: kept.get(id_) for id_ in organization_ids})

    def _counts(self, row: Going) -> bool:
        oldest = self._oldest[row.organization_id]
        return oldest is not None and row.key >= oldest
