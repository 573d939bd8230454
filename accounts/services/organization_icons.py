"""The picture of an organization."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from accounts.models import Organization
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.images import read_image, remove_image, store_image


def set_icon(*, organization: Organization, content: bytes) -> None:
    """Keep the picture as the organization's, in the row and in the given object. Raises ImageError."""
    _change(organization, store_image(_folder(organization.pk), content))


def remove_icon(*, organization: Organization) -> None:
    """Remove the picture, if there is one."""
    _change(organization, "")


def icon_of(organization_id: str, file_name: str) -> bytes | None:
    """The picture of a living organization, by the name that its address has now."""
    rows = Organization.objects.alive().filter(pk=organization_id)
    current = rows.values_list("icon_file_name", flat=True).first()
    return read_image(_folder(organization_id), file_name) if current == file_name else None


@transaction.atomic
def _change(organization: Organization, file_name: str) -> None:
    # Two changes at once: each removes the file that it really replaces.
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    former = row.icon_file_name
    row.icon_file_name, row.updated_utc = file_name, utc_now()
    row.save(update_fields=["icon_file_name", "updated_utc"])
    organization.icon_file_name, organization.updated_utc = row.icon_file_name, row.updated_utc
    if former:
        transaction.on_commit(partial(remove_image, _folder(organization.pk), former))


def _folder(organization_id: str) -> str:
    return f"organizations/{organization_id}"
