"""Sessions: what a client's user did in one go, read by their start events or by all their events; heartbeats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Q
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts.identity import Identity
from events.api.event_lists import answer
from events.api.list_items import EVENT_LIST
from events.api.parameters import LIST_PARAMETERS, read_search
from events.api.scope import find_scope, permitted_scope
from events.api.search_filters import EventListFilters
from events.api.searching import searching
from events.api.serializers import EventSerializer
from events.models import Event
from events.selectors import Scope
from events.sessions.heartbeats import record_heartbeat
from exceptionless_site.api.errors import Problem, not_found
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tokens.permissions import ClientPolicy, EventsReadPolicy

PREMIUM_SESSIONS = "Please upgrade your plan to use premium session features."
_SUSPENDED = f"The organization is suspended, or: {PREMIUM_SESSIONS}"
_UNREADABLE = (400, "The filter, the time or the page token cannot be read.")
_ANSWERS: dict[Any, Any] = {200: EVENT_LIST, **problems(_UNREADABLE, (426, PREMIUM_SESSIONS))}
_SCOPED_ANSWERS: dict[Any, Any] = {**_ANSWERS, **problems(404, (426, _SUSPENDED))}
_STARTS = Q(is_session_open__isnull=False)
_ABOUT_STARTS = (
    "The start events of sessions, newest first. Their `value` is the duration in seconds; a session that is over has "
    "`data.sessionend`. Narrow the list to those that are going on by `filter=_missing_:data.sessionend`."
)
_ABOUT_ONE = "The start event of the session and all events that refer to it, newest first."


class SessionViewSet(WireViewSet):
    """Sessions have no rows of their own on the wire: they are events of the type `session`."""

    tag = "Event"
    queryset = Event.objects.all()
    serializer_class = EventSerializer
    permission_classes = [EventsReadPolicy]
    policies: ClassVar = {"heartbeat": [ClientPolicy]}
    pagination_class = None
    filter_backends = ()
    filtersets = dict.fromkeys(
        ("list", "list_by_organization", "list_by_project", "list_by_session", "list_by_project_session"),
        EventListFilters,
    )

    def get_throttles(self) -> list[BaseThrottle]:
        """None for what every client sends all the time."""
        return [] if self.action == "heartbeat" else super().get_throttles()

    @extend_schema(
        summary="Submit heartbeat",
        description="Says that a session, or the session of a user, is going on: without events and heartbeats it is "
        "closed after five minutes. The project is that of the API key.",
        parameters=[
            OpenApiParameter(
                "id",
                str,
                description="The session id, or the identity of the user.",
                examples=[OpenApiExample("A user", "jane@example.com"), OpenApiExample("A session", "my-session-id")],
            ),
            OpenApiParameter("close", bool, description="Whether the session is over.", default=False),
        ],
        responses={
            200: empty("OK"),
            **problems((401, "No valid credentials were sent, or they have no project."), 404),
        },
    )
    def heartbeat(self, request: Request) -> Response:
        identity: Identity = request.auth  # type: ignore[assignment]  # the policy lets nobody else in
        project_id = identity.project_id or identity.default_project_id
        if project_id is None:
            raise Problem(401)
        name = request.query_params.get("id", "")
        if not name.strip() or settings.EVENT_SUBMISSION_DISABLED:
            return Response()
        project = Project.objects.visible_to(identity).filter(pk=project_id).first()
        if project is None:
            raise not_found("Project not found.")
        closes = request.query_params.get("close", "").strip().lower() == "true"
        record_heartbeat(
            organization_id=project.organization_id, project_id=project.pk, name=name, closes=closes, now=utc_now()
        )
        return Response()

    @extend_schema(
        summary="Get a list of all sessions",
        description=_ABOUT_STARTS,
        parameters=LIST_PARAMETERS,
        responses=_ANSWERS,
    )
    def list(self, request: Request) -> Response:
        return self._answer(find_scope(identity_of(request)))

    @extend_schema(
        summary="Get a list of all sessions",
        description=_ABOUT_STARTS,
        parameters=LIST_PARAMETERS,
        responses=_SCOPED_ANSWERS,
    )
    def list_by_organization(self, request: Request, organization_id: str) -> Response:
        return self._answer(find_scope(identity_of(request), organization_id=organization_id))

    @extend_schema(
        summary="Get a list of all sessions",
        description=_ABOUT_STARTS,
        parameters=LIST_PARAMETERS,
        responses=_SCOPED_ANSWERS,
    )
    def list_by_project(self, request: Request, project_id: str) -> Response:
        return self._answer(find_scope(identity_of(request), project_id=project_id))

    @extend_schema(
        summary="Get a list of all sessions or events by a session id",
        description=_ABOUT_ONE,
        parameters=LIST_PARAMETERS,
        responses=_ANSWERS,
    )
    def list_by_session(self, request: Request, session_id: str) -> Response:
        return self._answer(find_scope(identity_of(request)), session_id)

    @extend_schema(
        summary="Get a list of by a session id",
        description=_ABOUT_ONE,
        parameters=LIST_PARAMETERS,
        responses=_SCOPED_ANSWERS,
    )
    def list_by_project_session(self, request: Request, project_id: str, session_id: str) -> Response:
        return self._answer(find_scope(identity_of(request), project_id=project_id), session_id)

    def _answer(self, scope: Scope, session_id: str | None = None) -> Response:
        """The starts of all sessions, or the events of one, that match `filter` and `time`; 426 without the plan."""
        search = read_search(self.request)
        identity = identity_of(self.request)
        permitted = permitted_scope(scope, search.tree, uses_premium=True, identity=identity, refusal=PREMIUM_SESSIONS)
        meant = _STARTS if session_id is None else events_of(session_id, permitted)
        with searching():
            return answer(self.request, replace(search.query(permitted, utc_now()), columns=meant))


def identity_of(request: Request) -> Identity:
    return request.auth  # type: ignore[return-value]  # the policies let nobody else in


def events_of(session_id: str, scope: Scope) -> Q:
    """The session's start event and the events that refer to it, found by an index each."""
    organizations = [organization.pk for organization in scope.organizations]
    if scope.project is not None:
        projects = [scope.project.pk]
    else:
        projects = list(Project.objects.filter(organization_id__in=organizations).values_list("pk", flat=True))
    return Q(project_id__in=projects, reference_id=session_id) | Q(
        organization_id__in=organizations, session_id=session_id
    )
