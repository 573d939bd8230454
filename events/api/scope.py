"""From the address of a list to its scope, with the contract's refusals."""

from __future__ import annotations

from accounts.identity import Identity
from accounts.models import Organization
from events.models import Stack
from events.search.nodes import Group
from events.search.scope import find_scope as scope_of_filter
from events.selectors import Scope, global_scope
from events.stack_selectors import narrowed, with_premium
from exceptionless_site.api.errors import not_found, upgrade_required
from projects.models import Project

SUSPENDED = "Unable to view event occurrences for the suspended organization."
PREMIUM_SEARCH = "Please upgrade your plan to use premium search features."


def find_scope(
    identity: Identity,
    *,
    organization_id: str | None = None,
    project_id: str | None = None,
    stack_id: str | None = None,
) -> Scope:
    """The scope that the address names, else the caller's own organizations. 404 when it is foreign, 426 suspended."""
    if stack_id is not None:
        return _stack_scope(identity, stack_id)
    if project_id is not None:
        return _project_scope(identity, project_id)
    if organization_id is not None:
        organization = Organization.objects.visible_to(identity).filter(pk=organization_id).first()
        return Scope([_usable(organization, "Organization not found.")])
    return global_scope(identity)


def permitted_scope(
    scope: Scope, tree: Group, *, uses_premium: bool, identity: Identity, refusal: str = PREMIUM_SEARCH
) -> Scope:
    """The part of the scope that a filter is about and may be asked of; 426 when no organization's plan allows it.

    A global admin who names what the filter is about is not bound by plans.
    """
    named = scope_of_filter(tree)
    is_unbound = identity.is_global_admin and scope.is_global and named.is_named
    scope = narrowed(scope, named, identity)
    if not uses_premium or is_unbound:
        return scope
    permitted = with_premium(scope)
    if scope.organizations and not permitted.organizations:
        raise upgrade_required(refusal)
    return permitted


def _project_scope(identity: Identity, project_id: str) -> Scope:
    projects = Project.objects.visible_to(identity).select_related("organization")
    project = projects.filter(pk=project_id).first()
    if project is None:
        raise not_found("Project not found.")
    return Scope([_usable(project.organization, "Project not found.")], project=project)


def _stack_scope(identity: Identity, stack_id: str) -> Scope:
    stacks = Stack.objects.visible_to(identity).select_related("organization", "project")
    stack = stacks.filter(pk=stack_id).first()
    if stack is None:
        raise not_found("Stack not found.")
    return Scope([_usable(stack.organization, "Stack not found.")], project=stack.project, stack=stack)


def _usable(organization: Organization | None, missing: str) -> Organization:
    if organization is None:
        raise not_found(missing)
    if organization.is_suspended:
        raise upgrade_required(SUSPENDED)
    return organization
