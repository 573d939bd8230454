"""The shapes in which events are read."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from events.models import Event
from events.summaries.event import event_summary
from exceptionless_site.api.serializers import LongField, WireDateTimeField, WireSerializer
from exceptionless_site.api.text_fields import IdentifierField, TextSetField
from exceptionless_site.core.dates import format_utc

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


@extend_schema_serializer(component_name="PersistentEvent")
class EventSerializer(serializers.Serializer[Event]):
    """A stored event as the wire writes it: the columns' ids, then the document."""

    id = IdentifierField()
    organization_id = IdentifierField()
    project_id = IdentifierField()
    stack_id = IdentifierField()
    is_first_occurrence = serializers.BooleanField()
    created_utc = WireDateTimeField()
    idx = serializers.DictField(help_text="Never sent: custom values are searched without a copy.", **_OPTIONAL)
    type = serializers.CharField(allow_null=True, min_length=1, max_length=100)
    event_source = serializers.CharField(min_length=1, max_length=2000, **_OPTIONAL)
    date = WireDateTimeField()
    tags = TextSetField(**_OPTIONAL)
    message = serializers.CharField(min_length=1, max_length=2000, **_OPTIONAL)
    geo = serializers.CharField(help_text="latitude,longitude", **_OPTIONAL)
    value = serializers.FloatField(**_OPTIONAL)
    count = serializers.IntegerField(**_OPTIONAL)
    # `data` and `source` are attributes of every serializer, so these members get their names in get_fields.
    event_data = serializers.DictField(**_OPTIONAL)
    reference_id = serializers.CharField(**_OPTIONAL)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.removeprefix("event_"): field for name, field in super().get_fields().items()}

    def to_representation(self, instance: Event) -> dict[str, Any]:
        return {
            "id": instance.event_id,
            "organization_id": instance.organization_id,
            "project_id": instance.project_id,
            "stack_id": instance.stack_id,
            "is_first_occurrence": instance.is_first_occurrence,
            "created_utc": format_utc(instance.created_utc),
        } | instance.content


class EventSummarySerializer(WireSerializer):
    """A row of `mode=summary`; `project_names` in the context maps project ids to names."""

    id = serializers.CharField()
    template_key = serializers.CharField()
    summary_data = serializers.DictField()
    date = WireDateTimeField()
    project_id = serializers.CharField()
    project_name = serializers.CharField(required=False)
    tags = serializers.ListField(child=serializers.CharField())
    type = serializers.CharField()
    version = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {("data" if name == "summary_data" else name): field for name, field in super().get_fields().items()}

    def to_representation(self, instance: Event) -> dict[str, Any]:
        content = instance.content
        summary = event_summary(
            event_type=content["type"],
            source=content.get("source"),
            message=content.get("message"),
            data=content.get("data", {}),
            value=content.get("value"),
            reference_id=content.get("reference_id"),
        )
        row = {
            "id": instance.event_id,
            "template_key": summary.template_key,
            "data": summary.data,
            "date": content["date"],
            "project_id": instance.project_id,
            "project_name": self.context["project_names"].get(instance.project_id),
            "tags": sorted(content.get("tags", []), key=str.lower),
            "type": content["type"],
            "version": instance.version,
        }
        return {name: value for name, value in row.items() if value is not None}


@extend_schema_serializer(component_name="IAggregate")
class AggregateSerializer(WireSerializer):
    """What all results of aggregations have in common; `@type` in `data` tells which other members there are.

    `value`, `dvalue` (a date), `stats`, `exstats`, `percentiles`, `sbucket` (a total), `tophits`, or `bucket` with
    `items`, each of which has `key`, `key_as_string`, `total`, `aggregations` and `data`.
    """

    aggregate_data = serializers.DictField(required=False, help_text="Additional data associated with the aggregate.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"data": super().get_fields()["aggregate_data"]}


class AggregateExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # registers itself
    """The other members depend on the type."""

    target_class = AggregateSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": True}


class CountResultSerializer(WireSerializer):
    total = LongField(help_text="How many events there are.")
    aggregations = serializers.DictField(
        child=AggregateSerializer(),
        allow_null=True,
        help_text="The results by operation and field: `cardinality_user`.",
    )
    result_data = serializers.DictField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {("data" if name == "result_data" else name): field for name, field in super().get_fields().items()}
