"""The event resource: posting (see submissions.py), reading, counting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import UserPolicy
from events.api.counting import answer_count
from events.api.event_deletion import EventDeletionActions
from events.api.event_lists import answer, list_events
from events.api.list_items import EVENT_LIST
from events.api.parameters import (
    COUNT_PARAMETERS,
    EXPECTED_STACK,
    LIST_PARAMETERS,
    OFFSET,
    REFERENCE_PARAMETERS,
    TIME,
    read_time,
    text_parameter,
)
from events.api.scope import find_scope
from events.api.search_filters import EventCountFilters, EventListFilters
from events.api.searching import searching
from events.api.serializers import CountResultSerializer, EventSerializer
from events.api.submissions import SubmissionActions
from events.models import Event
from events.search.conditions import Equals
from events.search.dates import TimeRange
from events.search.fields import REFERENCE
from events.selectors import EventQuery, Scope, neighbours
from exceptionless_site.api.errors import bad_request, upgrade_required
from exceptionless_site.api.schema import problems
from exceptionless_site.core.clock import utc_now
from tokens.permissions import ClientPolicy, EventsReadPolicy

PLAN_LIMIT = "Unable to view event occurrence due to plan limits."
_LIST: dict[str, Any] = {"parameters": LIST_PARAMETERS}
_LIST_ANSWERS: dict[Any, Any] = {200: EVENT_LIST} | problems(
    (400, "The filter, the time or the page token cannot be read."), 426
)
_SCOPED_ANSWERS = _LIST_ANSWERS | problems(404)
_UNCOUNTABLE = (400, "The filter, the time or the aggregations cannot be read, or ask for too much.")
_ABOUT_COUNT = (
    "How many events match, and what `aggregations` asks about them: figures, or buckets of events with figures in "
    "each. All figures are exact."
)
_COUNTED = [
    OpenApiExample(
        "Different users, and events by type",
        {
            "total": 12,
            "aggregations": {
                "cardinality_user": {"value": 3, "data": {"@type": "value"}},
                "terms_type": {
                    "items": [
                        {
                            "key": "error",
                            "key_as_string": "error",
                            "total": 12,
                            "aggregations": {},
                            "data": {"@type": "string"},
                        }
                    ],
                    "data": {"@type": "bucket"},
                    "total": 0,
                },
            },
            "data": {},
        },
        response_only=True,
        status_codes=["200"],
    )
]


class EventViewSet(EventDeletionActions, SubmissionActions):
    """Events: what a client reported, once for each time it happened."""

    tag = "Event"
    not_found_title = "Event not found."
    queryset = Event.objects.all()
    serializer_class = EventSerializer
    permission_classes = [EventsReadPolicy]
    policies: ClassVar = {
        "destroy": [UserPolicy],
        "submit": [ClientPolicy],
        "submit_query": [ClientPolicy],
        "describe": [ClientPolicy],
        "describe_legacy": [ClientPolicy],
    }
    pagination_class = None
    filter_backends = ()
    filtersets = {
        **dict.fromkeys(("list", "list_by_organization", "list_by_project", "list_by_stack"), EventListFilters),
        **dict.fromkeys(("count", "count_by_organization", "count_by_project"), EventCountFilters),
    }

    @extend_schema(
        summary="Get all",
        description="Events of all your organizations, newest first. Use `filter=reference:{id}` to find an event "
        "by the reference id it was posted with.",
        responses=_LIST_ANSWERS,
        **_LIST,
    )
    def list(self, request: Request) -> Response:
        return list_events(request, find_scope(request.auth))  # type: ignore[arg-type]

    @extend_schema(
        summary="Get by organization",
        description="Events of all projects of the organization, newest first.",
        responses=_SCOPED_ANSWERS,
        **_LIST,
    )
    def list_by_organization(self, request: Request, organization_id: str) -> Response:
        return list_events(request, self._scope(organization_id=organization_id))

    @extend_schema(
        summary="Get by project",
        description="Events of the project, newest first.",
        responses=_SCOPED_ANSWERS,
        **_LIST,
    )
    def list_by_project(self, request: Request, project_id: str) -> Response:
        return list_events(request, self._scope(project_id=project_id))

    @extend_schema(
        summary="Get by stack",
        description="Events of the stack, newest first.",
        responses=_SCOPED_ANSWERS,
        **_LIST,
    )
    def list_by_stack(self, request: Request, stack_id: str) -> Response:
        return list_events(request, self._scope(stack_id=stack_id))

    @extend_schema(
        summary="Get by reference id",
        description="The event posted with this `reference_id`. An array, because clients may use an id twice.",
        parameters=REFERENCE_PARAMETERS,
        responses=_LIST_ANSWERS,
    )
    def list_by_reference(self, request: Request, reference_id: str) -> Response:
        return self._by_reference(request, self._scope(), reference_id)

    @extend_schema(
        summary="Get by reference id",
        description="The events of the project that were posted with this `reference_id`.",
        parameters=REFERENCE_PARAMETERS,
        responses=_SCOPED_ANSWERS,
    )
    def list_by_project_reference(self, request: Request, project_id: str, reference_id: str) -> Response:
        return self._by_reference(request, self._scope(project_id=project_id), reference_id)

    @extend_schema(
        summary="Count",
        description=_ABOUT_COUNT,
        examples=_COUNTED,
        parameters=COUNT_PARAMETERS,
        responses={200: CountResultSerializer, **problems(_UNCOUNTABLE, 426)},
    )
    def count(self, request: Request) -> Response:
        return answer_count(self.request, self._scope())

    @extend_schema(
        summary="Count by organization",
        description=_ABOUT_COUNT,
        examples=_COUNTED,
        parameters=COUNT_PARAMETERS,
        responses={200: CountResultSerializer, **problems(_UNCOUNTABLE, 404, 426)},
    )
    def count_by_organization(self, request: Request, organization_id: str) -> Response:
        return answer_count(self.request, self._scope(organization_id=organization_id))

    @extend_schema(
        summary="Count by project",
        description=_ABOUT_COUNT,
        examples=_COUNTED,
        parameters=COUNT_PARAMETERS,
        responses={200: CountResultSerializer, **problems(_UNCOUNTABLE, 404, 426)},
    )
    def count_by_project(self, request: Request, project_id: str) -> Response:
        return answer_count(self.request, self._scope(project_id=project_id))

    @extend_schema(
        summary="Get by id",
        description="One event. The header `Link` names its stack, and the events before and after it in `time`.",
        parameters=[EXPECTED_STACK, TIME, OFFSET],
        responses={
            200: EventSerializer,
            **problems(
                (400, "The event belongs to another stack than `expected_stack_id`, or the time cannot be read."),
                404,
                (426, PLAN_LIMIT),
            ),
        },
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        event = self.find(event_id=id)
        self._check_stack(event)
        self._check_plan(event)
        response = Response(EventSerializer().to_representation(event))
        response["Link"] = ", ".join(self._links(event))
        return response

    def _scope(self, **address: str) -> Scope:
        return find_scope(self.request.auth, **address)  # type: ignore[arg-type]

    def _by_reference(self, request: Request, scope: Scope, reference_id: str) -> Response:
        condition = Equals(REFERENCE, reference_id)
        with searching():
            return answer(request, EventQuery(scope, TimeRange(), utc_now(), condition))

    def _check_stack(self, event: Event) -> None:
        expected = text_parameter(self.request, "expected_stack_id")
        if expected and expected != event.stack_id:
            raise bad_request(f"Event belongs to stack {event.stack_id}, not to the expected stack {expected}.")

    def _check_plan(self, event: Event) -> None:
        organization = event.organization
        if organization.is_suspended or event.date < Scope([organization]).cutoff(organization):
            raise upgrade_required(PLAN_LIMIT)

    def _links(self, event: Event) -> Sequence[str]:
        base = self.request.build_absolute_uri("/api/v2/")
        query = EventQuery(Scope([event.organization]), read_time(self.request), utc_now())
        older, newer = neighbours(event, query.window)
        named = (("previous", older), ("next", newer))
        links = [f'<{base}events/{id_}>; rel="{relation}"' for relation, id_ in named if id_]
        return [*links, f'<{base}stacks/{event.stack_id}>; rel="parent"']
