"""The saved views that every organization starts with: for global admins."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.permissions import GlobalAdminPolicy, UserPolicy
from exceptionless_site.api.bodies import required_data
from exceptionless_site.api.errors import VALIDATION_TITLE, Problem, bad_request, invalid, not_found
from exceptionless_site.api.exception_handler import flatten_errors
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WorkInProgressResultSerializer
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.saved_view_serializers import (
    PredefinedSavedViewDefinitionSerializer,
    ViewSavedViewSerializer,
    without_nulls,
)
from projects.models import SavedView
from projects.saved_view_rules import broken_rules
from projects.services.predefined_views import (
    BUILT_IN,
    Definition,
    DuplicateKeysError,
    add_predefined_view,
    definition_of,
    force_predefined_views,
    predefined_views,
    remove_predefined_view,
    replace_predefined_views,
)

MAXIMUM_DEFINITIONS = 100
_DUPLICATE_KEYS = "The predefined saved view definitions contain duplicate keys."
_NOT_FOUND = (404, "The saved view could not be found.")
_DEFINITIONS = PredefinedSavedViewDefinitionSerializer(many=True)


class PredefinedViewsViewSet(WireViewSet):
    tag = "SavedView"
    queryset = SavedView.objects.all()
    not_found_title = "Saved view not found."
    serializer_class = PredefinedSavedViewDefinitionSerializer
    permission_classes = [GlobalAdminPolicy, UserPolicy]
    pagination_class = None

    @extend_schema(
        summary="Get global predefined saved views as seed JSON",
        responses={200: OpenApiResponse(_DEFINITIONS, description="The current predefined saved views.")},
    )
    def list(self, request: Request) -> Response:
        return Response(predefined_views())

    @extend_schema(
        summary="Replace all predefined saved views with the provided definitions",
        description="Organizations take the change over when their views are listed next; changed views stay.",
        request=_DEFINITIONS,
        responses={
            200: OpenApiResponse(_DEFINITIONS, description="The predefined saved views were replaced."),
            **problems(400, 415, 422),
        },
        examples=[OpenApiExample("One view", [BUILT_IN[1]], request_only=True)],
    )
    def replace(self, request: Request) -> Response:
        definitions = _definitions(request)
        try:
            replace_predefined_views(definitions=definitions)
        except DuplicateKeysError:
            raise invalid(key=_DUPLICATE_KEYS) from None
        return Response(definitions)

    @extend_schema(
        summary="Force update organization saved views that match a predefined saved view key",
        description="Whatever people have changed in their organizations' copies is replaced.",
        request=None,
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="The views were updated."),
            **problems((422, _DUPLICATE_KEYS)),
        },
    )
    def force_update(self, request: Request) -> Response:
        try:
            force_predefined_views()
        except DuplicateKeysError:
            raise invalid(key=_DUPLICATE_KEYS) from None
        return Response({"workers": []}, status=202)

    @extend_schema(
        summary="Get an organization's saved views exported as predefined definitions",
        description="Private views are left out.",
        responses={
            200: OpenApiResponse(_DEFINITIONS, description="The organization's saved views as predefined definitions."),
            **problems((404, "The organization could not be found.")),
        },
    )
    def export(self, request: Request, organization_id: str) -> Response:
        if not Organization.objects.alive().filter(pk=organization_id).exists():
            raise not_found("Organization not found.")
        views = SavedView.objects.filter(organization_id=organization_id, user_id="").order_by(
            "view_type", "name", "id"
        )
        return Response([definition_of(view, view.predefined_key or f"{view.view_type}-{view.slug}") for view in views])

    @extend_schema(
        summary="Save a saved view as a global predefined saved view",
        request=None,
        responses={
            200: OpenApiResponse(
                ViewSavedViewSerializer, description="The predefined saved view was created or updated."
            ),
            **problems(_NOT_FOUND),
        },
    )
    def add(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        view = self.find(pk=id)
        add_predefined_view(view=view)
        return Response(ViewSavedViewSerializer(view).data)

    @extend_schema(
        summary="Delete a global predefined saved view",
        description="The copies of organizations stay.",
        responses={204: empty("The predefined saved view was deleted."), **problems(_NOT_FOUND)},
    )
    def remove(self, request: Request, id: str) -> Response:  # noqa: A002
        if not remove_predefined_view(view=self.find(pk=id)):
            raise not_found(self.not_found_title)
        return Response(status=204)

    def visible(self) -> QuerySet[SavedView]:
        """The shared views of all organizations: a private view is no model for others."""
        return SavedView.objects.filter(organization__is_deleted=False, user_id="")


def _definitions(request: Request) -> list[Definition]:
    data = required_data(request)
    if not isinstance(data, list):
        raise bad_request("The request body must be a JSON array.")
    if len(data) > MAXIMUM_DEFINITIONS:
        raise bad_request(f"There can be {MAXIMUM_DEFINITIONS} predefined saved views at the most.")
    serializer = PredefinedSavedViewDefinitionSerializer(data=data, many=True)
    if not serializer.is_valid():
        raise Problem(422, VALIDATION_TITLE, errors=flatten_errors(serializer.errors))
    definitions = [without_nulls(definition) for definition in serializer.validated_data]
    for definition in definitions:
        _check(definition)
    return definitions


def _check(definition: Definition) -> None:
    values: dict[str, Any] = {name: definition.get(name) for name in ("name", "slug", "columns")}
    errors = broken_rules(definition["viewType"], values)
    if not isinstance(definition.get("filterDefinitions", []), list):
        errors["filterDefinitions"] = "Filter definitions must be a JSON array."
    if errors:
        raise Problem(422, VALIDATION_TITLE, errors={name: [message] for name, message in errors.items()})
