"""Making and deleting web hooks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import transaction

from accounts.models import Organization
from projects.models import Project, WebHook
from projects.models.web_hook import VERSION_2

MAXIMUM_PER_PROJECT = 100
"""Each event may call all of them."""
_ZAPIER_HOST = "hooks.zapier.com"


class WebHookLimitError(Exception):
    """The project has as many web hooks as it may have."""


@transaction.atomic
def create_web_hook(
    *, organization_id: str, project_id: str, url: str, event_types: Sequence[str], version: str = VERSION_2
) -> WebHook:
    """A new, enabled web hook of a project. Raises WebHookLimitError."""
    # One at a time, so that two made at once are both counted.
    Project.objects.select_for_update().get(organization_id=organization_id, pk=project_id)
    if WebHook.objects.filter(organization_id=organization_id, project_id=project_id).count() >= MAXIMUM_PER_PROJECT:
        raise WebHookLimitError
    return WebHook.objects.create(
        organization_id=organization_id,
        project_id=project_id,
        url=url,
        event_types=list(dict.fromkeys(event_types)),
        version=version,
    )


def delete_web_hooks(*, web_hooks: Sequence[WebHook]) -> None:
    """Calls that wait go with them."""
    WebHook.objects.filter(pk__in=[web_hook.pk for web_hook in web_hooks]).delete()


def unsubscribe(*, url: str) -> None:
    """Remove the web hooks with that address; to be called for addresses of Zapier only (see `is_zapier`)."""
    WebHook.objects.filter(url=url).delete()


def delete_web_hooks_of_organization(organization: Organization) -> None:
    WebHook.objects.filter(organization_id=organization.pk).delete()


def is_zapier(url: str) -> bool:
    """Whether the address belongs to Zapier: anybody may unsubscribe such an address, so no other host may pass."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.netloc == _ZAPIER_HOST
    except ValueError:
        return False
