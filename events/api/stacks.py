"""The stack resource: reading, listing, deleting. What is decided about stacks is in stack_actions.py."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import StacksReadPolicy, UserPolicy
from events.api.list_items import STACK_LIST
from events.api.parameters import OFFSET
from events.api.scope import PREMIUM_SEARCH, find_scope
from events.api.search_filters import StackListFilters
from events.api.stack_lists import PARAMETERS, list_stacks
from events.api.stack_serializers import StackSerializer
from events.models import Stack
from events.search.dates import parse_offset
from events.selectors import Scope
from events.services.stacks import delete_stacks
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WorkInProgressResultSerializer
from exceptionless_site.api.viewsets import WireViewSet

NOT_FOUND = "Stack not found."
_EXAMPLE = OpenApiExample(
    "A stack",
    {
        "id": "537650f3b77efe23a47914f5",
        "organization_id": "537650f3b77efe23a47914f3",
        "project_id": "537650f3b77efe23a47914f4",
        "type": "log",
        "status": "open",
        "signature_hash": "aa2a7ad2b40747584d649b1cc9b359495f2e629a",
        "signature_info": {"Type": "log", "Source": "shop.basket"},
        "title": "shop.basket",
        "total_occurrences": 5,
        "first_occurrence": "2026-01-14T08:00:00Z",
        "last_occurrence": "2026-01-15T12:00:00Z",
        "occurrences_are_critical": False,
        "references": [],
        "tags": ["checkout"],
        "duplicate_signature": "537650f3b77efe23a47914f4:aa2a7ad2b40747584d649b1cc9b359495f2e629a",
        "created_utc": "2026-01-14T08:00:01Z",
        "updated_utc": "2026-01-15T12:00:01Z",
        "is_deleted": False,
        "allow_notifications": True,
    },
    response_only=True,
    status_codes=["200"],
)
_SUMMARY_EXAMPLE = OpenApiExample(
    "A row of a summary",
    {
        "id": "537650f3b77efe23a47914f5",
        "template_key": "stack-log-summary",
        "data": {"Source": "shop.basket", "SourceShortName": "basket"},
        "project_id": "537650f3b77efe23a47914f4",
        "project_name": "Web shop",
        "tags": ["checkout"],
        "title": "shop.basket",
        "status": "open",
        "first_occurrence": "2026-01-14T08:00:00Z",
        "last_occurrence": "2026-01-15T12:00:00Z",
        "total": 5,
        "users": 2,
        "total_users": 40,
    },
    response_only=True,
    status_codes=["200"],
)
_INVALID = (400, "The filter, the sort or the time cannot be read.")
_SUSPENDED = (426, "The organization is suspended, or you must upgrade your plan to use premium search features.")
_LIST: dict[str, Any] = {"parameters": [*PARAMETERS], "examples": [_EXAMPLE, _SUMMARY_EXAMPLE]}


class StackViewSet(WireViewSet):
    """Stacks: events of a project that have the same cause, with what was decided about them."""

    tag = "Stack"
    queryset = Stack.objects.all()
    serializer_class = StackSerializer
    permission_classes = [StacksReadPolicy]
    policies: ClassVar = {"destroy": [UserPolicy]}
    not_found_title = NOT_FOUND
    pagination_class = None
    filter_backends = ()
    filtersets = dict.fromkeys(("list", "list_by_organization", "list_by_project"), StackListFilters)

    @extend_schema(
        summary="Get all",
        description="Stacks of all your organizations. Organizations whose plan has no premium features are left out "
        "when the filter needs them.",
        responses={200: STACK_LIST, **problems(_INVALID, (426, PREMIUM_SEARCH))},
        **_LIST,
    )
    def list(self, request: Request) -> Response:
        return list_stacks(request, self._scope())

    @extend_schema(
        summary="Get by organization",
        description="Stacks of all projects of the organization.",
        responses={
            200: STACK_LIST,
            **problems(_INVALID, (404, "The organization could not be found."), _SUSPENDED),
        },
        **_LIST,
    )
    def list_by_organization(self, request: Request, organization_id: str) -> Response:
        return list_stacks(request, self._scope(organization_id=organization_id))

    @extend_schema(
        summary="Get by project",
        description="Stacks of the project.",
        responses={
            200: STACK_LIST,
            **problems(_INVALID, (404, "The project could not be found."), _SUSPENDED),
        },
        **_LIST,
    )
    def list_by_project(self, request: Request, project_id: str) -> Response:
        return list_stacks(request, self._scope(project_id=project_id))

    @extend_schema(
        summary="Get by id",
        description="One stack. With an `offset` its dates are those of your local time.",
        parameters=[OFFSET],
        responses={200: StackSerializer, **problems((404, "The stack could not be found."))},
        examples=[_EXAMPLE],
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        offset = parse_offset(request.query_params.get("offset"))
        return Response(StackSerializer(context={"offset": offset}).to_representation(self.find(pk=id)))

    @extend_schema(
        summary="Remove",
        description="Ids are parted by commas. The stacks and their events are gone at once; the next event with the "
        "same cause makes a new stack. When only some can go, they go and the answer is a 400 that lists both.",
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems(
                (400, "One or more of the stacks could not be removed."),
                (404, "None of the stacks could be found."),
                500,
            ),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: self.visible().filter(pk__in=wanted),
            delete=lambda stacks: delete_stacks(stacks=stacks),
            missing_title=NOT_FOUND,
        )

    def _scope(self, **address: str) -> Scope:
        return find_scope(self.request.auth, **address)  # type: ignore[arg-type]
