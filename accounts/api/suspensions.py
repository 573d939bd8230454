"""Suspending organizations, for global admins."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organizations import NOT_FOUND
from accounts.models import Organization
from accounts.models.organization import SuspensionCode
from accounts.permissions import GlobalAdminPolicy, UserPolicy
from accounts.services.suspensions import NotesRequiredError, resume, suspend
from exceptionless_site.api.errors import Problem, invalid
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.json import clean_text

_MISSING = (404, "The organization could not be found.")
_NUMBERS = {
    "0": SuspensionCode.BILLING,
    "1": SuspensionCode.OVERAGE,
    "2": SuspensionCode.ABUSE,
    "100": SuspensionCode.OTHER,
}
_CODES = _NUMBERS | {code.value.lower(): code for code in SuspensionCode}


class SuspensionViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.all()
    serializer_class = WireSerializer
    permission_classes = [UserPolicy, GlobalAdminPolicy]
    not_found_title = NOT_FOUND
    pagination_class = None

    @extend_schema(
        summary="Suspend",
        description="The API keys of the organization stop working until it is let go again; people can still look.",
        parameters=[
            OpenApiParameter("code", str, default="Billing", description="Billing, Overage, Abuse or Other."),
            OpenApiParameter("notes", str, description="Why; needed for the code Other."),
        ],
        request=None,
        responses={200: empty("Suspended."), **problems((400, "There is no such code."), _MISSING, 415, 422)},
    )
    def create(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        _require_json(request)
        code = request.query_params.get("code") or SuspensionCode.BILLING.value
        identity: Any = request.auth
        try:
            suspend(
                organization=self.find(pk=id),
                code=_code(code),
                notes=clean_text(request.query_params.get("notes", "")),
                suspended_by_user_id=identity.user.pk if identity.user else "",
            )
        except NotesRequiredError:
            raise invalid(suspension_notes="Please specify suspension notes when the code is Other.") from None
        return Response()

    @extend_schema(
        summary="Unsuspend",
        description="The API keys of the organization work again.",
        responses={200: empty("Not suspended any more."), **problems(_MISSING)},
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        resume(organization=self.find(pk=id))
        return Response()


def _code(text: str) -> SuspensionCode:
    code = _CODES.get(text.strip().lower())
    if code is None:
        raise Problem(400, errors={"code": [f"The value '{text[:100]}' is not valid for code."]})
    return code


def _require_json(request: Request) -> None:
    """There is nothing to read in a body, but one that is no JSON is refused; none at all passes."""
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    media_type = request.content_type.partition(";")[0].strip().lower() if request.content_type else ""
    if has_body and media_type != "application/json":
        raise Problem(415)
