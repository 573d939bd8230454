"""Removing all events of a project, and filling it with samples: both are done in the background."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import UserPolicy
from events.models.work_item import WorkItemKind
from events.services.work_items import request_work
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WorkInProgressResultSerializer
from exceptionless_site.api.viewsets import WireViewSet
from projects.models import Project
from tokens.authentication import BrowsableSessionAuthentication

_EXAMPLE = OpenApiExample(
    "Accepted", {"workers": ["537650f3b77efe23a47914fa"]}, response_only=True, status_codes=["202"]
)
_ANSWERS = {
    202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted; `workers` names the work."),
    **problems((404, "The project could not be found.")),
}


class ProjectWorkViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.all()
    permission_classes = [UserPolicy]
    not_found_title = "Project not found."
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Reset project data",
        description="Removes all events and stacks that came before this request; the project, its settings and its "
        "API keys stay. GET and POST mean the same.",
        request=None,
        responses=_ANSWERS,
        examples=[_EXAMPLE],
    )
    def reset(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        refuse_accidents(request)
        return self._start(id, WorkItemKind.RESET_DATA)

    @extend_schema(
        summary="Generate sample project data",
        description="Adds some hundred sample events of the last week.",
        request=None,
        responses=_ANSWERS,
        examples=[_EXAMPLE],
    )
    def add_samples(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._start(id, WorkItemKind.SAMPLE_DATA)

    def _start(self, project_id: str, kind: WorkItemKind) -> Response:
        item = request_work(kind=kind, project=self.find(pk=project_id))
        return Response({"workers": [item.pk]}, status=202)


def refuse_accidents(request: Request) -> None:
    """A GET that deletes must come from a program that means it: not from a link that a signed-in browser follows."""
    if request.method == "HEAD":
        raise MethodNotAllowed("HEAD")
    if request.method == "GET" and isinstance(request.successful_authenticator, BrowsableSessionAuthentication):
        raise PermissionDenied("Use POST.")
