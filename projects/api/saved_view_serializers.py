"""Saved views as the wire has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer
from exceptionless_site.api.text_fields import OptionalIdentifierField, text_limit
from projects.api.fields import IdentifierField
from projects.saved_view_rules import LENGTHS, SLUG_PATTERN


class SavedViewColumnSettingsSerializer(WireSerializer):
    visible = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether the column is visible. Null means use the table default.",
    )
    auto_fill = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether the column fills the table's remaining width.",
    )
    position = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=49,
        help_text="Zero-based display position. Null means use the table default order.",
        error_messages=dict.fromkeys(("min_value", "max_value"), "The field Position must be between 0 and 49."),
    )
    width = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=48,
        max_value=1200,
        help_text="Column width in pixels. Null means use the table default width.",
        error_messages=dict.fromkeys(("min_value", "max_value"), "The field Width must be between 48 and 1200."),
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().to_internal_value(data)
        return {name: value for name, value in values.items() if value is not None}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return dict(instance)


class ColumnsField(serializers.DictField):
    child = SavedViewColumnSettingsSerializer()


class ViewSavedViewSerializer(WireSerializer):
    id = IdentifierField()
    organization_id = IdentifierField()
    user_id = OptionalIdentifierField(help_text="Whose private view it is; absent for shared views.")
    created_by_user_id = IdentifierField()
    updated_by_user_id = OptionalIdentifierField()
    filter = serializers.CharField(required=False, allow_null=True)
    filter_definitions = serializers.CharField(required=False, allow_null=True, help_text="A JSON array, as text.")
    columns = ColumnsField(required=False, allow_null=True)
    show_stats = serializers.BooleanField(required=False, allow_null=True)
    show_chart = serializers.BooleanField(required=False, allow_null=True)
    name = serializers.CharField()
    slug = serializers.CharField()
    time = serializers.CharField(required=False, allow_null=True)
    sort = serializers.CharField(required=False, allow_null=True)
    version = serializers.IntegerField()
    view_type = serializers.CharField()
    created_utc = WireDateTimeField()
    updated_utc = WireDateTimeField()


def _optional(name: str, label: str) -> serializers.CharField:
    return serializers.CharField(**text_limit(LENGTHS[name], label), required=False, allow_null=True, allow_blank=True)


@extend_schema_field({"type": "string", "maxLength": LENGTHS["slug"], "pattern": SLUG_PATTERN})
class SlugField(serializers.CharField):
    """Described only: `broken_rules` has its own message for what is wrong with a slug."""


class NewSavedViewSerializer(WireSerializer):
    organization_id = IdentifierField(required=False, help_text="That of the address counts.")
    name = serializers.CharField(**text_limit(LENGTHS["name"], "Name"))
    filter = _optional("filter", "Filter")
    time = _optional("time", "Time")
    sort = _optional("sort", "Sort")
    slug = SlugField(**text_limit(LENGTHS["slug"], "Slug"), required=False, allow_null=True, allow_blank=True)
    view_type = serializers.CharField()
    filter_definitions = _optional("filter_definitions", "FilterDefinitions")
    columns = ColumnsField(required=False, allow_null=True)
    show_stats = serializers.BooleanField(required=False, allow_null=True)
    show_chart = serializers.BooleanField(required=False, allow_null=True)
    is_private = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="If true, the view will only be visible to the current user. Defaults to false.",
    )


def _text() -> serializers.CharField:
    return serializers.CharField(required=False, allow_null=True, allow_blank=True)


class UpdateSavedViewSerializer(WireSerializer):
    name = _text()
    filter = _text()
    time = _text()
    sort = _text()
    slug = _text()
    filter_definitions = _text()
    columns = ColumnsField(required=False, allow_null=True)
    show_stats = serializers.BooleanField(required=False, allow_null=True)
    show_chart = serializers.BooleanField(required=False, allow_null=True)


@extend_schema_field({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/JsonElement"}]})
class AnyJSONField(serializers.JSONField):
    """A value of any JSON type."""


class PredefinedSavedViewDefinitionSerializer(WireSerializer):
    """Names are those of the exported file, in camelCase."""

    key = serializers.CharField(**text_limit(LENGTHS["name"], "Key"))
    name = serializers.CharField(**text_limit(LENGTHS["name"], "Name"))
    slug = serializers.CharField(**text_limit(LENGTHS["slug"], "Slug"))
    viewType = serializers.CharField()  # noqa: N815 - the wire's name
    filter = _optional("filter", "Filter")
    time = _optional("time", "Time")
    sort = _optional("sort", "Sort")
    filterDefinitions = AnyJSONField(required=False, allow_null=True)  # noqa: N815
    columns = ColumnsField(required=False, allow_null=True)
    showStats = serializers.BooleanField(required=False, allow_null=True)  # noqa: N815
    showChart = serializers.BooleanField(required=False, allow_null=True)  # noqa: N815


def without_nulls(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
