"""Billing, which is switched off: whoever asks for it hears what the official server says in that case."""

from __future__ import annotations

from typing import NoReturn

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organizations import NOT_FOUND
from accounts.models import Organization
from exceptionless_site.api.errors import bad_request, not_found
from exceptionless_site.api.schema import OPTIONAL_BODY, empty, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.text_fields import IdentifierField
from exceptionless_site.api.viewsets import WireViewSet

SWITCHED_OFF = "Billing is not enabled on this server."
_NO_BILLING = (404, "The organization could not be found, or there is no billing, as on this server.")


class InvoiceGridModelSerializer(WireSerializer):
    id = serializers.CharField()
    date = WireDateTimeField()
    paid = serializers.BooleanField()
    status = serializers.CharField()
    total = serializers.FloatField()


class InvoiceLineItemSerializer(WireSerializer):
    description = serializers.CharField()
    date = serializers.CharField(required=False, allow_null=True)
    amount = serializers.FloatField()


class InvoiceSerializer(InvoiceGridModelSerializer):
    organization_id = IdentifierField()
    organization_name = serializers.CharField()
    items = InvoiceLineItemSerializer(many=True)


class ChangePlanRequestSerializer(WireSerializer):
    plan_id = serializers.CharField()
    stripe_token = serializers.CharField(required=False, allow_null=True)
    last4 = serializers.CharField(required=False, allow_null=True)
    coupon_id = serializers.CharField(required=False, allow_null=True)


class ChangePlanResultSerializer(WireSerializer):
    success = serializers.BooleanField()
    message = serializers.CharField(required=False, allow_null=True)


class BillingViewSet(WireViewSet):
    tag = "Organization"
    queryset = Organization.objects.all()
    serializer_class = InvoiceGridModelSerializer
    not_found_title = NOT_FOUND
    pagination_class = None

    @extend_schema(
        summary="Get invoices",
        description="Nobody is billed on this server: always 404.",
        parameters=[
            OpenApiParameter("before", str, description="Invoices before this one."),
            OpenApiParameter("after", str, description="Invoices after this one."),
            OpenApiParameter("limit", int, default=12, description="How many invoices, 100 at the most."),
        ],
        responses={200: InvoiceGridModelSerializer(many=True), **problems(_NO_BILLING)},
    )
    def invoices(self, request: Request, id: str) -> NoReturn:  # noqa: A002 - the wire's name
        self._refuse(id)

    @extend_schema(
        summary="Get invoice",
        description="Nobody is billed on this server: always 404.",
        responses={200: InvoiceSerializer, **problems((404, "There are no invoices on this server."))},
    )
    def invoice(self, request: Request, id: str) -> NoReturn:  # noqa: A002
        raise not_found(SWITCHED_OFF)

    @extend_schema(
        summary="Change plan",
        description="Nobody is billed on this server: always 404. A global admin changes plans in the admin or by "
        "`POST /api/v2/admin/change-plan`.",
        parameters=[
            OpenApiParameter("planId", str, description="The plan, where there is no body."),
            OpenApiParameter("stripeToken", str, description="The payment token, where there is no body."),
            OpenApiParameter("last4", str, description="The last digits of the card, where there is no body."),
            OpenApiParameter("couponId", str, description="The coupon, where there is no body."),
        ],
        request=ChangePlanRequestSerializer,
        responses={200: ChangePlanResultSerializer, **problems(_NO_BILLING, 422)},
        extensions=OPTIONAL_BODY,
        examples=[OpenApiExample("Another plan", {"plan_id": "EX_SMALL"}, request_only=True)],
    )
    def change_plan(self, request: Request, id: str) -> NoReturn:  # noqa: A002
        self._refuse(id)

    def _refuse(self, organization_id: str) -> NoReturn:
        self.find(pk=organization_id)
        raise not_found(SWITCHED_OFF)


class StripeViewSet(WireViewSet):
    tag = "Status"
    queryset = Organization.objects.none()
    serializer_class = WireSerializer
    permission_classes = [AllowAny]
    pagination_class = None

    @extend_schema(
        summary="Receive a payment event",
        description="Without billing no signature can be right: always 400.",
        request=None,
        responses={200: empty("Received."), **problems((400, "The signature is not valid."))},
    )
    def receive(self, request: Request) -> Response:
        raise bad_request(SWITCHED_OFF)
