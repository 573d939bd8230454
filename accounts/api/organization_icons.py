"""The picture of an organization: uploading, removing, and showing it to anyone who has its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_serializers import ViewOrganizationSerializer
from accounts.api.organizations import NOT_FOUND
from accounts.models import Organization
from accounts.selectors import organization_views
from accounts.services.organization_icons import icon_of, remove_icon, set_icon
from exceptionless_site.api.errors import Problem
from exceptionless_site.api.images import (
    CACHE_CONTROL,
    IMAGES,
    ImageUploadSerializer,
    image_response,
    read_upload,
    refuse_large_upload,
    stored,
)
from exceptionless_site.api.schema import problems
from exceptionless_site.api.throttling import organizations_over_limit
from exceptionless_site.api.viewsets import WireViewSet

_MISSING = (404, "The organization could not be found.")


class OrganizationIconViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.prefetch_related("invites")
    serializer_class = ViewOrganizationSerializer
    parser_classes = [MultiPartParser]
    not_found_title = NOT_FOUND
    pagination_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        refuse_large_upload(request)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        summary="Upload icon",
        description="A PNG, JPEG, GIF or WebP image of at most 5 MB. It is made smaller where it is larger than an "
        "icon needs to be, and everything but the picture itself is taken out of it.",
        request={"multipart/form-data": ImageUploadSerializer},
        responses={
            200: OpenApiResponse(ViewOrganizationSerializer, description="The organization with its new icon."),
            **problems(_MISSING, 413, (422, "The image file is invalid.")),
        },
        examples=[OpenApiExample("An icon", {"file": "icon.png"}, request_only=True, media_type="multipart/form-data")],
    )
    def create(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        organization = self.find(pk=id)
        content = read_upload(request)
        stored(lambda: set_icon(organization=organization, content=content))
        return self._answer(organization)

    @extend_schema(
        summary="Remove icon",
        description="Succeeds as well when there is none.",
        responses={
            200: OpenApiResponse(ViewOrganizationSerializer, description="The organization without an icon."),
            **problems(_MISSING),
        },
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        organization = self.find(pk=id)
        remove_icon(organization=organization)
        return self._answer(organization)

    def _answer(self, organization: Organization) -> Response:
        over = organizations_over_limit([organization.pk])
        view = organization_views([organization], over_request_limit=over)[0]
        return Response(ViewOrganizationSerializer(view).data)


class IconViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.none()
    permission_classes = [AllowAny]
    pagination_class = None

    @extend_schema(
        summary="Get icon",
        description="The image. Its address is the `icon_url` of the organization and changes with the image.",
        responses={**IMAGES, **problems((404, "The icon could not be found."))},
    )
    def retrieve(self, request: Request, id: str, file_name: str) -> HttpResponseBase:  # noqa: A002
        content = icon_of(id, file_name)
        if content is None:
            raise Problem(404)
        return image_response(file_name, content)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = CACHE_CONTROL
        return final
