"""Notes of the server's admins: the system notification, which stays, and the release notification, which passes."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import GlobalAdminPolicy, UserPolicy
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import not_found
from exceptionless_site.api.pagination import boolean_parameter
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.models import SystemNotification, SystemNotificationLevel, SystemNotificationTarget
from exceptionless_site.core.notifications import (
    clear_system_notification,
    publish_release,
    set_system_notification,
    system_notification,
)

_ADMIN = [UserPolicy, GlobalAdminPolicy]
_PUBLISH = OpenApiParameter("publish", bool, default=True, description="Whether open browsers hear of it at once.")


class WordField(serializers.ChoiceField):
    """One of the words, in any case of letters."""

    def to_internal_value(self, data: Any) -> Any:
        found = {str(choice).lower(): choice for choice in self.choices}
        return super().to_internal_value(found.get(str(data).lower(), data))


class SystemNotificationSerializer(WireSerializer):
    date = WireDateTimeField(read_only=True)
    message = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    level = WordField(choices=SystemNotificationLevel.choices, required=False, default=SystemNotificationLevel.INFO)
    target = WordField(choices=SystemNotificationTarget.choices, required=False, default=SystemNotificationTarget.BOTH)


class ReleaseNotificationSerializer(WireSerializer):
    critical = serializers.BooleanField()
    date = WireDateTimeField()
    message = serializers.CharField(required=False, allow_null=True)


class ReleaseMessageSerializer(WireSerializer):
    value = serializers.CharField(required=False, allow_blank=True, allow_null=True)


class NotificationViewSet(WireViewSet):
    tag = "Status"
    queryset = SystemNotification.objects.all()
    serializer_class = SystemNotificationSerializer
    pagination_class = None
    filter_backends = ()
    policies: ClassVar = {"create": _ADMIN, "destroy": _ADMIN}

    @extend_schema(
        summary="Get system notification",
        description="What the server's admins want everybody to read.",
        responses={200: SystemNotificationSerializer, 204: empty("There is none.")},
    )
    def retrieve(self, request: Request) -> Response:
        row = system_notification()
        return Response(status=204) if row is None else Response(SystemNotificationSerializer(row).data)

    @extend_schema(
        summary="Set system notification",
        description="Everybody sees the message in the web UI until it is removed.",
        parameters=[_PUBLISH],
        request=SystemNotificationSerializer,
        responses={
            200: OpenApiResponse(SystemNotificationSerializer, description="The notification as it is shown."),
            **problems(400, (404, "There is no message."), 415, 422),
        },
        examples=[
            OpenApiExample(
                "Maintenance",
                {"message": "Back at 14:00 UTC.", "level": "Warning", "target": "Both"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        publish = boolean_parameter(request, "publish", default=True)
        body = read_body(request, SystemNotificationSerializer)
        message = (body.get("message") or "").strip()
        if not message:
            raise not_found("There is no message.")
        row = set_system_notification(message=message, level=body["level"], target=body["target"], publish=publish)
        return Response(SystemNotificationSerializer(row).data)

    @extend_schema(
        summary="Remove system notification",
        description="Succeeds as well when there is none.",
        parameters=[_PUBLISH],
        responses={200: empty("There is none any more."), **problems(400)},
    )
    def destroy(self, request: Request) -> Response:
        clear_system_notification(publish=boolean_parameter(request, "publish", default=True))
        return Response()


class ReleaseNotificationViewSet(WireViewSet):
    tag = "Status"
    queryset = SystemNotification.objects.none()
    serializer_class = ReleaseMessageSerializer
    permission_classes = _ADMIN
    pagination_class = None

    @extend_schema(
        summary="Announce a release",
        description="Tells open browsers that there is a new version of the web UI; nothing is stored.",
        parameters=[
            OpenApiParameter("critical", bool, default=False, description="Whether browsers load it at once."),
        ],
        request=ReleaseMessageSerializer,
        responses={
            200: OpenApiResponse(ReleaseNotificationSerializer, description="What the browsers are told."),
            **problems(400, 415, 422),
        },
        examples=[OpenApiExample("A message", {"value": "Version 8.2 is here."}, request_only=True)],
    )
    def announce(self, request: Request) -> Response:
        critical = boolean_parameter(request, "critical", default=False)
        message = read_body(request, ReleaseMessageSerializer).get("value") or None
        shown = {"critical": critical, "message": message, "date": publish_release(message=message, critical=critical)}
        return Response(ReleaseNotificationSerializer(shown).data)
