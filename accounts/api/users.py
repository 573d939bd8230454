"""Users: the person who asks, and everyone for a global admin."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import Identity
from accounts.models import User
from accounts.selectors import user_view
from accounts.services.users import update_user
from exceptionless_site.api.delta import read_delta
from exceptionless_site.api.errors import not_found
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.text_fields import OptionalTextField, text_limit
from exceptionless_site.api.viewsets import WireViewSet


class ViewUserSerializer(WireSerializer):
    """A UserView as the wire writes it."""

    id = serializers.CharField(source="user.pk")
    organization_ids = serializers.ListField(child=serializers.CharField())
    full_name = serializers.CharField(source="user.full_name")
    email_address = serializers.EmailField(source="user.email_address")
    avatar_url = OptionalTextField()
    email_notifications_enabled = serializers.BooleanField(source="user.email_notifications_enabled")
    is_email_address_verified = serializers.BooleanField(source="user.is_email_address_verified")
    is_active = serializers.BooleanField(source="user.is_active")
    is_invite = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.CharField())


class OAuthAccountSerializer(WireSerializer):
    provider = serializers.CharField()
    provider_user_id = serializers.CharField()
    username = serializers.CharField()
    extra_data = serializers.DictField(child=serializers.CharField())


class ViewCurrentUserSerializer(ViewUserSerializer):
    hash = OptionalTextField(help_text="For the support chat of the official service; absent here.")
    has_local_account = serializers.BooleanField(source="user.has_usable_password")
    o_auth_accounts = OAuthAccountSerializer(many=True)


class UpdateUserSerializer(WireSerializer):
    full_name = serializers.CharField(required=False, **text_limit(250, "FullName"))
    email_notifications_enabled = serializers.BooleanField(required=False)


class UserViewSet(WireViewSet):
    tag = "User"
    queryset = User.objects.all()
    not_found_title = "User not found."
    pagination_class = None
    serializer_classes: ClassVar[dict[str, type[WireSerializer]]] = {"update": UpdateUserSerializer}

    def get_serializer_class(self) -> type[WireSerializer]:
        return self.serializer_classes.get(self.action or "", ViewUserSerializer)

    @extend_schema(
        summary="Get current user",
        description="The person behind the credentials. An API key without a person is refused with 401.",
        responses={200: ViewCurrentUserSerializer, **problems((404, "The current user could not be found."))},
    )
    def me(self, request: Request) -> Response:
        return self._answer(self.require_user())

    @extend_schema(
        summary="Get by id",
        description="Yourself, or anyone for a global admin. Your own answer has the members of the current user.",
        responses={200: ViewUserSerializer, **problems((404, "The user could not be found."))},
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return self._answer(self._reachable(id))

    @extend_schema(
        summary="Update",
        description="Changes what is sent and leaves the rest. PUT and PATCH mean the same.",
        request=UpdateUserSerializer,
        responses={
            200: OpenApiResponse(ViewUserSerializer, description="The user as it is now."),
            **problems((400, "The body is empty or has a value of a wrong type."), (404, "No such user."), 415, 422),
        },
        examples=[
            OpenApiExample("Rename", {"full_name": "Ada Lovelace"}, request_only=True),
            OpenApiExample("No mails", {"email_notifications_enabled": False}, request_only=True),
        ],
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        user = self._reachable(id)
        delta = read_delta(request, UpdateUserSerializer)
        if delta.values:
            update_user(user=user, **delta.values)
        return self._answer(user)

    def _reachable(self, user_id: str) -> User:
        """Yourself or, for a global admin, anyone. Raises 404, and 401 for a key without a person."""
        identity: Identity = self.request.auth  # type: ignore[assignment]
        if identity.is_global_admin:
            user: User | None = self.get_queryset().filter(pk=user_id).first()
        else:
            own: User = self.require_user()
            user = own if own.pk == user_id else None
        if user is None:
            raise not_found(self.not_found_title)
        return user

    def _answer(self, user: User) -> Response:
        identity: Any = self.request.auth
        is_self = identity.user is not None and identity.user.pk == user.pk
        serializer_class = ViewCurrentUserSerializer if is_self else ViewUserSerializer
        return Response(serializer_class(user_view(user, identity)).data)
