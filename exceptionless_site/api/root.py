"""The entrance of the browsable API: the main collections, each with its address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from exceptionless_site.api.viewsets import WireViewSet

COLLECTIONS = {
    "organizations": "organizations",
    "projects": "projects",
    "stacks": "stacks",
    "events": "events",
    "event_count": "events/count",
    "me": "users/me",
}


class RootViewSet(WireViewSet):
    """Addresses of the main collections."""

    permission_classes = [AllowAny]

    @extend_schema(
        exclude=True,
        summary="API",
        description="The main collections. What they list depends on who is asking: sign in, or send a token.",
    )
    def list(self, request: Request) -> Response:
        base = request.build_absolute_uri("/api/v2/")
        links: dict[str, Any] = {name: base + path for name, path in COLLECTIONS.items()}
        links["documentation"] = request.build_absolute_uri("/docs")
        return Response(links)
