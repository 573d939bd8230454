"""The shapes in which stacks are read and written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.models import Stack
from events.models.stack import STATUS_CHOICES
from events.stack_selectors import StackView
from events.summaries.stack import stack_summary
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.text_fields import OptionalTextField
from exceptionless_site.core.dates import format_utc
from projects.api.fields import IdentifierField

_SHIFTED = ("date_fixed", "first_occurrence", "last_occurrence")


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 100})
class TypeField(serializers.CharField):
    pass


@extend_schema_field({"type": "integer", "format": "int32"})
class CountField(serializers.IntegerField):
    pass


@extend_schema_field({"type": "array", "items": {"type": "string"}, "uniqueItems": True})
class TagsField(serializers.ListField):
    pass


class StackSerializer(WireSerializer):
    """A stack; `offset` in the context (a timedelta) moves its dates into the reader's local time."""

    id = IdentifierField()
    organization_id = IdentifierField()
    project_id = IdentifierField()
    type = TypeField()
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    snooze_until_utc = WireDateTimeField(required=False, allow_null=True)
    signature_hash = serializers.CharField()
    signature_info = serializers.DictField(child=serializers.CharField())
    fixed_in_version = OptionalTextField()
    date_fixed = WireDateTimeField(required=False, allow_null=True)
    title = serializers.CharField(max_length=1000)
    total_occurrences = CountField()
    first_occurrence = WireDateTimeField()
    last_occurrence = WireDateTimeField()
    description = OptionalTextField()
    occurrences_are_critical = serializers.BooleanField()
    references = serializers.ListField(child=serializers.CharField())
    tags = TagsField(child=serializers.CharField())
    duplicate_signature = serializers.CharField()
    created_utc = WireDateTimeField()
    updated_utc = WireDateTimeField()
    is_deleted = serializers.BooleanField()
    allow_notifications = serializers.BooleanField(read_only=True)

    def to_representation(self, instance: Stack) -> dict[str, Any]:
        shown = super().to_representation(instance)
        offset: timedelta = self.context.get("offset") or timedelta()
        if offset:
            for name in _SHIFTED:
                if name in shown:
                    shown[name] = _shifted(getattr(instance, name), offset)
        return shown


def _shifted(moment: Any, offset: timedelta) -> str:
    try:
        return format_utc(moment + offset)
    except OverflowError:
        return format_utc(moment)


class StackSummarySerializer(WireSerializer):
    """A row of `mode=summary` and of the stack modes of event lists."""

    id = serializers.CharField()
    template_key = serializers.CharField()
    # `data` is a property of every serializer, so the member gets its name in get_fields.
    summary_data = serializers.DictField()
    project_id = serializers.CharField()
    project_name = serializers.CharField(required=False)
    tags = serializers.ListField(child=serializers.CharField())
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    first_occurrence = WireDateTimeField()
    last_occurrence = WireDateTimeField()
    total = serializers.IntegerField()
    users = serializers.FloatField()
    total_users = serializers.FloatField(help_text="All users of the project in `time`; may be five minutes old.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {("data" if name == "summary_data" else name): field for name, field in super().get_fields().items()}

    def to_representation(self, instance: StackView) -> dict[str, Any]:
        stack, figures = instance.stack, instance.figures
        summary = stack_summary(stack_type=stack.type, title=stack.title, signature_info=stack.signature_info)
        row = {
            "id": stack.pk,
            "template_key": summary.template_key,
            "data": summary.data,
            "project_id": stack.project_id,
            "project_name": instance.project_name,
            "tags": sorted(stack.tags, key=str.lower),
            "title": stack.title,
            "status": stack.status,
            "first_occurrence": format_utc(figures.first_occurrence),
            "last_occurrence": format_utc(figures.last_occurrence),
            "total": figures.total,
            "users": figures.users,
            "total_users": instance.total_users,
        }
        return {name: value for name, value in row.items() if value is not None}


class StackReferenceSerializer(WireSerializer):
    """What Zapier sends to mark a stack fixed; `Stack` wins over its older name."""

    Stack = serializers.CharField(required=False, help_text="The id of the stack, or an address that ends in it.")
    ErrorStack = serializers.CharField(required=False, help_text="The older name of `Stack`.")


class StackLinkSerializer(StackReferenceSerializer):
    """What Zapier sends to add a link to a stack."""

    Link = serializers.CharField(help_text="The address of the link.")
