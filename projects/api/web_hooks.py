"""Web hooks, and the routes by which Zapier makes and removes its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import ClientPolicy, UserPolicy
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.errors import VALIDATION_TITLE, Problem, bad_request, invalid, not_found, upgrade_required
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer, WorkInProgressResultSerializer, pascal
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.json import clean_text
from projects.api.fields import IdentifierField
from projects.models import Project, WebHook
from projects.models.web_hook import EVENT_TYPES, VERSION_1, VERSION_2
from projects.services.web_hooks import (
    MAXIMUM_PER_PROJECT,
    WebHookLimitError,
    create_web_hook,
    delete_web_hooks,
    is_zapier,
    unsubscribe,
)

LONGEST_URL = 2_000
_LONGEST_PATH = "The field Url must be a string or array type with a maximum length of '2000'."
_NO_URL = "The Url field is not a valid fully-qualified http, https, or ftp URL."
_NO_TYPES = (
    "The field EventTypes must be a string or collection type with a minimum length of '1' and maximum length of '6'."
)
_NEEDED = ("organization_id", "project_id", "url", "event_types")
_SCHEMES = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
_VERSION = re.compile(r"\d+(\.\d+){1,3}")
_ZAPIER_NOT_FOUND = "Webhook target not found."
_UPGRADE = "Please upgrade your plan to add integrations."
_NOT_FOUND = (404, "The web hook could not be found.")


class WebHookSerializer(WireSerializer):
    id = IdentifierField()
    organization_id = IdentifierField()
    project_id = IdentifierField()
    url = serializers.URLField()
    event_types = serializers.ListField(child=serializers.CharField(), min_length=1, max_length=6)
    is_enabled = serializers.BooleanField()
    version = serializers.CharField(help_text="The schema version that should be used.")
    created_utc = WireDateTimeField()


@extend_schema_field({"type": "string", "pattern": rf"^{_VERSION.pattern}$"})
class VersionField(serializers.CharField):
    """Described only: another version is a 400, not a 422."""


class NewWebHookSerializer(WireSerializer):
    organization_id = IdentifierField()
    project_id = IdentifierField()
    url = serializers.URLField()
    event_types = serializers.ListField(child=serializers.CharField())
    version = VersionField(required=False, allow_null=True, help_text="The schema version that should be used.")


class NewWebHookBodySerializer(NewWebHookSerializer):
    """For reading: what is missing or empty is refused afterwards, in the wire's order and words."""

    organization_id = IdentifierField(required=False, allow_null=True)
    project_id = IdentifierField(required=False, allow_null=True)
    url = serializers.CharField(required=False, allow_null=True, allow_blank=True)  # type: ignore[assignment]  # any text
    event_types = serializers.ListField(child=serializers.CharField(allow_blank=True), required=False, allow_null=True)
    version = VersionField(required=False, allow_null=True, allow_blank=True)

    def validate_url(self, value: str | None) -> str | None:
        if value and not _SCHEMES.match(value):
            raise serializers.ValidationError(_NO_URL)
        if value and len(value) > LONGEST_URL:
            raise serializers.ValidationError(_LONGEST_PATH)
        return value


class SubscriptionSerializer(WireSerializer):
    """What Zapier sends; the names are matched as they are written."""

    event = serializers.CharField()
    target_url = serializers.CharField()


class UnsubscriptionSerializer(WireSerializer):
    target_url = serializers.CharField()


class TestMessageSerializer(WireSerializer):
    id = serializers.IntegerField()
    message = serializers.CharField()


_TEST_MESSAGES = [{"id": number, "message": f"Test message {number}."} for number in (1, 2)]
_SUBSCRIBED = {
    201: OpenApiResponse(WebHookSerializer, description="The new web hook; its address is in `Location`."),
    **problems((400, "The credentials belong to no project."), (404, _ZAPIER_NOT_FOUND), 415, 422, 426),
}
_ZAPIER_EXAMPLE = {"event": "NewError", "target_url": "https://hooks.zapier.com/hooks/standard/1/abc/"}


