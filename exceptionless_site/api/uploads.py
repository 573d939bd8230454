"""Pictures in forms: capped before they are read, and the answers that show them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from exceptionless_site.api.errors import Problem, invalid, problem_response
from exceptionless_site.core.images import (
    MAXIMUM_REQUEST_SIZE,
    MAXIMUM_SIZE,
    ImageError,
    Picture,
    read_picture,
    stored_picture,
)

_SELECT = "Please select an image file."
_TOO_LARGE = "Image files must be 5 MB or smaller."
_KINDS = "Please upload a PNG, JPEG, GIF, or WebP image."
_CACHED = "public,max-age=31536000"


@extend_schema_field({"type": "string", "format": "binary"})
class PictureField(serializers.FileField):
    """A part of a form for which Swagger UI lets a person choose a file."""


class PictureUploadSerializer(serializers.Serializer[Any]):
    """Described only: the upload is read by `uploaded_picture`."""

    file = PictureField(help_text="The image file to upload.")


def refuse_large_upload(request: Request) -> None:
    """A 413 by the declared length, before anything reads the body."""
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    if size > MAXIMUM_REQUEST_SIZE:
        raise Problem(413, "Request body too large.")


def uploaded_picture(request: Request) -> Picture:
    """The picture in the form's part `file`. Raises a 422 problem that names it."""
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise invalid(file=_SELECT)
    try:
        data: Any = request.data
    except ParseError:
        raise invalid(file=_SELECT) from None
    file = data.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise invalid(file=_SELECT)
    if file.size > MAXIMUM_SIZE:
        raise invalid(file=_TOO_LARGE)
    try:
        return read_picture(bytes(file.read()))
    except ImageError:
        raise invalid(file=_KINDS) from None


def picture_response(request: Request, folder: str, name: str, not_found_title: str) -> HttpResponse:
    """The stored picture, or a 404; both may be kept for a year, since names are never used twice."""
    found = stored_picture(folder, name)
    if found is None:
        response = problem_response(request._request, 404, not_found_title)
    else:
        response = HttpResponse(found[0], content_type=found[1])
        # Opened by itself, it must not be taken for a page.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = _CACHED
    return response
