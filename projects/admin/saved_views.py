"""Saved views of all organizations."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import User
from exceptionless_site.core.admin import CREATED, SiteAdmin, as_json, column, date_column, shortened
from projects.models import SavedView


@admin.register(SavedView)
class SavedViewAdmin(SiteAdmin):
    list_display = (
        "name",
        "view_type",
        "organization",
        "audience",
        "short_filter",
        date_column("updated_utc", "Updated (UTC)"),
        CREATED,
    )
    list_filter = ("view_type", ("organization", AutocompleteSelectFilter))
    list_select_related = ("organization",)
    search_fields = ("name", "slug", "=id", "=user_id")
    search_help_text = "Name, slug, id or the id of the person"
    ordering = ("organization__name", "view_type", "name", "id")
    fieldsets = (
        (None, {"fields": ("name", "slug", "view_type", "organization", "audience", "predefined_key")}),
        ("What it shows", {"fields": ("filter", "time", "sort", "show_stats", "show_chart", "columns_shown")}),
        ("Times", {"fields": ("created_by", "updated_by", "created_utc", "updated_utc")}),
    )
    readonly_fields = ("audience", "predefined_key", "columns_shown", "created_by", "updated_by", "created_utc")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        """People change their views in the web UI; here they can be looked at and removed."""
        return False

    @column("Audience", label={"shared": "success", "private": "info"})
    def audience(self, view: SavedView) -> str:
        return "private" if view.user_id else "shared"

    @column("Filter")
    def short_filter(self, view: SavedView) -> str:
        return shortened(view.filter or "", 60)

    @column("Columns")
    def columns_shown(self, view: SavedView) -> SafeString:
        return as_json(view.columns)

    @column("Made by")
    def created_by(self, view: SavedView) -> str:
        return _person(view.created_by_user_id)

    @column("Changed by")
    def updated_by(self, view: SavedView) -> str:
        return _person(view.updated_by_user_id)


def _person(user_id: str) -> str:
    if not user_id:
        return ""
    return User.objects.filter(pk=user_id).values_list("email_address", flat=True).first() or f"{user_id} (gone)"
