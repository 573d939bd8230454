"""Checking a filter while it is typed."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import UserPolicy
from events.api.parameters import text_parameter
from events.models import Event
from events.search.split import without_inversion_mark
from events.search.validation import validate_filter
from exceptionless_site.api.errors import VALIDATION_TITLE, bad_request
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet

_EXAMPLES = [
    OpenApiExample(
        "A filter that can be asked", {"is_valid": True, "uses_premium_features": False}, response_only=True
    ),
    OpenApiExample(
        "One that cannot",
        {
            "is_valid": False,
            "message": "This parenthesis is not closed (character 1)",
            "uses_premium_features": False,
        },
        response_only=True,
    ),
]


class FilterVerdictSerializer(WireSerializer):
    # `is_valid` is a method of every serializer, so the member gets its name in get_fields.
    verdict = serializers.BooleanField()
    message = serializers.CharField(required=False, help_text="What is wrong and where.")
    uses_premium_features = serializers.BooleanField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {("is_valid" if name == "verdict" else name): field for name, field in super().get_fields().items()}


class SearchViewSet(WireViewSet):
    tag = "Event"
    queryset = Event.objects.none()
    permission_classes = [UserPolicy]
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Validate a filter",
        description="Whether a filter on events is well-formed, and whether it needs a plan with premium features.",
        parameters=[OpenApiParameter("query", OpenApiTypes.STR, required=True, description="The filter.")],
        responses={200: FilterVerdictSerializer, **problems((400, "There is no filter to check."))},
        examples=_EXAMPLES,
    )
    def validate(self, request: Request) -> Response:
        text = text_parameter(request, "query")
        if not text.strip():
            raise bad_request(VALIDATION_TITLE, errors={"query": ["The query field is required."]})
        verdict = validate_filter(without_inversion_mark(text))
        body: dict[str, object] = {"is_valid": verdict.is_valid}
        if verdict.message is not None:
            body["message"] = f"{verdict.message} (character {(verdict.position or 0) + 1})"
        return Response(body | {"uses_premium_features": verdict.uses_premium})
