"""Serializer parts that every resource shares: nulls left out, the wire's dates, its validation texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exceptionless_site.core.dates import format_utc, parse_wire_date


class WireDateTimeField(serializers.Field[datetime, str, str, datetime]):
    """ISO 8601 in UTC; reads offsets and up to nine fraction digits."""

    default_error_messages = {"invalid": "The value is not a valid date."}

    def to_internal_value(self, data: str) -> datetime:
        parsed = parse_wire_date(data) if isinstance(data, str) else None
        if parsed is None:
            self.fail("invalid")
        return parsed.moment

    def to_representation(self, value: datetime) -> str:
        return format_utc(value)


@extend_schema_field({"type": "integer", "format": "int64"})
class LongField(serializers.IntegerField):
    """A count that 32 bits may not hold."""


def pascal(name: str) -> str:
    """`full_name` as the validation texts of the wire write it: FullName."""
    return "".join(part.capitalize() for part in name.split("_"))


class WireSerializer(serializers.Serializer[Any]):
    """Answers leave out members that are null; texts about missing members name them in PascalCase."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            required = f"The {pascal(name)} field is required."
            for code in ("required", "blank", "null"):
                if code in field.error_messages:
                    field.error_messages[code] = required

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if value is not None}


class ProblemSerializer(serializers.Serializer[Any]):
    """The body of every error."""

    type = serializers.CharField(required=False, allow_null=True)
    title = serializers.CharField(required=False, allow_null=True)
    status = serializers.IntegerField(required=False, allow_null=True)
    detail = serializers.CharField(required=False, allow_null=True)
    instance = serializers.CharField(required=False, allow_null=True)
    traceId = serializers.CharField(required=False)  # noqa: N815 - the wire's name
    # `errors` is a property of every serializer, so the member cannot be declared under its own name.
    errors_by_field = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.removesuffix("_by_field"): field for name, field in super().get_fields().items()}


class ValidationProblemSerializer(ProblemSerializer):
    errors_by_field = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class ValueFromBodySerializer(WireSerializer):
    value = serializers.CharField()


class BulkFailureSerializer(WireSerializer):
    allowed = serializers.BooleanField()
    id = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    status_code = serializers.IntegerField()


class BulkResultSerializer(WireSerializer):
    """Of a deletion that could not remove all of its objects."""

    success = serializers.ListField(child=serializers.CharField(), help_text="What is deleted.")
    failure = BulkFailureSerializer(many=True)
    workers = serializers.ListField(child=serializers.CharField())


class WorkInProgressResultSerializer(WireSerializer):
    workers = serializers.ListField(child=serializers.CharField())
