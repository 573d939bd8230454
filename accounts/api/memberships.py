"""Members and invites of an organization."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organizations import NOT_FOUND
from accounts.api.users import OAuthAccountSerializer, ViewUserSerializer
from accounts.models import Invite, Organization, User
from accounts.selectors import members_and_invites, user_view
from accounts.services.email_addresses import EmailAddressError
from accounts.services.memberships import LastMemberError, UserLimitError, add_user, remove_user
from exceptionless_site.api.errors import bad_request, invalid, upgrade_required
from exceptionless_site.api.pagination import MAXIMUM_SKIP, link, page_and_limit
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.text_fields import IdentifierField, TextSetField
from exceptionless_site.api.viewsets import WireViewSet

_UNSET_DATE = "0001-01-01T00:00:00"
_PAGE = OpenApiParameter("page", int, default=1, description="The page to read, counted from 1.")
_LIMIT = OpenApiParameter("limit", int, default=10, description="How many users a page holds, 100 at the most.")
_ABSENT: dict[str, Any] = {"required": False, "help_text": "Never sent."}


class UserSerializer(WireSerializer):
    """The answer to adding someone: little more than the address, in the shape of the official server."""

    id = IdentifierField(**_ABSENT)
    organization_ids = TextSetField()
    password = serializers.CharField(allow_null=True, **_ABSENT)
    salt = serializers.CharField(allow_null=True, **_ABSENT)
    password_reset_token = serializers.CharField(allow_null=True, **_ABSENT)
    o_auth_accounts = OAuthAccountSerializer(many=True)
    full_name = serializers.CharField(**_ABSENT)
    avatar_file_name = serializers.CharField(allow_null=True, max_length=2000, **_ABSENT)
    roles = TextSetField()
    email_address = serializers.EmailField()
    email_notifications_enabled = serializers.BooleanField()
    is_email_address_verified = serializers.BooleanField()
    is_active = serializers.BooleanField()
    is_invite = serializers.BooleanField()
    password_reset_token_expiration = WireDateTimeField()
    verify_email_address_token = serializers.CharField(allow_null=True, **_ABSENT)
    verify_email_address_token_expiration = WireDateTimeField()
    created_utc = WireDateTimeField()
    updated_utc = WireDateTimeField()


class InvitedUserSerializer(WireSerializer):
    """Somebody who has no account yet."""

    email_address = serializers.EmailField()
    email_notifications_enabled = serializers.BooleanField()
    is_email_address_verified = serializers.BooleanField()
    is_active = serializers.BooleanField()
    is_invite = serializers.BooleanField()


_PEOPLE = PolymorphicProxySerializer(
    component_name="ViewUserOrInvited",
    serializers=[ViewUserSerializer, InvitedUserSerializer],
    resource_type_field_name=None,
    many=True,
)


class OrganizationUsersViewSet(WireViewSet):
    """The list of an organization's people."""

    tag = "User"
    queryset = Organization.objects.all()
    serializer_class = ViewUserSerializer
    not_found_title = "User not found."
    pagination_class = None

    @extend_schema(
        summary="Get by organization",
        description="Members by e-mail address, then the open invites, which have an address and little else.",
        parameters=[_PAGE, _LIMIT],
        responses={200: _PEOPLE, **problems(400, (404, "The organization could not be found."))},
    )
    def list(self, request: Request, organization_id: str) -> Response:
        organization = self.find(pk=organization_id)
        page, limit = page_and_limit(request)
        start = (page - 1) * limit
        rows, total = ([], 0) if start > MAXIMUM_SKIP else members_and_invites(organization, start, start + limit)
        response = Response([self._shown(row) for row in rows])
        response["X-Result-Count"] = str(total)
        links = [link(request, "previous", page=str(page - 1))] if page > 1 else []
        if total > page * limit:
            links.append(link(request, "next", page=str(page + 1)))
        if links:
            response["Link"] = ", ".join(links)
        return response

    def _shown(self, row: User | Invite) -> dict[str, Any]:
        if isinstance(row, Invite):
            return {
                "email_address": row.email_address,
                "email_notifications_enabled": False,
                "is_email_address_verified": False,
                "is_active": False,
                "is_invite": True,
            }
        identity: Any = self.request.auth
        return ViewUserSerializer().to_representation(user_view(row, identity))


class MembershipViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.all()
    serializer_class = WireSerializer
    not_found_title = NOT_FOUND
    pagination_class = None

    @extend_schema(
        summary="Add user",
        description="Makes the person a member, or invites the address when nobody has it yet. Needs no body.",
        request=None,
        responses={
            200: OpenApiResponse(UserSerializer, description="Added or invited."),
            **problems(
                (404, "The organization could not be found."),
                422,
                (426, "The plan of the organization allows no further user."),
            ),
        },
    )
    def create(self, request: Request, id: str, email: str) -> Response:  # noqa: A002 - the wire's name
        organization = self.find(pk=id)
        try:
            identity: Any = request.auth
            added = add_user(organization=organization, email_address=email, sender=identity.user)
        except UserLimitError:
            raise upgrade_required("Please upgrade your plan to add an additional user.") from None
        except EmailAddressError:
            raise invalid(email_address="The EmailAddress field is not a valid e-mail address.") from None
        return Response(_added(email, is_invite=isinstance(added, Invite)))

    @extend_schema(
        summary="Remove user",
        description="Ends the membership or withdraws the invite; succeeds as well when there is none.",
        responses={
            200: empty("The address is no longer in the organization."),
            **problems(
                (400, "The last member cannot be removed."),
                (404, "The organization could not be found."),
            ),
        },
    )
    def destroy(self, request: Request, id: str, email: str) -> Response:  # noqa: A002
        try:
            remove_user(organization=self.find(pk=id), email_address=email)
        except LastMemberError:
            raise bad_request("An organization must contain at least one user.") from None
        return Response()


def _added(email: str, *, is_invite: bool) -> dict[str, Any]:
    return {
        "organization_ids": [],
        "o_auth_accounts": [],
        "roles": [],
        "email_address": email,
        "email_notifications_enabled": True,
        "is_email_address_verified": False,
        "is_active": True,
        "is_invite": is_invite,
        "password_reset_token_expiration": _UNSET_DATE,
        "verify_email_address_token_expiration": _UNSET_DATE,
        "created_utc": _UNSET_DATE,
        "updated_utc": _UNSET_DATE,
    }
