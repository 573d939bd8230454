"""Organizations: listing, making, changing, deleting, and their plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_serializers import (
    BillingPlanSerializer,
    NewOrganizationSerializer,
    UpdateOrganizationSerializer,
    ViewOrganizationSerializer,
)
from accounts.models import Organization
from accounts.selectors import (
    OrganizationView,
    organization_views,
    organizations_with_projects,
    own_organizations,
    plans_for,
)
from accounts.services.organizations import (
    FreeOrganizationLimitError,
    create_organization,
    delete_organizations,
    update_organization,
)
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.delta import Delta, read_delta
from exceptionless_site.api.errors import Problem, bad_request, upgrade_required
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WireSerializer, WorkInProgressResultSerializer
from exceptionless_site.api.throttling import organizations_over_limit
from exceptionless_site.api.viewsets import WireViewSet

NOT_FOUND = "Organization not found."
_MODE = OpenApiParameter("mode", str, description="`stats` counts projects, stacks and events; else these are 0.")
_FILTER = OpenApiParameter(
    "filter",
    str,
    description=(
        "Words of the name, or `name:`, `id:`, `plan_id:`, `is_suspended:` and `has_premium_features:` terms; "
        "`-` excludes, `OR` parts alternatives."
    ),
)
_EXAMPLE = OpenApiExample("Organization", {"name": "Acme"}, request_only=True)


class OrganizationViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.prefetch_related("invites")
    not_found_title = NOT_FOUND
    pagination_class = None
    serializer_classes: ClassVar[dict[str, type[WireSerializer]]] = {
        "create": NewOrganizationSerializer,
        "update": UpdateOrganizationSerializer,
        "plans": BillingPlanSerializer,
    }

    def get_serializer_class(self) -> type[WireSerializer]:
        return self.serializer_classes.get(self.action or "", ViewOrganizationSerializer)

    @extend_schema(
        summary="Get all",
        description="Your own organizations, all at once. With a filter they are sorted by name.",
        parameters=[_FILTER, _MODE],
        responses={200: ViewOrganizationSerializer(many=True)},
    )
    def list(self, request: Request) -> Response:
        identity: Any = request.auth
        rows = own_organizations(identity, request.query_params.get("filter", ""))
        views = self._views(rows.prefetch_related("invites"))
        return Response(ViewOrganizationSerializer(views, many=True).data)

    @extend_schema(
        summary="Get by id",
        parameters=[_MODE],
        responses={200: ViewOrganizationSerializer, **problems((404, "The organization could not be found."))},
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return self._answer(self.find(pk=id))

    @extend_schema(
        summary="Create",
        description="You become its first member. Names need not be unique.",
        request=NewOrganizationSerializer,
        responses={
            201: OpenApiResponse(ViewOrganizationSerializer, description="Created; `Location` is its address."),
            **problems(
                (400, "An error occurred while creating the organization."),
                415,
                422,
                (426, "You belong to an organization on the free plan already."),
            ),
        },
        examples=[_EXAMPLE],
    )
    def create(self, request: Request) -> Response:
        values = read_body(request, NewOrganizationSerializer)
        try:
            organization = create_organization(creator=self.require_user(), **values)
        except FreeOrganizationLimitError:
            raise upgrade_required("Please upgrade your plan to add an additional organization.") from None
        response = self._answer(organization, status=201)
        response["Location"] = request.build_absolute_uri(f"/api/v2/organizations/{organization.pk}")
        return response

    @extend_schema(
        summary="Update",
        description="Changes what is sent and leaves the rest. PUT and PATCH mean the same.",
        request=NewOrganizationSerializer,
        responses={
            200: OpenApiResponse(ViewOrganizationSerializer, description="The organization as it is now."),
            **problems(
                (400, "The body is empty, has a value of a wrong type, or the name is empty."),
                (404, "The organization could not be found."),
                415,
                422,
            ),
        },
        examples=[_EXAMPLE],
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        organization = self.find(pk=id)
        delta = read_delta(request, UpdateOrganizationSerializer)
        _check_name(delta)
        update_organization(organization=organization, **delta.values)
        return self._answer(organization)

    @extend_schema(
        summary="Remove",
        description=(
            "Several ids are joined by commas. Members who belong to no other organization are deleted as well, "
            "except yourself. When only some can go, they go and the answer is a 400 that lists both."
        ),
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems(
                (400, "One or more of the organizations have projects or could not be found."),
                (404, "None of the organizations could be found."),
            ),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        identity: Any = request.auth
        user = identity.user
        with_projects = set() if identity.is_global_admin else organizations_with_projects(ids.split(","))

        def refusal(organization: Organization) -> Problem | None:
            if organization.pk not in with_projects:
                return None
            return bad_request("An organization cannot be deleted if it contains any projects.")

        return delete_in_bulk(
            ids,
            find=lambda wanted: self.visible().filter(pk__in=wanted),
            refusal=refusal,
            delete=lambda rows: delete_organizations(organizations=rows, deleted_by=user),
            missing_title=NOT_FOUND,
        )

    @extend_schema(
        summary="Get plans",
        description="Plans to choose from; the organization's own is among them, with the organization's own limits.",
        responses={
            200: BillingPlanSerializer(many=True),
            **problems((404, "The organization could not be found.")),
        },
    )
    def plans(self, request: Request, id: str) -> Response:  # noqa: A002
        identity: Any = request.auth
        plans = plans_for(self.find(pk=id), with_hidden=identity.is_global_admin)
        return Response(BillingPlanSerializer(plans, many=True).data)

    def _answer(self, organization: Organization, status: int = 200) -> Response:
        [view] = self._views([organization])
        return Response(ViewOrganizationSerializer(view).data, status=status)

    def _views(self, organizations: Iterable[Organization]) -> Sequence[OrganizationView]:
        found = [*organizations]
        return organization_views(
            found,
            with_counts=self.request.query_params.get("mode", "").lower() == "stats",
            over_request_limit=organizations_over_limit(organization.pk for organization in found),
        )


def _check_name(delta: Delta) -> None:
    if delta.values.get("name") == "" or "name" in delta.nulls:
        raise bad_request("Organization name is required.")
