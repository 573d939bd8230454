"""What global admins can have done: maintenance, another try for what was parked, sample events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.project_data import refuse_accidents
from events.api.server_serializers import EnqueuedSerializer, OutcomeSerializer
from events.models import Submission
from events.services.maintenance import ACTIONS, requeue_parked
from events.services.sample_data import add_sample_events
from exceptionless_site.api.errors import VALIDATION_TITLE, Problem, invalid, not_found
from exceptionless_site.api.pagination import integer_parameter
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.dates import parse_wire_date
from projects.models import Project
from tokens.permissions import GlobalAdminPolicy

MAXIMUM_SAMPLES, MAXIMUM_DAYS = 10_000, 365


class ServerWorkViewSet(WireViewSet):
    tag = "Admin"
    queryset = Submission.objects.none()
    serializer_class = OutcomeSerializer
    permission_classes = [GlobalAdminPolicy]
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Try parked submissions again",
        description="What could not be processed and was parked is processed as if it had just arrived. `path` and "
        "`archive` mean files of the official server; they change nothing here.",
        parameters=[
            OpenApiParameter("path", str, description="Not used."),
            OpenApiParameter("archive", bool, default=False, description="Not used."),
        ],
        responses={200: OpenApiResponse(EnqueuedSerializer, description="How many submissions.")},
    )
    def requeue(self, request: Request) -> Response:
        refuse_accidents(request)
        return Response({"enqueued": requeue_parked()})

    @extend_schema(
        summary="Run maintenance",
        description=f"One of: {', '.join(ACTIONS)}. Where nothing can be out of order here, nothing is done. "
        "`fix-stack-stats` looks at the counters of all stacks in the background; "
        "`update-organization-plans` gives every organization the limits of its plan again.",
        parameters=[
            OpenApiParameter("utcStart", datetime, description="Not before; the work here is on everything."),
            OpenApiParameter("utcEnd", datetime, description="Not after; the work here is on everything."),
            OpenApiParameter("organizationId", str, description="Not used: the work here is on everything."),
        ],
        responses={
            200: empty("Done, or asked for."),
            **problems(400, (404, "There is no such maintenance."), 422),
        },
    )
    def maintain(self, request: Request, name: str) -> Response:
        refuse_accidents(request)
        start, end = _date(request, "utcStart"), _date(request, "utcEnd")
        if start and end and end < start:
            raise invalid(utc_end="utcEnd must not be before utcStart.")
        action = ACTIONS.get(name.strip().lower())
        if action is None:
            raise not_found("There is no such maintenance.")
        action()
        return Response()

    @extend_schema(
        summary="Generate sample events",
        description="Adds sample events to the oldest project of your organizations.",
        parameters=[
            OpenApiParameter("eventCount", int, default=250, description="1 to 10000."),
            OpenApiParameter("daysBack", int, default=7, description="1 to 365."),
        ],
        request=None,
        responses={
            200: OpenApiResponse(OutcomeSerializer, description="Whether there are more events now."),
            **problems(400, 422),
        },
        examples=[
            OpenApiExample("Added", {"success": True, "message": "Added 250 events to Web shop."}, response_only=True)
        ],
    )
    def add_samples(self, request: Request) -> Response:
        count, days = _sample_bounds(request)
        identity: Any = request.auth
        rows = Project.objects.alive().filter(organization_id__in=identity.organization_ids)
        project = rows.select_related("organization").order_by("created_utc", "pk").first()
        if project is None:
            return Response({"success": False, "message": "You belong to no organization with a project."})
        add_sample_events(project=project, count=count, days=days)
        return Response({"success": True, "message": f"Added {count} events to {project.name}."})


def _sample_bounds(request: Request) -> tuple[int, int]:
    count, days = integer_parameter(request, "eventCount", 250), integer_parameter(request, "daysBack", 7)
    errors = {}
    if not 1 <= count <= MAXIMUM_SAMPLES:
        errors["event_count"] = [f"Event count must be between 1 and {MAXIMUM_SAMPLES}."]
    if not 1 <= days <= MAXIMUM_DAYS:
        errors["days_back"] = [f"Days back must be between 1 and {MAXIMUM_DAYS}."]
    if errors:
        raise Problem(422, VALIDATION_TITLE, errors=errors)
    return count, days


def _date(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    parsed = parse_wire_date(text)
    if parsed is None:
        raise Problem(400, errors={name: [f"The value '{text[:100]}' is not a date."]})
    return parsed.moment
