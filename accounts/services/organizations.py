"""Making, changing and deleting organizations, their features and their custom data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from accounts.models import Membership, Organization, User
from accounts.plans import FREE, UNLIMITED
from accounts.services.organization_icons import remove_icon
from accounts.services.users import remove_user
from exceptionless_site.core.clock import utc_now

on_delete: list[Callable[[Organization], object]] = []
"""What higher apps do at once, in the same transaction, when an organization is deleted.

They register in `AppConfig.ready`; the members of the organization are still there when they are called.
"""

_HIDDEN = "-"
"""Data keys that start so belong to the server: nobody sees or sets them through the API."""


class FreeOrganizationLimitError(Exception):
    """The person already belongs to an organization on the free plan."""


class InvalidDataError(Exception):
    """A blank key or value, or a key that belongs to the server."""


@transaction.atomic
def create_organization(*, name: str, creator: User) -> Organization:
    """A new organization with the creator as its member, on the unlimited plan: nobody is billed here.

    Raises FreeOrganizationLimitError.
    """
    own = Membership.objects.filter(user=creator, organization__is_deleted=False)
    if own.filter(organization__plan_id=FREE.id).exists():
        raise FreeOrganizationLimitError
    organization = Organization(name=name.strip())
    organization.apply_plan(UNLIMITED)
    organization.save(force_insert=True)
    Membership.objects.create(organization=organization, user=creator)
    return organization


def update_organization(*, organization: Organization, name: str | None = None) -> None:
    """Store what is not None, in the row and in the given object."""
    if name is None:
        return
    organization.name = name.strip()
    _save(organization, "name")


@transaction.atomic
def delete_organizations(*, organizations: Sequence[Organization], deleted_by: User | None) -> None:
    """Soft-delete: gone for every caller at once, a job removes what they hold.

    Members who belong to no other organization are deleted with it, as the official server does; whoever
    deletes and global admins stay.
    """
    for organization in organizations:
        for hook in on_delete:
            hook(organization)
        _delete_members(organization, deleted_by)
        organization.invites.all().delete()
        organization.is_deleted = True
        _save(organization, "is_deleted")
        remove_icon(organization=organization)


def _delete_members(organization: Organization, deleted_by: User | None) -> None:
    user_ids = list(organization.memberships.values_list("user_id", flat=True))
    organization.memberships.all().delete()
    elsewhere = Membership.objects.filter(user_id__in=user_ids, organization__is_deleted=False)
    kept = {*elsewhere.values_list("user_id", flat=True), deleted_by.pk if deleted_by else ""}
    for user in User.objects.filter(pk__in=set(user_ids) - kept, is_superuser=False):
        remove_user(user=user)


@transaction.atomic
def set_data_value(*, organization: Organization, key: str, value: str) -> None:
    """Store a value of the organization's custom data. Raises InvalidDataError."""
    key, value = key.strip(), value.strip()
    if not key or not value or key.startswith(_HIDDEN):
        raise InvalidDataError
    row = _locked(organization)
    row.data[key] = value
    _save(row, "data")


@transaction.atomic
def remove_data_value(*, organization: Organization, key: str) -> None:
    """Remove a value of the custom data, if there is one and it does not belong to the server."""
    row = _locked(organization)
    key = key.strip()
    if not key.startswith(_HIDDEN) and row.data.pop(key, None) is not None:
        _save(row, "data")


@transaction.atomic
def add_feature(*, organization: Organization, feature: str) -> None:
    row = _locked(organization)
    if feature not in row.features:
        row.features.append(feature)
        _save(row, "features")


@transaction.atomic
def remove_feature(*, organization: Organization, feature: str) -> None:
    row = _locked(organization)
    if feature in row.features:
        row.features.remove(feature)
        _save(row, "features")


def _locked(organization: Organization) -> Organization:
    # Two requests may change the same document at once: each decides on what it holds when its turn has come.
    return Organization.objects.select_for_update().get(pk=organization.pk)


def _save(organization: Organization, *fields: str) -> None:
    organization.updated_utc = utc_now()
    organization.save(update_fields=[*fields, "updated_utc"])
