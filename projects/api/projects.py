"""Projects: what events are sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_serializers import UsageHourInfoSerializer, UsageInfoSerializer, VisibleDataField
from accounts.models import Organization
from accounts.permissions import ProjectsReadPolicy
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.delta import read_delta
from exceptionless_site.api.errors import bad_request, not_found, upgrade_required
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import (
    LongField,
    WireDateTimeField,
    WireSerializer,
    WorkInProgressResultSerializer,
)
from exceptionless_site.api.text_fields import text_limit
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.fields import IdentifierField, text_parameter
from projects.models import Project
from projects.models.project import ProjectQuerySet
from projects.selectors import is_name_available, own_projects, project_matching, project_views, sort_columns
from projects.services.projects import (
    NameTakenError,
    ProjectLimitError,
    create_project,
    delete_projects,
    update_project,
)

_NAME_TAKEN = "A project with this name already exists."
_INVALID_ORGANIZATION = "Invalid organization id specified."


class ReadField(serializers.Field[Any, Any, Any, Any]):
    """Written as it was read: a list of projects has thousands of entries of usage."""

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(UsageHourInfoSerializer(many=True))
class UsageHoursField(ReadField):
    pass


@extend_schema_field(UsageInfoSerializer(many=True))
class UsageField(ReadField):
    pass


class ViewProjectSerializer(WireSerializer):
    """A ProjectView as the wire writes it."""

    id = IdentifierField(source="project.pk")
    created_utc = WireDateTimeField(source="project.created_utc")
    organization_id = IdentifierField(source="project.organization_id")
    organization_name = serializers.CharField(source="project.organization.name")
    name = serializers.CharField(source="project.name")
    delete_bot_data_enabled = serializers.BooleanField(source="project.delete_bot_data_enabled")
    # The metaclass takes fields out of the class, so the serializer's own property of that name stays.
    data = VisibleDataField(source="project.data", required=False, allow_null=True)  # type: ignore[assignment]
    promoted_tabs = serializers.ListField(child=serializers.CharField(), source="project.promoted_tabs")
    is_configured = serializers.BooleanField(source="project.is_configured", required=False, allow_null=True)
    stack_count = LongField(source="totals.stacks")
    event_count = LongField(source="totals.events")
    has_premium_features = serializers.BooleanField(source="project.organization.has_premium_features")
    has_slack_integration = serializers.BooleanField()
    usage_hours = UsageHoursField(source="usage.hours")
    usage = UsageField(source="usage.months")


class NewProjectSerializer(WireSerializer):
    organization_id = IdentifierField(required=False, help_text="Your first organization when it is left out.")
    name = serializers.CharField(**text_limit(1000, "Name"), required=False, allow_blank=True, trim_whitespace=False)
    delete_bot_data_enabled = serializers.BooleanField(required=False)
    promoted_tabs = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False, allow_null=True
    )


class UpdateProjectSerializer(WireSerializer):
    name = serializers.CharField(**text_limit(1000, "Name"), required=False, allow_blank=True)
    delete_bot_data_enabled = serializers.BooleanField(required=False)
    promoted_tabs = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False, allow_null=True
    )


_MODE = OpenApiParameter("mode", str, description="`stats` fills in stack_count and event_count.")
_LIST_PARAMETERS = [
    OpenApiParameter(
        "filter",
        str,
        description="Words of the name, `name:`, `organization:<id>`, `project:<id>`; `-` means not.",
    ),
    OpenApiParameter("sort", str, description="`name` (the default) or `created`; `-created` is newest first."),
    _MODE,
]
_NOT_FOUND = (404, "The project could not be found.")


class ProjectViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.select_related("organization")
    not_found_title = "Project not found."
    serializer_class = ViewProjectSerializer
    maximum_limit: ClassVar[int] = 1000
    policies = {
        "list": [ProjectsReadPolicy],
        "list_by_organization": [ProjectsReadPolicy],
        "retrieve": [ProjectsReadPolicy],
    }

    @extend_schema(
        summary="Get all",
        description="Projects of your organizations. A global admin reaches others by a filter that names them.",
        parameters=_LIST_PARAMETERS,
        responses={200: ViewProjectSerializer(many=True), **problems(400)},
    )
    def list(self, request: Request) -> Response:
        return self._page(own_projects(request.auth, text_parameter(request, "filter")))  # type: ignore[arg-type]

    @extend_schema(
        summary="Get all",
        description="Projects of one organization.",
        parameters=_LIST_PARAMETERS,
        responses={
            200: ViewProjectSerializer(many=True),
            **problems(400, (404, "The organization could not be found.")),
        },
    )
    def list_by_organization(self, request: Request, organization_id: str) -> Response:
        organizations = Organization.objects.visible_to(request.auth)  # type: ignore[arg-type]
        if not organizations.filter(pk=organization_id).exists():
            raise not_found(self.not_found_title)
        rows = self.visible().filter(project_matching(text_parameter(request, "filter")))
        return self._page(rows.filter(organization_id=organization_id))

    @extend_schema(
        summary="Get by id",
        parameters=[_MODE],
        responses={200: ViewProjectSerializer, **problems(_NOT_FOUND)},
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return self._answer(self.find(pk=id))

    @extend_schema(
        summary="Create",
        description="Names are unique within an organization, whatever their case.",
        request=NewProjectSerializer,
        responses={
            201: OpenApiResponse(ViewProjectSerializer, description="The new project; its address is in `Location`."),
            **problems(400, 415, 422, 426),
        },
        examples=[
            OpenApiExample(
                "A project",
                {
                    "organization_id": "537650f3b77efe23a47914f3",
                    "name": "Disintegrating Pistol",
                    "delete_bot_data_enabled": True,
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        creator = self.require_user()
        new = read_body(request, NewProjectSerializer)
        if not new.get("name"):
            raise bad_request("Project name is required.")
        try:
            project = create_project(
                organization_id=self._organization_id(new.get("organization_id")),
                name=new["name"],
                creator=creator,
                delete_bot_data_enabled=new.get("delete_bot_data_enabled", False),
                promoted_tabs=new.get("promoted_tabs") or (),
            )
        except Organization.DoesNotExist:
            raise bad_request(_INVALID_ORGANIZATION) from None
        except NameTakenError:
            raise bad_request(_NAME_TAKEN) from None
        except ProjectLimitError:
            raise upgrade_required("Please upgrade your plan to add additional projects.") from None
        response = self._answer(project, status=201)
        response["Location"] = request.build_absolute_uri(f"/api/v2/projects/{project.pk}")
        return response

    @extend_schema(
        summary="Update",
        description="Changes what is sent and leaves the rest. PUT and PATCH mean the same.",
        request=UpdateProjectSerializer,
        responses={
            200: OpenApiResponse(ViewProjectSerializer, description="The project as it is now."),
            **problems(400, _NOT_FOUND, 415, 422),
        },
        examples=[
            OpenApiExample("Rename", {"name": "Rocket Skates"}, request_only=True),
            OpenApiExample("Tabs", {"promoted_tabs": ["Order", "Cart"]}, request_only=True),
        ],
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        delta = read_delta(request, UpdateProjectSerializer)
        project = self.find(pk=id)
        if "name" in delta.nulls:
            raise bad_request(_NAME_TAKEN)
        if delta.values:
            try:
                update_project(project=project, **delta.values)
            except NameTakenError:
                raise bad_request(_NAME_TAKEN) from None
        return self._answer(project)

    @extend_schema(
        summary="Remove",
        description="Ids are parted by commas. Their API keys stop working at once, a job removes their events.",
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems((400, "Some of the projects could not be removed."), (404, "The projects could not be found.")),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: self.visible().filter(pk__in=wanted),
            delete=lambda projects: delete_projects(projects=projects),
            missing_title="Project not found.",
        )

    @extend_schema(
        summary="Check for unique name",
        parameters=[
            OpenApiParameter("name", str, description="The name to check."),
            OpenApiParameter("projectId", str, description="The project that may keep the name."),
        ],
        responses={204: empty("The name is available."), 201: empty("The name is not available.")},
    )
    def check_name(self, request: Request, organization_id: str) -> Response:
        is_available = request.auth.can_access(organization_id) and is_name_available(  # type: ignore[union-attr]
            organization_id=organization_id,
            name=text_parameter(request, "name"),
            except_id=text_parameter(request, "projectId"),
        )
        return Response(status=204 if is_available else 201)

    def _organization_id(self, wanted: str | None) -> str:
        """The organization that a new project goes to: the wanted one, else the caller's first."""
        identity: Any = self.request.auth
        organization_id = wanted or next(iter(identity.organization_ids), "")
        if not organization_id or not identity.can_access(organization_id):
            raise bad_request(_INVALID_ORGANIZATION)
        return organization_id

    def _page(self, rows: ProjectQuerySet) -> Response:
        ordered = rows.select_related("organization").order_by(*sort_columns(text_parameter(self.request, "sort")))
        return self.get_paginated_response(self._shown(self.paginate_queryset(ordered) or ()).data)

    def _answer(self, project: Project, status: int = 200) -> Response:
        return Response(self._shown([project]).data[0], status=status)

    def _shown(self, projects: Sequence[Project]) -> Any:
        with_totals = text_parameter(self.request, "mode").lower() == "stats"
        return ViewProjectSerializer(project_views(projects, with_totals=with_totals), many=True)
