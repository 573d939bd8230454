"""The custom data of a project, and the data keys that its event pages show as tabs."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_values import StringValueFromBodySerializer
from exceptionless_site.api.bodies import refuse_other_bodies
from exceptionless_site.api.errors import bad_request
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.fields import text_parameter, value_of_body
from projects.models import Project
from projects.selectors import HIDDEN_DATA
from projects.services.settings import demote_tab, promote_tab, remove_data_value, set_data_value

_KEY = OpenApiParameter("key", str, description="The key; one that starts with `-` belongs to the server.")
_TAB = OpenApiParameter("name", str, description="The name of the tab.")
_NOT_FOUND = (404, "The project could not be found.")
_BAD_TAB = (400, "The name is blank.")


class ProjectDataViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.all()
    not_found_title = "Project not found."
    serializer_class = StringValueFromBodySerializer
    pagination_class = None

    @extend_schema(
        summary="Add custom data",
        parameters=[_KEY],
        request=StringValueFromBodySerializer,
        responses={200: empty("Stored"), **problems((400, "The key or the value is blank."), _NOT_FOUND, 415)},
        examples=[OpenApiExample("A value", {"value": "payments team"}, request_only=True)],
    )
    def store(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        value, key = value_of_body(request), text_parameter(request, "key")
        if not key or not value or key.startswith(HIDDEN_DATA):
            raise bad_request("Invalid key or value.")
        set_data_value(project=self.find(pk=id), key=key, value=value)
        return Response()

    @extend_schema(
        summary="Remove custom data",
        parameters=[_KEY],
        responses={200: empty("Gone"), **problems((400, "The key is blank."), _NOT_FOUND)},
    )
    def remove(self, request: Request, id: str) -> Response:  # noqa: A002
        key = text_parameter(request, "key")
        if not key or key.startswith(HIDDEN_DATA):
            raise bad_request("Invalid key value.")
        remove_data_value(project=self.find(pk=id), key=key)
        return Response()


class PromotedTabsViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.all()
    not_found_title = "Project not found."
    pagination_class = None

    @extend_schema(
        summary="Promote tab",
        description="PUT and POST mean the same; a tab that is promoted already stays where it is.",
        parameters=[_TAB],
        request=None,
        responses={200: empty("Promoted"), **problems(_BAD_TAB, _NOT_FOUND, 415)},
    )
    def promote(self, request: Request, id: str) -> Response:  # noqa: A002
        refuse_other_bodies(request)
        promote_tab(project=self.find(pk=id), name=_tab_name(request))
        return Response()

    @extend_schema(
        summary="Demote tab",
        parameters=[_TAB],
        responses={200: empty("Demoted"), **problems(_BAD_TAB, _NOT_FOUND)},
    )
    def demote(self, request: Request, id: str) -> Response:  # noqa: A002
        demote_tab(project=self.find(pk=id), name=_tab_name(request))
        return Response()


def _tab_name(request: Request) -> str:
    name = text_parameter(request, "name")
    if not name:
        raise bad_request("Invalid tab name.")
    return name
