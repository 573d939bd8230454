"""Saved views: filters of the pages of events and stacks, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.delta import read_delta
from exceptionless_site.api.errors import VALIDATION_TITLE, Problem, bad_request, not_found
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WorkInProgressResultSerializer, pascal
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.saved_view_serializers import (
    NewSavedViewSerializer,
    UpdateSavedViewSerializer,
    ViewSavedViewSerializer,
)
from projects.models import SavedView
from projects.models.saved_view import VIEW_TYPES
from projects.saved_view_rules import LENGTHS, broken_rules, slug_of
from projects.selectors import listed_views, removable_views
from projects.services.predefined_views import NOBODY, restore_views, seed_views
from projects.services.saved_views import (
    MAXIMUM_PER_ORGANIZATION,
    SavedViewLimitError,
    ViewTakenError,
    create_saved_view,
    delete_saved_views,
    update_saved_view,
)

_ORGANIZATION_NOT_FOUND = "Organization not found."
_NOT_FOUND = (404, "The saved view could not be found.")
_NO_ORGANIZATION = (404, "The organization could not be found.")
_LIST = {200: ViewSavedViewSerializer(many=True), **problems(400, _NO_ORGANIZATION)}
_EXAMPLE = {
    "name": "Checkout errors",
    "view_type": "stacks",
    "filter": "type:error tag:checkout",
    "time": "[now-7d TO now]",
    "columns": {"summary": {"auto_fill": True, "position": 0}, "events": {"width": 120, "position": 1}},
    "is_private": False,
}


class SavedViewViewSet(WireViewSet):
    tag = "SavedView"
    queryset = SavedView.objects.all()
    not_found_title = "Saved view not found."
    serializer_class = ViewSavedViewSerializer
    default_limit: ClassVar[int] = 25

    @extend_schema(
        summary="Get by organization",
        description="Shared views and your private ones, by name. New organizations have a few predefined views.",
        responses=_LIST,
    )
    def list(self, request: Request, organization_id: str) -> Response:
        return self._page(organization_id)

    @extend_schema(
        summary="Get by organization and view",
        description=f"View types: {', '.join(VIEW_TYPES)}.",
        responses=_LIST,
    )
    def list_by_view_type(self, request: Request, organization_id: str, view_type: str) -> Response:
        if view_type not in VIEW_TYPES:
            raise not_found(_ORGANIZATION_NOT_FOUND)
        return self._page(organization_id, view_type=view_type)

    @extend_schema(summary="Get by id", responses={200: ViewSavedViewSerializer, **problems(_NOT_FOUND)})
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return Response(ViewSavedViewSerializer(self.find(pk=id)).data)

    @extend_schema(
        summary="Create",
        description="Name and slug are unique among the views of a type that you can see, whatever their case.",
        request=NewSavedViewSerializer,
        responses={
            201: OpenApiResponse(ViewSavedViewSerializer, description="The new view; its address is in `Location`."),
            **problems(400, 409, 415, 422),
        },
        examples=[OpenApiExample("A view of stacks", _EXAMPLE, request_only=True)],
    )
    def create(self, request: Request, organization_id: str) -> Response:
        creator, identity = self.require_user(), self._identity
        new = read_body(request, NewSavedViewSerializer)
        if not identity.is_in(organization_id):
            raise bad_request("Invalid organization.")
        view_type, is_private = new.pop("view_type"), bool(new.pop("is_private", None))
        new.pop("organization_id", None)
        new["slug"] = (new.get("slug") or "").strip() or slug_of(new["name"])
        _refuse(broken_rules(view_type, new))
        try:
            view = create_saved_view(
                organization_id=organization_id,
                creator=creator,
                view_type=view_type,
                is_private=is_private,
                values=new,
            )
        except SavedViewLimitError:
            raise bad_request(f"Organization is limited to {MAXIMUM_PER_ORGANIZATION} saved views.") from None
        except ViewTakenError as error:
            raise Problem(409, str(error)) from None
        response = Response(ViewSavedViewSerializer(view).data, status=201)
        response["Location"] = request.build_absolute_uri(f"/api/v2/saved-views/{view.pk}")
        return response

    @extend_schema(
        summary="Update",
        description="Changes what is sent and leaves the rest. PUT and PATCH mean the same.",
        request=UpdateSavedViewSerializer,
        responses={
            200: OpenApiResponse(ViewSavedViewSerializer, description="The view as it is now."),
            **problems(400, _NOT_FOUND, 409, 415, 422),
        },
        examples=[OpenApiExample("Another filter", {"filter": "type:error version:2.0"}, request_only=True)],
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        person = self.require_user()
        delta = read_delta(request, UpdateSavedViewSerializer)
        view = self.find(pk=id)
        _refuse(_too_long(delta.values) or broken_rules(view.view_type, _with_null_slug(delta.values, delta.nulls)))
        if delta.values:
            try:
                update_saved_view(view=view, updated_by=person, values=_trimmed(delta.values))
            except ViewTakenError as error:
                raise Problem(409, str(error)) from None
        return Response(ViewSavedViewSerializer(view).data)

    @extend_schema(
        summary="Remove",
        description="Ids are parted by commas.",
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems((400, "Some of the saved views could not be removed."), _NOT_FOUND),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: removable_views(self._identity).filter(pk__in=wanted),
            delete=lambda views: delete_saved_views(views=views),
            missing_title="No saved views found.",
        )

    @extend_schema(
        summary="Create or update predefined saved views",
        description="Makes those again that were removed.",
        request=None,
        responses={
            200: OpenApiResponse(ViewSavedViewSerializer(many=True), description="The predefined views, by name."),
            **problems(_NO_ORGANIZATION),
        },
    )
    def create_predefined(self, request: Request, organization_id: str) -> Response:
        if not self._identity.is_in(organization_id):
            raise not_found(_ORGANIZATION_NOT_FOUND)
        views = restore_views(organization_id=organization_id, user_id=self._person_id)
        return Response(ViewSavedViewSerializer(views, many=True).data)

    @property
    def _identity(self) -> Any:
        return self.request.auth

    @property
    def _person_id(self) -> str:
        return self._identity.user.pk if self._identity.user is not None else NOBODY

    def _page(self, organization_id: str, **conditions: str) -> Response:
        organization = Organization.objects.visible_to(self._identity).filter(pk=organization_id).first()
        if organization is None:
            raise not_found(_ORGANIZATION_NOT_FOUND)
        seed_views(organization=organization, user_id=self._person_id)
        page = self.paginate_queryset(listed_views(self._identity, organization_id).filter(**conditions))
        return self.get_paginated_response(ViewSavedViewSerializer(page, many=True).data)


def _refuse(errors: Mapping[str, str]) -> None:
    if errors:
        raise Problem(422, VALIDATION_TITLE, errors={name: [message] for name, message in errors.items()})


def _too_long(values: Mapping[str, Any]) -> dict[str, str]:
    """Keyed as the wire does it here: without underscores."""
    return {
        name.replace("_", ""): f"{pascal(name)} cannot exceed {limit} characters."
        for name, limit in LENGTHS.items()
        if len(values.get(name) or "") > limit
    }


def _with_null_slug(values: Mapping[str, Any], nulls: frozenset[str]) -> dict[str, Any]:
    """A null changes nothing, except that a view without a slug is refused."""
    return {**values, "slug": None} if "slug" in nulls else dict(values)


def _trimmed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if name in ("name", "slug") else value for name, value in values.items()}
