"""Making, changing and removing API keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.identity import with_implied
from accounts.models import Organization, User
from accounts.models.user import CLIENT, USER
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tokens.models import Token, TokenQuerySet


def create_api_key(
    *,
    organization_id: str,
    project_id: str | None = None,
    default_project_id: str | None = None,
    scopes: Sequence[str] = (CLIENT,),
    notes: str = "",
    expires_utc: datetime | None = None,
    created_by: str = "",
) -> Token:
    """A new API key that belongs to no person. Scopes get what they imply: global the user's, user the client's.

    Raises Organization.DoesNotExist.
    """
    implied = with_implied(list(scopes)).difference(scopes)
    return Token.objects.create(
        organization_id=organization_id,
        project_id=project_id,
        default_project_id=default_project_id,
        scopes=[*scopes, *(scope for scope in (USER, CLIENT) if scope in implied)],
        notes=notes,
        expires_utc=expires_utc,
        created_by=created_by,
        # A key made while the organization is suspended must not get around that.
        is_suspended=Organization.objects.values_list("is_suspended", flat=True).get(pk=organization_id),
    )


def api_keys_of_project(project: Project) -> TokenQuerySet:
    """Keys that are bound to the project or send to it by default, oldest first."""
    of_project = Q(project=project) | Q(default_project=project)
    return Token.objects.api_keys().filter(of_project, organization_id=project.organization_id)


def default_api_key(*, project: Project, created_by: str) -> tuple[Token, bool]:
    """The project's oldest key for clients, and whether it had to be made. A disabled one is good enough."""
    found = _oldest_client_key(project)
    if found is not None:
        return found, False
    with transaction.atomic():
        # Two first calls at once: the second waits here and then finds the first one's key.
        Project.objects.select_for_update().get(pk=project.pk, organization_id=project.organization_id)
        found = _oldest_client_key(project)
        if found is not None:
            return found, False
        key = create_api_key(organization_id=project.organization_id, project_id=project.pk, created_by=created_by)
        return key, True


def _oldest_client_key(project: Project) -> Token | None:
    # A person's own key stands for that person, so it is never handed out as the project's.
    keys = api_keys_of_project(project).filter(user__isnull=True)
    return next((key for key in keys if not key.scopes or CLIENT in key.scopes), None)


def update_token(*, token: Token, is_disabled: bool | None = None, notes: str | None = None) -> None:
    """Store what is not None, in the row and in the given object; the next request feels it."""
    fields = ["updated_utc"]
    if is_disabled is not None:
        token.is_disabled = is_disabled
        fields.append("is_disabled")
    if notes is not None:
        token.notes = notes
        fields.append("notes")
    token.updated_utc = utc_now()
    token.save(update_fields=fields)


def delete_tokens(*, tokens: Collection[Token]) -> None:
    """Remove the tokens for good; the next request with one of them is refused."""
    Token.objects.filter(pk__in=[token.pk for token in tokens]).delete()


def delete_tokens_of_projects(projects: Iterable[Project]) -> None:
    """Remove the keys of deleted projects; keys that only sent to them by default lose that."""
    for project in projects:
        rows = Token.objects.filter(organization_id=project.organization_id)
        rows.filter(project=project).delete()
        rows.filter(default_project=project).update(default_project=None, updated_utc=utc_now())


def delete_tokens_of_organization(organization: Organization) -> None:
    Token.objects.filter(organization=organization).delete()


def delete_tokens_of_user(user: User) -> None:
    """Login tokens and the keys that stand for the person."""
    Token.objects.filter(user=user).delete()


def suspend_tokens_of_organization(organization: Organization) -> None:
    """Keys follow their organization: they are refused while it is suspended."""
    Token.objects.filter(organization=organization).update(
        is_suspended=organization.is_suspended, updated_utc=utc_now()
    )
