"""What this server is, for anyone who asks."""

from __future__ import annotations

import socket

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet


class AboutSerializer(WireSerializer):
    informational_version = serializers.CharField()
    app_mode = serializers.CharField()
    app_scope = serializers.CharField()
    machine_name = serializers.CharField()


class AboutViewSet(WireViewSet):
    tag = "Status"
    permission_classes = [AllowAny]
    pagination_class = None

    @extend_schema(
        summary="About",
        description="The version and the mode of this server.",
        responses={200: AboutSerializer},
    )
    def about(self, request: Request) -> Response:
        return Response(
            {
                "informational_version": settings.VERSION,
                "app_mode": "Development" if settings.DEMO else "Production",
                "app_scope": "",
                "machine_name": socket.gethostname(),
            }
        )
