"""Uploading a picture as the part `file` of a form, and sending it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from exceptionless_site.api.errors import Problem, invalid
from exceptionless_site.core.images import CONTENT_TYPES, MAXIMUM_SIZE, ImageError, content_type

MAXIMUM_REQUEST_SIZE = MAXIMUM_SIZE + 64 * 1024
NO_FILE = "Please select an image file."
TOO_LARGE = "Image files must be 5 MB or smaller."
NO_IMAGE = "Please upload a PNG, JPEG, GIF, or WebP image."
IMAGES: dict[Any, Any] = {(200, media_type): OpenApiTypes.BINARY for media_type in CONTENT_TYPES.values()}
"""For `responses=` of an operation that sends a picture."""
CACHE_CONTROL = "public,max-age=31536000"


@extend_schema_field({"type": "string", "format": "binary"})
class ImageField(serializers.FileField):
    """A part of a form for which Swagger UI lets a person choose a file."""


class ImageUploadSerializer(serializers.Serializer[Any]):
    """Described only: the upload is read by hand, since each of its faults has its own answer."""

    file = ImageField(help_text="The image file to upload.")


def refuse_large_upload(request: Request) -> None:
    """413 by the declared length. To be asked before anything looks at the form, which reads all of the body."""
    try:
        declared = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        declared = 0
    if declared > MAXIMUM_REQUEST_SIZE:
        raise Problem(413, "Request body too large.")


def read_upload(request: Request) -> bytes:
    """The bytes of the part `file`; 422 when there is none or too many of them."""
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise invalid(file=NO_FILE)
    try:
        data: Any = request.data
    except ParseError:
        raise invalid(file=NO_FILE) from None
    file = data.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise invalid(file=NO_FILE)
    if file.size > MAXIMUM_SIZE:
        raise invalid(file=TOO_LARGE)
    return bytes(file.read())


def stored(store: Callable[[], Any]) -> Any:
    """What `store` gives; 422 when it finds that the upload is no picture."""
    try:
        return store()
    except ImageError:
        raise invalid(file=NO_IMAGE) from None


def image_response(name: str, content: bytes) -> HttpResponse:
    """The picture; it may be kept for long, as another picture has another name."""
    response = HttpResponse(content, content_type=content_type(name))
    response["Cache-Control"] = CACHE_CONTROL
    return response
