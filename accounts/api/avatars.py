"""The pictures of people."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.users import EITHER_VIEW, PersonViewSet
from accounts.models import User
from accounts.services.avatars import avatar_of, remove_avatar, set_avatar
from exceptionless_site.api.errors import not_found
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
from exceptionless_site.api.viewsets import WireViewSet

_USER_NOT_FOUND = (404, "The user could not be found.")


class AvatarViewSet(PersonViewSet):
    parser_classes = [MultiPartParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        refuse_large_upload(request)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        summary="Upload avatar",
        description=(
            "A PNG, JPEG, GIF or WebP image of at most 5 MB. It is made smaller, and nothing but the picture is kept: "
            "no place, no camera, no comments."
        ),
        request={"multipart/form-data": ImageUploadSerializer},
        responses={
            200: OpenApiResponse(EITHER_VIEW, description="The user with the new picture."),
            **problems(_USER_NOT_FOUND, 413, (422, "The image file is invalid.")),
        },
        examples=[OpenApiExample("A face", {"file": "me.png"}, request_only=True, media_type="multipart/form-data")],
    )
    def create(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        user = self.reachable(id)
        content = read_upload(request)
        stored(lambda: set_avatar(user=user, content=content))
        return self.answer(user)

    @extend_schema(
        summary="Remove avatar",
        description="Succeeds as well when there is none.",
        responses={
            200: OpenApiResponse(EITHER_VIEW, description="The user without a picture."),
            **problems(_USER_NOT_FOUND),
        },
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        user = self.reachable(id)
        remove_avatar(user=user)
        return self.answer(user)


class AvatarImageViewSet(WireViewSet):
    tag = "User"
    queryset = User.objects.none()
    permission_classes = [AllowAny]
    pagination_class = None

    @extend_schema(
        summary="Get avatar",
        description="The picture itself. Its address is the `avatar_url` of the user and changes with the picture.",
        responses={**IMAGES, **problems((404, "The avatar could not be found."))},
    )
    def retrieve(self, request: Request, id: str, file_name: str) -> HttpResponseBase:  # noqa: A002
        content = avatar_of(id, file_name)
        if content is None:
            raise not_found("Avatar not found.")
        return image_response(file_name, content)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = CACHE_CONTROL
        return final
