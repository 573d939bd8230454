"""Users: the person who asks, and everyone for a global admin."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import Identity
from accounts.models import User
from accounts.permissions import GlobalAdminPolicy, UserPolicy
from accounts.selectors import user_view
from accounts.services.users import (
    HasOrganizationsError,
    LastGlobalAdminError,
    delete_users,
    reason_to_keep,
    set_global_admin,
    update_user,
)
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.delta import read_delta
from exceptionless_site.api.errors import Problem, bad_request, not_found
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer, WorkInProgressResultSerializer
from exceptionless_site.api.text_fields import IdentifierField, OptionalTextField, TextSetField, text_limit
from exceptionless_site.api.viewsets import WireViewSet


class ViewUserSerializer(WireSerializer):
    """A UserView as the wire writes it."""

    id = IdentifierField(source="user.pk")
    organization_ids = TextSetField()
    full_name = serializers.CharField(source="user.full_name")
    email_address = serializers.EmailField(source="user.email_address")
    avatar_url = OptionalTextField()
    email_notifications_enabled = serializers.BooleanField(source="user.email_notifications_enabled")
    is_email_address_verified = serializers.BooleanField(source="user.is_email_address_verified")
    is_active = serializers.BooleanField(source="user.is_active")
    is_invite = serializers.BooleanField()
    roles = TextSetField()


class OAuthAccountSerializer(WireSerializer):
    provider = serializers.CharField()
    provider_user_id = serializers.CharField()
    username = serializers.CharField()
    extra_data = serializers.DictField(child=serializers.CharField())


class ViewCurrentUserSerializer(ViewUserSerializer):
    hash = OptionalTextField(help_text="For the support chat of the official service; absent here.")
    has_local_account = serializers.BooleanField(source="user.has_usable_password")
    o_auth_accounts = OAuthAccountSerializer(many=True)


EITHER_VIEW = PolymorphicProxySerializer(
    component_name="AnyUserView",
    serializers=[ViewCurrentUserSerializer, ViewUserSerializer],
    resource_type_field_name=None,
)


class UpdateUserSerializer(WireSerializer):
    full_name = serializers.CharField(required=False, **text_limit(250, "FullName"))
    email_notifications_enabled = serializers.BooleanField(required=False)


class PersonViewSet(WireViewSet):
    """What all operations on one person share: who may reach whom, and how a person is shown."""

    tag = "User"
    queryset = User.objects.all()
    serializer_class: Any = ViewUserSerializer
    not_found_title = "User not found."
    pagination_class = None

    def reachable(self, user_id: str) -> User:
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

    def answer(self, user: User) -> Response:
        identity: Any = self.request.auth
        is_self = identity.user is not None and identity.user.pk == user.pk
        serializer_class = ViewCurrentUserSerializer if is_self else ViewUserSerializer
        return Response(serializer_class(user_view(user, identity)).data)


class UserViewSet(PersonViewSet):
    policies: ClassVar = {"destroy": [UserPolicy, GlobalAdminPolicy]}
    serializer_classes: ClassVar[dict[str, type[WireSerializer]]] = {"update": UpdateUserSerializer}

    def get_serializer_class(self) -> type[WireSerializer]:
        return self.serializer_classes.get(self.action or "", ViewUserSerializer)

    @extend_schema(
        summary="Get current user",
        description="The person behind the credentials. An API key without a person is refused with 401.",
        responses={200: ViewCurrentUserSerializer, **problems((404, "The current user could not be found."))},
    )
    def me(self, request: Request) -> Response:
        return self.answer(self.require_user())

    @extend_schema(
        summary="Delete current user",
        description="Deletes your account, once you belong to no organization; your tokens end with it.",
        responses={
            202: WorkInProgressResultSerializer,
            **problems((400, "You still belong to an organization."), (404, "The current user could not be found.")),
        },
    )
    def destroy_me(self, request: Request) -> Response:
        user = self.require_user()
        _delete([user])
        return Response({"workers": []}, status=202)

    @extend_schema(
        summary="Get by id",
        description="Yourself, or anyone for a global admin. Your own answer has the members of the current user.",
        responses={200: EITHER_VIEW, **problems((404, "The user could not be found."))},
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return self.answer(self.reachable(id))

    @extend_schema(
        summary="Update",
        description="Changes what is sent and leaves the rest. PUT and PATCH mean the same.",
        request=UpdateUserSerializer,
        responses={
            200: OpenApiResponse(EITHER_VIEW, description="The user as it is now."),
            **problems((400, "The body is empty or has a value of a wrong type."), (404, "No such user."), 415, 422),
        },
        examples=[
            OpenApiExample("Rename", {"full_name": "Ada Lovelace"}, request_only=True),
            OpenApiExample("No mails", {"email_notifications_enabled": False}, request_only=True),
        ],
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        user = self.reachable(id)
        delta = read_delta(request, UpdateUserSerializer)
        if delta.values:
            update_user(user=user, **delta.values)
        return self.answer(user)

    @extend_schema(
        summary="Remove",
        description=(
            "Deletes the named people, for global admins. Who belongs to an organization stays, and so does the last "
            "global admin. When only some could be deleted, the answer is a 400 that lists both."
        ),
        responses={
            202: WorkInProgressResultSerializer,
            **problems(
                (400, "One or more users could not be deleted."),
                (404, "One or more users were not found."),
                (500, "An error occurred while deleting one or more users."),
            ),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: self.get_queryset().filter(pk__in=wanted),
            refusal=_refusal,
            delete=_delete,
            missing_title=self.not_found_title or "",
        )


class AdminRoleViewSet(PersonViewSet):
    """Who is a global admin."""

    permission_classes = [UserPolicy, GlobalAdminPolicy]
    serializer_class = WireSerializer

    @extend_schema(
        summary="Add admin role",
        description="Makes the person a global admin. Only global admins may do so.",
        request=None,
        responses={200: empty("The person is a global admin."), **problems((404, "The user could not be found."))},
    )
    def create(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        set_global_admin(user=self.reachable(id), is_global_admin=True)
        return Response()

    @extend_schema(
        summary="Remove admin role",
        description="Takes the role of a global admin from the person; the last one keeps it.",
        responses={
            204: empty("The person is no global admin."),
            **problems((400, "The person is the last global admin."), (404, "The user could not be found.")),
        },
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        try:
            set_global_admin(user=self.reachable(id), is_global_admin=False)
        except LastGlobalAdminError as error:
            raise _problem(error) from None
        return Response(status=204)


def _delete(users: list[User]) -> None:
    try:
        delete_users(users=users)
    except (HasOrganizationsError, LastGlobalAdminError) as error:
        raise _problem(error) from None


def _refusal(user: User) -> Problem | None:
    reason = reason_to_keep(user)
    return _problem(reason) if reason else None


def _problem(reason: Exception) -> Problem:
    if isinstance(reason, HasOrganizationsError):
        return bad_request("Please delete or leave any organizations before deleting your account.")
    return bad_request("The last global admin cannot be removed.")
