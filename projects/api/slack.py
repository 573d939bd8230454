"""The Slack channel of a project."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exceptionless_site.api.bodies import refuse_other_bodies
from exceptionless_site.api.errors import Problem, bad_request
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.fields import text_parameter
from projects.models import Project
from projects.services.slack import (
    AlreadyConnectedError,
    NotConfiguredError,
    SlackError,
    connect_slack,
    disconnect_slack,
)

_CODE = OpenApiParameter("code", str, required=True, description="The code that Slack's consent page gave.")
_NOT_FOUND = (404, "The project could not be found.")
_NOT_CONFIGURED = "Slack integration is not configured on this server."


class SlackViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.all()
    not_found_title = "Project not found."
    pagination_class = None

    @extend_schema(
        summary="Add slack integration",
        description="Needs a client id and secret of Slack in the settings of the server.",
        parameters=[_CODE],
        request=None,
        responses={
            200: empty("Connected"),
            304: empty("The project is connected already."),
            **problems((400, "The code is blank, or Slack refuses it."), _NOT_FOUND, 415, (501, _NOT_CONFIGURED)),
        },
    )
    def connect(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        refuse_other_bodies(request)
        project, code = self.find(pk=id), text_parameter(request, "code")
        if not code:
            raise bad_request("Invalid Slack authorization code.")
        try:
            connect_slack(project=project, code=code)
        except AlreadyConnectedError:
            return Response(status=304)
        except NotConfiguredError:
            raise Problem(501, _NOT_CONFIGURED) from None
        except SlackError as error:
            raise bad_request(str(error)) from None
        return Response()

    @extend_schema(
        summary="Remove slack integration",
        description="Its notification settings go with it.",
        responses={200: empty("Gone"), **problems(_NOT_FOUND)},
    )
    def disconnect(self, request: Request, id: str) -> Response:  # noqa: A002
        disconnect_slack(project=self.find(pk=id))
        return Response()
