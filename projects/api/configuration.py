"""The settings of a project that its clients read."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts.api.organization_values import StringValueFromBodySerializer
from accounts.permissions import ClientPolicy
from exceptionless_site.api.errors import Problem, bad_request
from exceptionless_site.api.pagination import integer_parameter
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.fields import text_parameter, value_of_body
from projects.models import Project
from projects.selectors import client_settings
from projects.services.settings import remove_configuration_value, set_configuration_value


class ClientConfigurationSerializer(WireSerializer):
    version = serializers.IntegerField()
    settings = serializers.DictField(child=serializers.CharField(), required=False)


_VERSION = OpenApiParameter("v", int, description="The version that the client knows; 304 while it is the current one.")
_KEY = OpenApiParameter("key", str, description="The name of the setting, in any case.")
_NOT_FOUND = (404, "The project could not be found.")
_READ = {
    200: ClientConfigurationSerializer,
    304: empty("The version is the current one."),
    **problems(_NOT_FOUND),
}


class ProjectConfigurationViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.all()
    not_found_title = "Project not found."
    serializer_class = ClientConfigurationSerializer
    pagination_class = None
    policies = {"retrieve_own": [ClientPolicy], "retrieve": [ClientPolicy]}

    def get_throttles(self) -> list[BaseThrottle]:
        """None for what every client polls."""
        return [] if self.action in ("retrieve_own", "retrieve") else super().get_throttles()

    @extend_schema(
        summary="Get configuration settings",
        description="Settings of the project that the API key belongs to.",
        parameters=[_VERSION],
        responses=_READ,
    )
    def retrieve_own(self, request: Request) -> Response:
        project_id = request.auth.project_id or request.auth.default_project_id  # type: ignore[union-attr]
        if project_id is None:
            raise Problem(401)
        project = self.find(pk=project_id)
        if _whole_number(request.query_params.get("v", "")) == project.configuration_version:
            return Response(status=304)
        settings = client_settings(project)
        body: dict[str, Any] = {"version": project.configuration_version}
        # Empty settings are absent here, and nothing else may be added: the Java client reads just these two.
        return Response(body | {"settings": settings} if settings else body)

    @extend_schema(
        summary="Get configuration settings",
        description="Settings of any project of the organization.",
        parameters=[_VERSION],
        responses=_READ | problems(400),
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        known = integer_parameter(request, "v", default=-1)
        project = self.find(pk=id)
        if known == project.configuration_version:
            return Response(status=304)
        return Response({"version": project.configuration_version, "settings": client_settings(project)})

    @extend_schema(
        summary="Add configuration value",
        description="Each call makes a new version, which clients hear of with their next event.",
        parameters=[_KEY],
        request=StringValueFromBodySerializer,
        responses={200: empty("Stored"), **problems((400, "The key or the value is blank."), _NOT_FOUND, 415)},
        examples=[OpenApiExample("A value", {"value": "password,*token*"}, request_only=True)],
    )
    def store(self, request: Request, id: str) -> Response:  # noqa: A002
        value, key = value_of_body(request), text_parameter(request, "key")
        if not key or not value:
            raise bad_request("Invalid configuration value.")
        set_configuration_value(project=self.find(pk=id), key=key, value=value)
        return Response()

    @extend_schema(
        summary="Remove configuration value",
        parameters=[_KEY],
        responses={200: empty("Gone"), **problems((400, "The key is blank."), _NOT_FOUND)},
    )
    def remove(self, request: Request, id: str) -> Response:  # noqa: A002
        key = text_parameter(request, "key")
        if not key:
            raise bad_request("Invalid key value.")
        remove_configuration_value(project=self.find(pk=id), key=key)
        return Response()


def _whole_number(text: str) -> int | None:
    """The number; None for anything else, which a client should not be refused for."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 12 else None
