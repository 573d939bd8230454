"""Suspending organizations: their API keys stop working, people can still look."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from accounts.models import Organization
from accounts.models.organization import SuspensionCode
from exceptionless_site.core.clock import utc_now

on_change: list[Callable[[Organization], object]] = []
"""What higher apps do in the same transaction when an organization was suspended or let go again."""

_FIELDS = ("is_suspended", "suspension_code", "suspension_notes", "suspension_date", "suspended_by_user_id")


class NotesRequiredError(Exception):
    """The code Other says nothing by itself."""


@transaction.atomic
def suspend(*, organization: Organization, code: SuspensionCode, notes: str, suspended_by_user_id: str) -> None:
    """Suspend the organization, or give a new reason when it is suspended already. Raises NotesRequiredError."""
    notes = notes.strip()
    if code == SuspensionCode.OTHER and not notes:
        raise NotesRequiredError
    organization.is_suspended = True
    organization.suspension_code = code
    organization.suspension_notes = notes
    organization.suspension_date = utc_now()
    organization.suspended_by_user_id = suspended_by_user_id
    _save(organization)


@transaction.atomic
def resume(*, organization: Organization) -> None:
    organization.is_suspended = False
    organization.suspension_code = organization.suspension_notes = organization.suspended_by_user_id = ""
    organization.suspension_date = None
    _save(organization)


def _save(organization: Organization) -> None:
    organization.updated_utc = utc_now()
    organization.save(update_fields=[*_FIELDS, "updated_utc"])
    for hook in on_change:
        hook(organization)