class WebHookViewSet(WireViewSet):
    tag = "WebHook"
    queryset = WebHook.objects.all()
    not_found_title = "Web hook not found."
    serializer_class = WebHookSerializer
    permission_classes = [ClientPolicy, UserPolicy]
    policies = {
        "subscribe": [ClientPolicy],
        "subscribe_first_version": [ClientPolicy],
        "subscribe_any_version": [ClientPolicy],
        "unsubscribe": [AllowAny],
        "test": [ClientPolicy],
        "test_by_post": [ClientPolicy],
    }

    @extend_schema(
        summary="Get by project",
        description="Oldest first.",
        responses={200: WebHookSerializer(many=True), **problems(400, (404, "The project could not be found."))},
    )
    def list(self, request: Request, project_id: str) -> Response:
        project = Project.objects.visible_to(request.auth).filter(pk=project_id).first()  # type: ignore[arg-type]
        if project is None:
            raise not_found("Project not found.")
        rows = WebHook.objects.filter(organization_id=project.organization_id, project_id=project.pk)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(WebHookSerializer(page, many=True).data)

    @extend_schema(summary="Get by id", responses={200: WebHookSerializer, **problems(_NOT_FOUND)})
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return Response(WebHookSerializer(self.find(pk=id)).data)

    @extend_schema(
        summary="Create",
        description=f"Event types: {', '.join(EVENT_TYPES)}. An address that ends in `/slack` gets Slack's messages.",
        request=NewWebHookSerializer,
        responses={
            201: OpenApiResponse(WebHookSerializer, description="The new web hook; its address is in `Location`."),
            **problems(400, 409, 415, 422, 426),
        },
        examples=[
            OpenApiExample(
                "New errors",
                {
                    "organization_id": "537650f3b77efe23a47914f3",
                    "project_id": "537650f3b77efe23a47914f4",
                    "url": "https://example.com/hooks/errors",
                    "event_types": ["NewError", "StackRegression"],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        new = read_body(request, NewWebHookBodySerializer)
        missing = {name: [f"The {pascal(name)} field is required."] for name in _NEEDED if new.get(name) is None}
        if missing:
            raise Problem(400, VALIDATION_TITLE, errors=missing)
        if not new["url"] or not new["event_types"]:
            raise bad_request("Url and EventTypes are required.")
        if new.get("version") and not _VERSION.fullmatch(new["version"]):
            raise bad_request("Invalid version.")
        project = self._project(new["organization_id"], new["project_id"])
        return self._created(project, new["url"], new["event_types"], VERSION_2)

    @extend_schema(
        summary="Remove",
        description="Ids are parted by commas. Calls that wait are not made any more.",
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems((400, "Some of the web hooks could not be removed."), _NOT_FOUND),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: self.visible().filter(pk__in=wanted),
            delete=lambda rows: delete_web_hooks(web_hooks=rows),
            missing_title="No web hooks found.",
        )

    @extend_schema(
        summary="Subscribe",
        description="For Zapier: a web hook of the project that the API key belongs to.",
        request=SubscriptionSerializer,
        responses=_SUBSCRIBED,
        examples=[OpenApiExample("Zapier", _ZAPIER_EXAMPLE, request_only=True)],
    )
    def subscribe(self, request: Request) -> Response:
        return self._subscribe(VERSION_2)

    @extend_schema(
        summary="Subscribe",
        description="For Zapier: the first version of the API, whose calls have the first version's members.",
        request=SubscriptionSerializer,
        responses=_SUBSCRIBED,
        examples=[OpenApiExample("Zapier", _ZAPIER_EXAMPLE, request_only=True)],
    )
    def subscribe_first_version(self, request: Request) -> Response:
        return self._subscribe(VERSION_1)

    @extend_schema(exclude=True)
    def subscribe_any_version(self, request: Request, api_version: str) -> Response:
        return self._subscribe(VERSION_1 if int(api_version) == 1 else VERSION_2)

    @extend_schema(
        summary="Unsubscribe",
        description="For Zapier: removes the web hooks with that address, which must be one of Zapier's.",
        request=UnsubscriptionSerializer,
        responses={200: empty("Gone"), **problems(400, (404, _ZAPIER_NOT_FOUND), 415)},
        examples=[OpenApiExample("Zapier", {"target_url": _ZAPIER_EXAMPLE["target_url"]}, request_only=True)],
    )
    def unsubscribe(self, request: Request) -> Response:
        url = _text(_members(request), "target_url")
        if not is_zapier(url):
            raise not_found(_ZAPIER_NOT_FOUND)
        unsubscribe(url=url)
        return Response()

    @extend_schema(
        summary="Test",
        description="For Zapier: two messages to try a connection with.",
        responses={200: TestMessageSerializer(many=True)},
    )
    def test(self, request: Request) -> Response:
        return Response(_TEST_MESSAGES)

    @extend_schema(
        summary="Test",
        description="For Zapier: the same as by GET.",
        request=None,
        responses={200: TestMessageSerializer(many=True)},
    )
    def test_by_post(self, request: Request) -> Response:
        return Response(_TEST_MESSAGES)

    def _subscribe(self, version: str) -> Response:
        identity: Any = self.request.auth
        members = _members(self.request)
        event, url = _text(members, "event"), _text(members, "target_url")
        project_id = identity.project_id or identity.default_project_id
        if project_id is None or not event or not url:
            raise bad_request("The event, the target_url and an API key of a project are required.")
        if not is_zapier(url) or len(url) > LONGEST_URL:
            raise not_found(_ZAPIER_NOT_FOUND)
        project = Project.objects.visible_to(identity).filter(pk=project_id).first()
        if project is None:
            raise bad_request("Invalid project id specified.")
        return self._created(project, url, [event], version)

    def _project(self, organization_id: str, project_id: str) -> Project:
        identity: Any = self.request.auth
        if not identity.is_in(organization_id):
            raise bad_request("Invalid organization id specified.")
        project = Project.objects.alive().filter(organization_id=organization_id, pk=project_id).first()
        if project is None:
            raise bad_request("Invalid project id specified.")
        return project

    def _created(self, project: Project, url: str, event_types: Sequence[str], version: str) -> Response:
        if not project.organization.has_premium_features:
            raise upgrade_required(_UPGRADE)
        _check_event_types(event_types)
        try:
            web_hook = create_web_hook(
                organization_id=project.organization_id,
                project_id=project.pk,
                url=url,
                event_types=event_types,
                version=version,
            )
        except WebHookLimitError:
            raise bad_request(f"A project is limited to {MAXIMUM_PER_PROJECT} web hooks.") from None
        response = Response(WebHookSerializer(web_hook).data, status=201)
        response["Location"] = self.request.build_absolute_uri(f"/api/v2/webhooks/{web_hook.pk}")
        return response


def _check_event_types(event_types: Sequence[str]) -> None:
    unknown = next((name for name in event_types if name not in EVENT_TYPES), None)
    if unknown is not None:
        raise invalid(event_types=f"'{unknown[:100]}' is not a valid event type.")
    if len(event_types) > len(EVENT_TYPES):
        raise invalid(event_types=_NO_TYPES)


def _members(request: Request) -> Mapping[str, Any]:
    data = request.data
    if not isinstance(data, dict):
        raise bad_request("The request body must be a JSON object.")
    return data


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return clean_text(value).strip() if isinstance(value, str) else ""
