"""The wire's policies: which roles or scopes a route asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rest_framework.permissions import BasePermission

from accounts.models.user import CLIENT, GLOBAL, USER

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.identity import Identity

SOURCE_MAPS_WRITE = "source-maps:write"
API_KEY_SCOPES = (CLIENT, USER, GLOBAL, SOURCE_MAPS_WRITE)


class Policy(BasePermission):
    """Lets in a caller who has one of `roles`; 401 without an identity, 403 without the role."""

    roles: ClassVar[tuple[str, ...]] = ()

    def has_permission(self, request: Request, view: APIView) -> bool:
        identity: Identity | None = request.auth  # type: ignore[assignment]  # the stubs know DRF's own token only
        return identity is not None and identity.has_role(*self.roles)


class ClientPolicy(Policy):
    roles = (CLIENT,)


class UserPolicy(Policy):
    roles = (USER,)


class GlobalAdminPolicy(Policy):
    roles = (GLOBAL,)


class ProjectsReadPolicy(Policy):
    roles = (USER, "projects:read")


class StacksReadPolicy(Policy):
    roles = (USER, "stacks:read")


class StacksWritePolicy(Policy):
    roles = (USER, "stacks:write")


class EventsReadPolicy(Policy):
    roles = (USER, "events:read")


class SourceMapsWritePolicy(Policy):
    roles = (USER, SOURCE_MAPS_WRITE)
