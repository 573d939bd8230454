"""Which mails people get of a project, and which messages its Slack channel gets."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import GlobalAdminPolicy
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import not_found, upgrade_required
from exceptionless_site.api.schema import OPTIONAL_BODY, empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from projects.models import NotificationSetting, Project
from projects.models.notification_setting import SLACK, WISHES
from projects.selectors import notification_settings_of
from projects.services.notification_settings import remove_notification_settings, set_notification_settings

_UPGRADE = "Please upgrade your plan to enable slack integration."


class NotificationSettingsSerializer(WireSerializer):
    send_daily_summary = serializers.BooleanField()
    report_new_errors = serializers.BooleanField()
    report_critical_errors = serializers.BooleanField()
    report_event_regressions = serializers.BooleanField()
    report_new_events = serializers.BooleanField()
    report_critical_events = serializers.BooleanField()


class NotificationWishesSerializer(WireSerializer):
    """For reading: what is left out is off."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.BooleanField(default=False) for name in WISHES}


_BY_RECIPIENT = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/NotificationSettings"}}
_NOT_FOUND = (404, "The project could not be found.")
_INTEGRATION_NOT_FOUND = (404, "The project or integration could not be found.")
_EXAMPLES = [OpenApiExample("Errors only", {"report_new_errors": True, "report_critical_errors": True})]


class _NotificationsViewSet(WireViewSet):
    tag = "Project"
    queryset = Project.objects.select_related("organization")
    not_found_title = "Project not found."
    serializer_class = NotificationSettingsSerializer
    pagination_class = None

    def _shown(self, project: Project, recipient: str) -> Response:
        row = NotificationSetting.objects.filter(
            organization_id=project.organization_id, project_id=project.pk, recipient=recipient
        ).first()
        return Response(row.wishes if row is not None else dict.fromkeys(WISHES, False))

    def _store(self, project: Project, recipient: str) -> Response:
        """No body, or JSON's null, means: no notifications at all."""
        if self.request.stream is None or self.request.data is None:
            remove_notification_settings(project=project, recipient=recipient)
        else:
            wishes = read_body(self.request, NotificationWishesSerializer)
            set_notification_settings(project=project, recipient=recipient, wishes=wishes)
        return Response()


class UserNotificationsViewSet(_NotificationsViewSet):
    """Of one person: of oneself, or of anybody for a global admin."""

    @extend_schema(
        summary="Get user notification settings",
        responses={200: NotificationSettingsSerializer, **problems(_NOT_FOUND)},
    )
    def retrieve(self, request: Request, user_id: str, id: str) -> Response:  # noqa: A002 - the wire's name
        return self._shown(self._project(user_id, id), user_id)

    @extend_schema(
        summary="Set user notification settings",
        description="Replaces the settings; no body, or null, removes them. PUT and POST mean the same.",
        request=NotificationSettingsSerializer,
        responses={200: empty("Stored"), **problems(400, _NOT_FOUND, 415)},
        examples=_EXAMPLES,
        extensions=OPTIONAL_BODY,
    )
    def store(self, request: Request, user_id: str, id: str) -> Response:  # noqa: A002
        return self._store(self._project(user_id, id), user_id)

    @extend_schema(
        summary="Remove user notification settings",
        responses={200: empty("Gone"), **problems(_NOT_FOUND)},
    )
    def remove(self, request: Request, user_id: str, id: str) -> Response:  # noqa: A002
        remove_notification_settings(project=self._project(user_id, id), recipient=user_id)
        return Response()

    def _project(self, user_id: str, project_id: str) -> Project:
        """The project, when the caller may decide for that person."""
        identity: Any = self.request.auth
        is_self = identity.user is not None and identity.user.pk == user_id
        if not is_self and not (identity.is_global_admin and User.objects.filter(pk=user_id).exists()):
            raise not_found(self.not_found_title)
        project: Project = self.find(pk=project_id)
        return project


class ProjectNotificationsViewSet(_NotificationsViewSet):
    permission_classes = [GlobalAdminPolicy]

    @extend_schema(
        summary="Get notification settings",
        description="Those of all recipients, by user id, or `slack` for the Slack channel.",
        responses={200: _BY_RECIPIENT, **problems(_NOT_FOUND)},
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002
        return Response(notification_settings_of(self.find(pk=id)))


class IntegrationNotificationsViewSet(_NotificationsViewSet):
    @extend_schema(
        summary="Get an integrations notification settings",
        description="The only integration is `slack`.",
        responses={200: NotificationSettingsSerializer, **problems(_INTEGRATION_NOT_FOUND)},
    )
    def retrieve(self, request: Request, id: str, integration: str) -> Response:  # noqa: A002
        return self._shown(self._project(id, integration), integration)

    @extend_schema(
        summary="Set an integrations notification settings",
        description="Replaces the settings; no body, or null, removes them. PUT and POST mean the same.",
        request=NotificationSettingsSerializer,
        responses={
            200: empty("Stored"),
            **problems(400, _INTEGRATION_NOT_FOUND, 415, (426, "Please upgrade your plan to enable integrations.")),
        },
        examples=_EXAMPLES,
        extensions=OPTIONAL_BODY,
    )
    def store(self, request: Request, id: str, integration: str) -> Response:  # noqa: A002
        project = self._project(id, integration)
        if not project.organization.has_premium_features:
            raise upgrade_required(_UPGRADE)
        return self._store(project, integration)

    def _project(self, project_id: str, integration: str) -> Project:
        if integration != SLACK:
            raise not_found(self.not_found_title)
        project: Project = self.find(pk=project_id)
        return project
