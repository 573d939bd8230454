"""The pictures of people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.users import PersonViewSet, ViewUserSerializer
from accounts.services.avatars import folder_of, remove_avatar, set_avatar
from exceptionless_site.api.schema import problems
from exceptionless_site.api.uploads import (
    PictureUploadSerializer,
    picture_response,
    refuse_large_upload,
    uploaded_picture,
)

_USER_NOT_FOUND = (404, "The user could not be found.")


class AvatarViewSet(PersonViewSet):
    parser_classes = [MultiPartParser]
    policies: ClassVar = {"retrieve": [AllowAny]}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anything looks at the form, which reads all of the body: the session's CSRF check does.
        if self.action == "create":
            refuse_large_upload(request)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        summary="Upload avatar",
        description=(
            "A PNG, JPEG, GIF or WebP image of at most 5 MB. It is made smaller, and nothing but the picture is kept: "
            "no place, no camera, no comments."
        ),
        request={"multipart/form-data": PictureUploadSerializer},
        responses={
            200: ViewUserSerializer,
            **problems(_USER_NOT_FOUND, 413, (422, "The image file is invalid.")),
        },
    )
    def create(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        user = self.reachable(id)
        set_avatar(user=user, picture=uploaded_picture(request))
        return self.answer(user)

    @extend_schema(
        summary="Remove avatar",
        description="Succeeds as well when there is none.",
        responses={200: ViewUserSerializer, **problems(_USER_NOT_FOUND)},
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        user = self.reachable(id)
        remove_avatar(user=user)
        return self.answer(user)

    @extend_schema(
        summary="Get avatar",
        description="The picture itself. Everybody who knows its address may see it.",
        parameters=[OpenApiParameter("file_name", str, OpenApiParameter.PATH, description="The avatar file name.")],
        responses={
            (200, "image/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The picture."),
            **problems((404, "The avatar could not be found.")),
        },
    )
    def retrieve(self, request: Request, id: str, file_name: str) -> HttpResponse:  # noqa: A002
        return picture_response(request, folder_of(id), file_name, "Avatar not found.")
