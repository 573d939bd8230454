"""The source maps of a project: listing, uploading, deleting."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models.user import USER
from events.models import SourceMap
from events.services.source_maps import SourceMapLimitError, delete_source_map, store_source_map
from events.source_maps.document import MAXIMUM_SIZE, read_source_map
from events.source_maps.generated_files import LONGEST_URL, normalize_url
from events.source_maps.mappings import SourceMapError
from exceptionless_site.api.errors import VALIDATION_TITLE, Problem, invalid
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.json import clean_text
from projects.models import Project
from tokens.permissions import SourceMapsWritePolicy

MAXIMUM_REQUEST_SIZE = MAXIMUM_SIZE + 1024 * 1024
_ID = re.compile("[0-9a-f]{64}")
_PROJECT_NOT_FOUND = (404, "The project could not be found.")


@extend_schema_field({"type": "integer", "format": "int64"})
class SizeField(serializers.IntegerField):
    """Bytes."""


@extend_schema_field({"type": "string", "format": "binary"})
class UploadField(serializers.FileField):
    """A part of a form for which Swagger UI lets a person choose a file."""


class SourceMapSerializer(WireSerializer):
    id = serializers.CharField(source="source_map_id")
    generated_file_url = serializers.CharField()
    source_map_url = serializers.CharField(allow_null=True, required=False)
    file_name = serializers.CharField(allow_null=True, required=False)
    size = SizeField()
    is_auto_downloaded = serializers.BooleanField()
    created_utc = WireDateTimeField()
    last_used_utc = WireDateTimeField(allow_null=True, required=False)

    class Meta:
        ref_name = "SourceMapArtifact"


class SourceMapUploadSerializer(serializers.Serializer[Any]):
    """Described only: the upload is read by hand, since each of its faults has its own answer."""

    file = UploadField(help_text="The source map file to upload.")
    generated_file_url = serializers.CharField()


class SourceMapViewSet(WireViewSet):
    tag = "Source Map"
    queryset = SourceMap.objects.all()
    serializer_class = SourceMapSerializer
    not_found_title = "Source map not found."
    policies: ClassVar = {"create": [SourceMapsWritePolicy]}
    parser_classes = [MultiPartParser]
    pagination_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anything looks at the form, which reads all of the body: the session's CSRF check does.
        if self.action == "create" and _declared_size(request) > MAXIMUM_REQUEST_SIZE:
            raise Problem(413, "Request body too large.")
        super().initial(request, *args, **kwargs)

    @extend_schema(
        summary="Get source maps for a project",
        description="All of them, in the order of the addresses of the generated files.",
        responses={200: SourceMapSerializer(many=True), **problems(_PROJECT_NOT_FOUND)},
    )
    def list(self, request: Request, project_id: str) -> Response:
        project = self._project(project_id)
        rows = self.visible().filter(organization_id=project.organization_id, project_id=project.pk)
        return Response(SourceMapSerializer(rows, many=True).data)

    @extend_schema(
        summary="Upload a source map for a generated JavaScript file",
        description="Stack frames at the address in `generated_file_url` are mapped back to the sources in errors "
        "that come from now on. An earlier source map for the address is replaced. An API key with the scope "
        "`source-maps:write` may upload to its own project.",
        request={"multipart/form-data": SourceMapUploadSerializer},
        responses={
            201: SourceMapSerializer,
            **problems(_PROJECT_NOT_FOUND, 413, (422, "The source map file or generated file URL is invalid.")),
        },
        examples=[
            OpenApiExample(
                "A bundle",
                {"generated_file_url": "https://example.com/assets/app.min.js", "file": "app.min.js.map"},
                request_only=True,
                media_type="multipart/form-data",
            )
        ],
    )
    def create(self, request: Request, project_id: str) -> Response:
        project = self._writable_project(project_id)
        file, url = _read_upload(request)
        content = _checked_content(file)
        try:
            source_map = store_source_map(
                project=project,
                generated_file_url=url,
                content=content,
                file_name=clean_text(file.name or "") or None,
            )
        except SourceMapLimitError as error:
            raise invalid(file=str(error)) from None
        except Project.DoesNotExist:
            raise Problem(404, "Project not found.") from None
        return Response(SourceMapSerializer(source_map).data, status=201)

    @extend_schema(
        summary="Delete a source map from a project",
        description="Events that were mapped with it stay as they are.",
        responses={
            204: empty("No Content"),
            **problems((404, "The project or source map could not be found.")),
        },
    )
    def destroy(self, request: Request, project_id: str, source_map_id: str) -> Response:
        project = self._project(project_id)
        if not _ID.fullmatch(source_map_id.lower()):
            raise Problem(404, self.not_found_title)
        delete_source_map(
            source_map=self.find(
                organization_id=project.organization_id, project_id=project.pk, source_map_id=source_map_id.lower()
            )
        )
        return Response(status=204)

    def _project(self, project_id: str) -> Project:
        identity: Any = self.request.auth
        rows = Project.objects.visible_to(identity).select_related("organization")
        project = rows.filter(pk=project_id).first()
        if project is None:
            raise Problem(404, "Project not found.")
        return project

    def _writable_project(self, project_id: str) -> Project:
        """The project; a key that may do no more than upload has to be bound to it."""
        project = self._project(project_id)
        identity: Any = self.request.auth
        if not identity.has_role(USER) and identity.project_id != project.pk:
            raise Problem(404, "Project not found.")
        return project


def _declared_size(request: Request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _read_upload(request: Request) -> tuple[UploadedFile[bytes], str]:
    """The file and the normalized address. Raises a 422 problem that names each missing or wrong part."""
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise invalid(file="The request must be multipart/form-data with a file.")
    try:
        data: Any = request.data
    except ParseError:
        raise invalid(file="The form data cannot be read.") from None
    file, text = data.get("file"), data.get("generated_file_url")
    errors = {}
    if not isinstance(file, UploadedFile):
        errors["file"] = ["The File field is required."]
    url = normalize_url(text) if isinstance(text, str) else None
    if not isinstance(text, str) or not text.strip():
        errors["generated_file_url"] = ["The GeneratedFileUrl field is required."]
    elif url is None:
        errors["generated_file_url"] = [
            f"The address must be an absolute http or https URL without credentials, of at most {LONGEST_URL:,} "
            "characters."
        ]
    if errors or url is None or not isinstance(file, UploadedFile):
        raise Problem(422, VALIDATION_TITLE, errors=errors)
    return file, url


def _checked_content(file: UploadedFile[bytes]) -> bytes:
    if file.size is None or file.size > MAXIMUM_SIZE:
        raise invalid(file=f"The source map is larger than {MAXIMUM_SIZE // 1024 // 1024} MiB.")
    content = bytes(file.read())
    try:
        read_source_map(content)
    except SourceMapError as error:
        raise invalid(file=str(error)) from None
    return content
