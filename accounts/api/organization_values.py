"""Single values of an organization: custom data and feature flags."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organizations import NOT_FOUND
from accounts.models import Organization
from accounts.permissions import GlobalAdminPolicy, UserPolicy
from accounts.services.organizations import (
    InvalidDataError,
    add_feature,
    remove_data_value,
    remove_feature,
    set_data_value,
)
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import bad_request
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.json import clean_text

_MISSING = (404, "The organization could not be found.")


class StringValueFromBodySerializer(WireSerializer):
    value = serializers.CharField(allow_blank=True, allow_null=True)


class OptionalValueSerializer(WireSerializer):
    """For reading: left out it counts as null, which the operations refuse in their own words."""

    value = serializers.CharField(required=False, allow_blank=True, allow_null=True)


def value_of_body(request: Request) -> str:
    """The trimmed `value` of the body; empty when it is missing, null or blank."""
    return read_body(request, OptionalValueSerializer).get("value") or ""


class OrganizationDataViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.all()
    serializer_class = StringValueFromBodySerializer
    not_found_title = NOT_FOUND
    pagination_class = None

    @extend_schema(
        summary="Add custom data",
        description="Stores a text under a key. Keys that start with `-` belong to the server.",
        request=StringValueFromBodySerializer,
        responses={200: empty("Stored."), **problems((400, "The key or the value cannot be stored."), _MISSING, 415)},
        examples=[OpenApiExample("Value", {"value": "blue"}, request_only=True)],
    )
    def create(self, request: Request, id: str, key: str) -> Response:  # noqa: A002 - the wire's name
        organization = self.find(pk=id)
        value = value_of_body(request)
        try:
            set_data_value(organization=organization, key=clean_text(key), value=value)
        except InvalidDataError:
            raise bad_request("Invalid key or value.") from None
        return Response()

    @extend_schema(
        summary="Remove custom data",
        description="Succeeds as well when there is no such key.",
        responses={200: empty("There is no such key any more."), **problems(_MISSING)},
    )
    def destroy(self, request: Request, id: str, key: str) -> Response:  # noqa: A002
        remove_data_value(organization=self.find(pk=id), key=clean_text(key))
        return Response()


class OrganizationFeatureViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.all()
    serializer_class = WireSerializer
    permission_classes = [UserPolicy, GlobalAdminPolicy]
    not_found_title = NOT_FOUND
    pagination_class = None

    @extend_schema(
        summary="Add feature",
        description="Sets a feature flag. For global admins.",
        request=None,
        responses={200: empty("The flag is set."), **problems((400, "The name of the flag is blank."), _MISSING)},
    )
    def create(self, request: Request, id: str, feature: str) -> Response:  # noqa: A002
        add_feature(organization=self.find(pk=id), feature=_flag(feature))
        return Response()

    @extend_schema(
        summary="Remove feature",
        description="Takes a feature flag away. For global admins.",
        responses={
            200: empty("The flag is not set any more."),
            **problems((400, "The name of the flag is blank."), _MISSING),
        },
    )
    def destroy(self, request: Request, id: str, feature: str) -> Response:  # noqa: A002
        remove_feature(organization=self.find(pk=id), feature=_flag(feature))
        return Response()


def _flag(text: str) -> str:
    flag = clean_text(text).strip().lower()
    if not flag:
        raise bad_request("Invalid feature flag.")
    return flag
