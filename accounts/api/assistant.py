"""The assistant of the official service, which this server has not: the web UI asks and hides it."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import GlobalAdminPolicy
from exceptionless_site.api.errors import Problem, not_found
from exceptionless_site.api.pagination import integer_parameter
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import LongField, WireDateTimeField, WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import parse_wire_date


class AssistantAccessResponseSerializer(WireSerializer):
    enabled = serializers.BooleanField()
    has_access = serializers.BooleanField()
    upgrade_required = serializers.BooleanField()
    message = serializers.CharField(required=False, allow_null=True)
    minimum_plan_id = serializers.CharField(required=False, allow_null=True)


class AdminAssistantOrganizationUsageSerializer(WireSerializer):
    """Described only: nobody uses the assistant."""

    organization_id = serializers.CharField()
    organization_name = serializers.CharField()
    plan_id = serializers.CharField()
    last_used_utc = WireDateTimeField()
    turns = LongField()
    completed = LongField()
    failed = LongField()
    cancelled = LongField()
    provider_requests = LongField()
    tool_calls = LongField()
    prompt_tokens = LongField()
    completion_tokens = LongField()
    cost_usd = serializers.FloatField()
    blocked_by_concurrency = LongField()
    blocked_by_rate_limit = LongField()
    blocked_by_token_limit = LongField()
    blocked_by_cost_limit = LongField()
    monthly_token_limit = LongField(allow_null=True)
    monthly_cost_limit_usd = serializers.FloatField(allow_null=True)
    token_utilization = serializers.FloatField(allow_null=True)
    cost_utilization = serializers.FloatField(allow_null=True)


class AdminAssistantUsageResponseSerializer(WireSerializer):
    month = WireDateTimeField()
    active_organizations = LongField()
    turns = LongField()
    prompt_tokens = LongField()
    completion_tokens = LongField()
    cost_usd = serializers.FloatField()
    organizations = AdminAssistantOrganizationUsageSerializer(many=True)


class AssistantViewSet(WireViewSet):
    tag = "AssistantEndpoints"
    serializer_class = AssistantAccessResponseSerializer
    pagination_class = None

    @extend_schema(
        summary="Access to the assistant",
        description="Always `enabled: false`: this server has no assistant.",
        parameters=[OpenApiParameter("organization_id", str, description="The organization that would use it.")],
        responses={200: AssistantAccessResponseSerializer, **problems(426)},
    )
    def access(self, request: Request) -> Response:
        return Response({"enabled": False, "has_access": False, "upgrade_required": False})

    @extend_schema(
        summary="Chat with the assistant",
        description="Always 404: this server has no assistant.",
        request=None,
        responses=problems((404, "There is no assistant.")),
    )
    def chat(self, request: Request) -> NoReturn:
        raise not_found("The assistant is not enabled on this server.")


class AssistantUsageViewSet(WireViewSet):
    tag = "AdminEndpoints"
    serializer_class = AdminAssistantUsageResponseSerializer
    permission_classes = [GlobalAdminPolicy]
    pagination_class = None

    @extend_schema(
        summary="Use of the assistant",
        description="Nobody uses what is not there: all figures are 0.",
        parameters=[
            OpenApiParameter("month", datetime, description="A moment in the month; the current one without it."),
            OpenApiParameter("limit", int, default=100, description="How many organizations at most."),
        ],
        responses={200: AdminAssistantUsageResponseSerializer, **problems(400)},
    )
    def usage(self, request: Request) -> Response:
        integer_parameter(request, "limit", 100)
        month = _month(request.query_params.get("month", "")).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        figures = dict.fromkeys(("active_organizations", "turns", "prompt_tokens", "completion_tokens"), 0)
        shown = {"month": month, **figures, "cost_usd": 0.0, "organizations": []}
        return Response(AdminAssistantUsageResponseSerializer(shown).data)


def _month(text: str) -> datetime:
    if not text.strip():
        return utc_now()
    parsed = parse_wire_date(text)
    if parsed is None:
        raise Problem(400, errors={"month": [f"The value '{text[:100]}' is not a date."]})
    return parsed.moment
