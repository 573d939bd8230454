"""All organizations, for global admins: finding them, their plans, their bonus."""

from __future__ import annotations

from datetime import datetime

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.admin_selectors import NEWEST, SORTS, all_organizations, plan_statistics
from accounts.api.billing import ChangePlanResultSerializer
from accounts.api.organization_serializers import ViewOrganizationSerializer
from accounts.models import Organization
from accounts.permissions import GlobalAdminPolicy, UserPolicy
from accounts.plans import plan_by_id
from accounts.selectors import organization_views
from accounts.services.plans import change_plan, set_bonus
from exceptionless_site.api.errors import Problem, invalid
from exceptionless_site.api.pagination import WirePagination, boolean_parameter, integer_parameter
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.throttling import organizations_over_limit
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.dates import parse_wire_date
from exceptionless_site.core.json import clean_text

_SORT_NAMES = {
    "newest": "Newest",
    "subscribed": "Subscribed",
    "mostactive": "MostActive",
    "alphabetical": "Alphabetical",
}
_ORGANIZATION = OpenApiParameter("organizationId", str, description="The identifier of the organization.")


class PlanStatisticsSerializer(WireSerializer):
    small_total = serializers.IntegerField()
    small_yearly_total = serializers.IntegerField()
    medium_total = serializers.IntegerField()
    medium_yearly_total = serializers.IntegerField()
    large_total = serializers.IntegerField()
    large_yearly_total = serializers.IntegerField()
    extra_large_total = serializers.IntegerField()
    extra_large_yearly_total = serializers.IntegerField()
    enterprise_total = serializers.IntegerField()
    enterprise_yearly_total = serializers.IntegerField()
    monthly_total = serializers.FloatField()
    yearly_total = serializers.FloatField()
    monthly_total_accounts = serializers.IntegerField()
    yearly_total_accounts = serializers.IntegerField()
    free_accounts = serializers.IntegerField()
    paid_accounts = serializers.IntegerField()
    freeloader_accounts = serializers.IntegerField(help_text="Neither free nor paid: the unlimited plan.")
    suspended_accounts = serializers.IntegerField()


class EndlessPagination(WirePagination):
    """Admins may page through all of it."""

    has_bound = False


class AdminOrganizationViewSet(WireViewSet):
    tag = "Admin"
    queryset = Organization.objects.all()
    serializer_class = ViewOrganizationSerializer
    permission_classes = [UserPolicy, GlobalAdminPolicy]
    pagination_class = EndlessPagination
    filter_backends = ()

    @extend_schema(
        summary="Get all organizations",
        description="Of the whole server.",
        parameters=[
            OpenApiParameter("criteria", str, description="An id, or a part of the name."),
            OpenApiParameter("paid", bool, description="Only those that are not, or are, on the free plan."),
            OpenApiParameter("suspended", bool, description="Only those that are suspended, or are not."),
            OpenApiParameter("mode", str, description="`stats` counts projects, stacks and events; else these are 0."),
            OpenApiParameter("sort", str, enum=list(_SORT_NAMES.values()), default=_SORT_NAMES[NEWEST]),
        ],
        responses={200: ViewOrganizationSerializer(many=True), **problems(400)},
    )
    def list(self, request: Request) -> Response:
        rows = all_organizations(
            criteria=clean_text(request.query_params.get("criteria", "")).strip(),
            paid=boolean_parameter(request, "paid", default=None),
            suspended=boolean_parameter(request, "suspended", default=None),
            sort=_sort(request),
        )
        page = self.paginate_queryset(rows.prefetch_related("invites")) or []
        over = organizations_over_limit(row.pk for row in page)
        with_counts = request.query_params.get("mode") == "stats"
        views = organization_views(page, with_counts=with_counts, over_request_limit=over)
        return self.get_paginated_response(ViewOrganizationSerializer(views, many=True).data)

    @extend_schema(
        summary="Get statistics of plans",
        description="How many organizations have which plan. Nobody is billed on this server.",
        responses={200: PlanStatisticsSerializer},
    )
    def statistics(self, request: Request) -> Response:
        return Response(PlanStatisticsSerializer(plan_statistics()).data)


class OrganizationPlanViewSet(WireViewSet):
    tag = "Admin"
    queryset = Organization.objects.all()
    serializer_class = ChangePlanResultSerializer
    permission_classes = [GlobalAdminPolicy]
    pagination_class = None

    @extend_schema(
        summary="Change the plan of an organization",
        description="Takes over all limits of the plan. What cannot be done is told in the answer, which is a 200.",
        parameters=[_ORGANIZATION, OpenApiParameter("planId", str, description="Such as `EX_UNLIMITED`.")],
        request=None,
        responses={200: OpenApiResponse(ChangePlanResultSerializer, description="Whether the plan is changed.")},
        examples=[OpenApiExample("Changed", {"success": True}, response_only=True)],
    )
    def change(self, request: Request) -> Response:
        organization = self._organization()
        if organization is None:
            return _failed("Invalid Organization Id.")
        plan = plan_by_id(request.query_params.get("planId", "").strip().upper())
        if plan is None:
            return _failed("Invalid PlanId.")
        change_plan(organization=organization, plan=plan)
        return Response({"success": True})

    @extend_schema(
        summary="Set the bonus of an organization",
        description="More events a month than the plan has, until a day or for good. Replaces an earlier bonus.",
        parameters=[
            _ORGANIZATION,
            OpenApiParameter("bonusEvents", int, description="How many more events a month."),
            OpenApiParameter("expires", datetime, description="When the bonus ends; never without it."),
        ],
        request=None,
        responses={200: empty("The bonus is set."), **problems(400, 422)},
    )
    def bonus(self, request: Request) -> Response:
        events = integer_parameter(request, "bonusEvents", 0)
        expires = _date(request, "expires")
        organization = self._organization()
        if organization is None:
            raise invalid(organization_id="Invalid organization identifier.")
        if events < 0:
            raise invalid(bonus_events="The number of events must not be negative.")
        set_bonus(organization=organization, events=events, expires=expires)
        return Response()

    def _organization(self) -> Organization | None:
        id_ = clean_text(self.request.query_params.get("organizationId", "")).strip()
        organization: Organization | None = self.visible().filter(pk=id_).first()
        return organization


def _failed(message: str) -> Response:
    return Response({"success": False, "message": message})


def _sort(request: Request) -> str:
    text = request.query_params.get("sort", "").strip().lower() or NEWEST
    if text not in SORTS:
        names = ", ".join(_SORT_NAMES.values())
        raise Problem(400, errors={"sort": [f"The value '{text[:100]}' is not valid for sort; it is one of {names}."]})
    return text


def _date(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    parsed = parse_wire_date(text)
    if parsed is None:
        raise Problem(400, errors={name: [f"The value '{text[:100]}' is not a date."]})
    return parsed.moment
