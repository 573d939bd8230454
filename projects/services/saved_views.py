"""Making, changing and deleting saved views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Organization, User
from exceptionless_site.core.clock import utc_now
from projects.models import SavedView

MAXIMUM_PER_ORGANIZATION = 100


class SavedViewLimitError(Exception):
    """The organization has as many saved views as it may have."""


class ViewTakenError(Exception):
    """Another view of that type, which the person can see, has the name or the slug; the text says which."""


@transaction.atomic
def create_saved_view(
    *, organization_id: str, creator: User, view_type: str, is_private: bool, values: Mapping[str, Any]
) -> SavedView:
    """A new view; `values` are its columns by name. Raises SavedViewLimitError and ViewTakenError."""
    lock_organization(organization_id)
    if SavedView.objects.filter(organization_id=organization_id).count() >= MAXIMUM_PER_ORGANIZATION:
        raise SavedViewLimitError
    view = SavedView(
        organization_id=organization_id,
        user_id=creator.pk if is_private else "",
        created_by_user_id=creator.pk,
        view_type=view_type,
        **values,
    )
    _refuse_taken(view, creator)
    view.save(force_insert=True)
    return view


@transaction.atomic
def update_saved_view(*, view: SavedView, updated_by: User, values: Mapping[str, Any]) -> None:
    """Store the values, in the row and in the given object. Raises ViewTakenError."""
    lock_organization(view.organization_id)
    for name, value in values.items():
        setattr(view, name, value)
    _refuse_taken(view, updated_by)
    view.updated_by_user_id = updated_by.pk
    view.updated_utc = utc_now()
    view.save(update_fields=[*values, "updated_by_user_id", "updated_utc"])


def delete_saved_views(*, views: Sequence[SavedView]) -> None:
    SavedView.objects.filter(pk__in=[view.pk for view in views]).delete()


def forget_private_views(organization_id: str, user_id: str) -> None:
    """Remove the private views of a member who has left."""
    SavedView.objects.filter(organization_id=organization_id, user_id=user_id).delete()


def delete_views_of_organization(organization: Organization) -> None:
    SavedView.objects.filter(organization_id=organization.pk).delete()


def lock_organization(organization_id: str) -> Organization:
    """Views are counted and compared before one more is stored: only one change at a time."""
    return Organization.objects.select_for_update().get(pk=organization_id)


def _refuse_taken(view: SavedView, person: User) -> None:
    rows = SavedView.objects.filter(organization_id=view.organization_id, view_type=view.view_type)
    seen = rows.filter(Q(user_id="") | Q(user_id=person.pk)).exclude(pk=view.pk)
    for name, slug in seen.values_list("name", "slug"):
        if name.casefold() == view.name.casefold():
            raise ViewTakenError(f"A saved view named '{view.name}' already exists.")
        if slug.casefold() == view.slug.casefold():
            raise ViewTakenError(f"A saved view with URL name '{view.slug}' already exists.")
