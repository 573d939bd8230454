"""How an organization looks on the wire, and what is sent to make or change one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from exceptionless_site.api.serializers import LongField, WireDateTimeField, WireSerializer
from exceptionless_site.api.text_fields import IdentifierField, OptionalTextField, TextSetField, text_limit
from exceptionless_site.core.dates import format_utc

BILLING_STATUSES = [(0, "Trialing"), (1, "Active"), (2, "PastDue"), (3, "Canceled"), (4, "Unpaid")]


class InviteSerializer(WireSerializer):
    token = serializers.CharField()
    email_address = serializers.EmailField()
    date_added = WireDateTimeField()


class UsageHourInfoSerializer(WireSerializer):
    """Hours come by the hundred and are plain counts already: they are written without a look at each field."""

    date = WireDateTimeField()
    total = serializers.IntegerField()
    blocked = serializers.IntegerField()
    discarded = serializers.IntegerField()
    too_big = serializers.IntegerField()
    deleted = serializers.IntegerField()

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return instance | {"date": format_utc(instance["date"])}


class UsageInfoSerializer(UsageHourInfoSerializer):
    limit = serializers.IntegerField()


class VisibleDataField(serializers.DictField):
    """Custom data without the keys that belong to the server."""

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return {key: item for key, item in value.items() if not key.startswith("-")}


class ViewOrganizationSerializer(WireSerializer):
    """An OrganizationView as the wire writes it."""

    id = IdentifierField(source="organization.pk")
    created_utc = WireDateTimeField(source="organization.created_utc")
    updated_utc = WireDateTimeField(source="organization.updated_utc")
    name = serializers.CharField()
    icon_url = OptionalTextField(source="organization.icon_url")
    plan_id = serializers.CharField(source="organization.plan_id")
    plan_name = serializers.CharField(source="organization.plan.name")
    plan_description = serializers.CharField(source="organization.plan.description")
    # Nobody is billed here: the next four stay absent.
    card_last4 = OptionalTextField()
    subscribe_date = WireDateTimeField(required=False, allow_null=True)
    billing_change_date = WireDateTimeField(required=False, allow_null=True)
    billing_changed_by_user_id = IdentifierField(required=False, allow_null=True)
    billing_status = serializers.ChoiceField(choices=BILLING_STATUSES)
    billing_price = serializers.FloatField(source="organization.plan.price")
    max_events_per_month = serializers.IntegerField(source="organization.max_events_per_month")
    bonus_events_per_month = serializers.IntegerField(source="organization.bonus_events_per_month")
    bonus_expiration = WireDateTimeField(source="organization.bonus_expiration", required=False, allow_null=True)
    retention_days = serializers.IntegerField(source="organization.effective_retention_days")
    is_suspended = serializers.BooleanField(source="organization.is_suspended")
    suspension_code = OptionalTextField(source="organization.suspension_code")
    suspension_notes = OptionalTextField(source="organization.suspension_notes")
    suspension_date = WireDateTimeField(source="organization.suspension_date", required=False, allow_null=True)
    has_premium_features = serializers.BooleanField(source="organization.has_premium_features")
    features = TextSetField(source="organization.features")
    max_users = serializers.IntegerField(source="organization.max_users")
    max_projects = serializers.IntegerField(source="organization.max_projects")
    project_count = LongField()
    stack_count = LongField(source="totals.stacks")
    event_count = LongField(source="totals.events")
    invites = InviteSerializer(many=True, source="organization.invites")
    usage_hours = UsageHourInfoSerializer(many=True, source="usage.hours")
    usage = UsageInfoSerializer(many=True, source="usage.months")
    # The metaclass takes fields out of the class, so the serializer's own property of that name stays.
    data = VisibleDataField(source="organization.data", required=False, allow_null=True)  # type: ignore[assignment]
    is_throttled = serializers.BooleanField()
    is_over_monthly_limit = serializers.BooleanField()
    is_over_request_limit = serializers.BooleanField()


class NewOrganizationSerializer(WireSerializer):
    name = serializers.CharField(**text_limit(1000, "Name"))


class ChangedNameField(serializers.CharField):
    """An empty name has a refusal of its own, so it passes here; a name of blanks does not."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return data if data == "" else super().run_validation(data)


class UpdateOrganizationSerializer(WireSerializer):
    name = ChangedNameField(required=False, **text_limit(1000, "Name"))


class BillingPlanSerializer(WireSerializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    price = serializers.FloatField()
    max_projects = serializers.IntegerField()
    max_users = serializers.IntegerField()
    retention_days = serializers.IntegerField()
    max_events_per_month = serializers.IntegerField()
    has_premium_features = serializers.BooleanField()
    is_hidden = serializers.BooleanField()
