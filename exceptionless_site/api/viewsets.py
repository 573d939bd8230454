"""The base of all API views: policies by action, the throttle, visibility applied once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_filters import FilterSet
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from exceptionless_site.api.addresses import clean_path, clean_query
from exceptionless_site.api.errors import Problem
from exceptionless_site.api.throttling import ApiThrottle, tell_rate


class WireViewSet(GenericViewSet[Any]):
    """`policies` names the permission classes of single actions; all others use `permission_classes`.

    `tag` groups the operations in Swagger UI.
    """

    tag: ClassVar[str] = ""
    policies: ClassVar[dict[str, Sequence[type[BasePermission]]]] = {}
    filtersets: ClassVar[dict[str, type[FilterSet]]] = {}
    """What the lists of single actions can be asked, for the form of the browsable API."""
    throttle_classes = [ApiThrottle]
    lookup_value_regex = r"[a-zA-Z\d]{24,36}"
    not_found_title: ClassVar[str | None] = None
    shortcuts: ClassVar[dict[str, Callable[..., HttpResponse | None]]] = {}
    """Plain views for actions that are asked for all day (see shortcuts.py)."""
    also_allowed: Sequence[str] = ()
    """Methods that the router answers at the same address by another view."""

    @property
    def allowed_methods(self) -> list[str]:
        return [*super().allowed_methods, *self.also_allowed]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        clean_query(request)
        return super().dispatch(request, *args, **clean_path(kwargs))

    def get_permissions(self) -> list[BasePermission]:
        classes = self.policies.get(self.action or "")
        if classes is None:
            return [policy() for policy in self.permission_classes]  # type: ignore[misc]
        return [policy() for policy in classes]

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        raise Problem(429)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        tell_rate(getattr(request, "_request", request), final)
        return final

    def require_user(self) -> Any:
        """The person behind the request; an API key without one is refused with 401."""
        identity: Any = self.request.auth
        if identity is None or identity.user is None:
            raise Problem(401)
        return identity.user

    def visible(self) -> Any:
        """The rows of this resource that the caller may see."""
        rows: Any = self.get_queryset()
        return rows.visible_to(self.request.auth)

    def find(self, **lookup: Any) -> Any:
        """One visible row, or the resource's 404."""
        row = self.visible().filter(**lookup).first()
        if row is None:
            raise Problem(404, self.not_found_title)
        return row

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        if request.auth is None:
            raise NotAuthenticated
        raise PermissionDenied(message)
