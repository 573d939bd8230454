"""DELETE of events."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from events.services.event_deletion import delete_events
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WorkInProgressResultSerializer
from exceptionless_site.api.viewsets import WireViewSet

NOT_FOUND = "Event not found."


class EventDeletionActions(WireViewSet):
    @extend_schema(
        summary="Remove",
        description="Ids are parted by commas. The events are gone at once, their stacks stay. When only some can go, "
        "they go and the answer is a 400 that lists both.",
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems(
                (400, "One or more of the events could not be removed."),
                (404, "None of the events could be found."),
                500,
            ),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: self.visible().filter(event_id__in=wanted),
            delete=lambda events: delete_events(events=events),
            missing_title=NOT_FOUND,
            key=lambda event: event.event_id,
        )
