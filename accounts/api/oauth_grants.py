"""What people allowed other applications to do in their name.

No application can ask for that here yet, so nobody has granted anything.
"""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from exceptionless_site.api.errors import not_found
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.viewsets import WireViewSet


class ViewOAuthGrantResourceSerializer(WireSerializer):
    resource = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    organization_ids = serializers.ListField(child=serializers.CharField())


class ViewOAuthGrantSerializer(WireSerializer):
    id = serializers.CharField()
    client_id = serializers.CharField()
    application_name = serializers.CharField()
    is_application_disabled = serializers.BooleanField()
    scopes = serializers.ListField(child=serializers.CharField())
    organization_ids = serializers.ListField(child=serializers.CharField())
    resources = ViewOAuthGrantResourceSerializer(many=True)
    created_utc = WireDateTimeField()
    updated_utc = WireDateTimeField()
    expires_utc = WireDateTimeField(allow_null=True, required=False)
    refresh_expires_utc = WireDateTimeField(allow_null=True, required=False)


class OAuthGrantViewSet(WireViewSet):
    tag = "User"
    queryset = User.objects.none()
    serializer_class = ViewOAuthGrantSerializer
    pagination_class = None

    @extend_schema(
        summary="Get current user OAuth grants",
        description="Applications that may act for you. None can yet, so the list is empty.",
        responses={200: ViewOAuthGrantSerializer(many=True)},
    )
    def list(self, request: Request) -> Response:
        self.require_user()
        return Response([])

    @extend_schema(
        summary="Revoke current user OAuth grant",
        description="Takes back what you allowed an application.",
        responses={204: empty("No Content"), **problems((404, "The OAuth grant could not be found."))},
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        self.require_user()
        raise not_found("OAuth grant not found.")
