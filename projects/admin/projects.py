"""Admin pages of projects and what they sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.admin.usage import COUNTERS, RecentHourFilter
from exceptionless_site.core.admin import (
    CREATED,
    AnyModelForm,
    ReadOnlyAdmin,
    RecentFilter,
    SoftDeletedAdmin,
    as_json,
    column,
    date_column,
)
from projects.models import Project, ProjectUsage
from projects.selectors import is_name_available, notification_settings_of
from projects.services import projects

_HIDDEN = "-"
"""Data under keys that start so belongs to the server and may be secret, such as a Slack token."""


class ProjectForm(AnyModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        organization = cleaned.get("organization") or self.instance.organization_id
        name = str(cleaned.get("name") or "").strip()
        if organization and name:
            organization_id = getattr(organization, "pk", organization)
            if not is_name_available(organization_id=organization_id, name=name, except_id=self.instance.pk):
                self.add_error("name", "A project with this name already exists.")
        return cleaned

    def clean_configuration(self) -> dict[str, str]:
        """Client settings are an object of texts."""
        value = self.cleaned_data["configuration"]
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise forms.ValidationError('Client settings are texts by name: {"name": "value"}.')
        return value

    def clean_promoted_tabs(self) -> list[str]:
        value = self.cleaned_data["promoted_tabs"]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise forms.ValidationError('Promoted tabs are a list of texts: ["name"].')
        return projects.clean_tabs(value)


class RecentEventFilter(RecentFilter):
    title = "last event"
    column = "last_event_date_utc"


@admin.register(Project)
class ProjectAdmin(SoftDeletedAdmin):
    form = ProjectForm
    list_display = (
        "name",
        "organization",
        "is_configured",
        "configuration_version",
        date_column("last_event_date_utc", "Last event (UTC)"),
        CREATED,
    )
    list_filter = (
        ("organization", AutocompleteSelectFilter),
        "is_configured",
        RecentEventFilter,
        "delete_bot_data_enabled",
    )
    search_fields = ("name", "organization__name", "=id")
    search_help_text = "Name, organization or id"
    ordering = ("name", "id")
    autocomplete_fields = ("organization",)
    readonly_fields = (
        "id",
        "configuration_version",
        "last_event_date_utc",
        "created_utc",
        "updated_utc",
        "is_configured",
        "related",
        "data_shown",
        "notifications_shown",
    )
    fieldsets = (
        (None, {"fields": ("name", "organization", "id", "related")}),
        ("State", {"fields": ("is_configured", "last_event_date_utc", "created_utc", "updated_utc")}),
        (
            "Client settings",
            {
                "description": "Clients fetch these; every change raises the version, which tells them to.",
                "fields": ("configuration", "configuration_version", "delete_bot_data_enabled", "promoted_tabs"),
            },
        ),
        ("Data", {"classes": ("tab",), "fields": ("data_shown",)}),
        ("Notifications", {"classes": ("tab",), "fields": ("notifications_shown",)}),
    )
    add_fieldsets: Any = ((None, {"fields": ("organization", "name", "configuration", "promoted_tabs")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        rows: QuerySet[Project] = super().get_queryset(request)
        return rows.select_related("organization")

    def choice_text(self, project: Project) -> str:
        return f"{project.name} ({project.organization.name})"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Every row below a project carries the organization's id, so it never changes.
        return (*self.readonly_fields, "organization") if obj is not None else ()

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.autocomplete_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "configuration" in form.changed_data:
            Project.objects.filter(pk=obj.pk, organization_id=obj.organization_id).update(
                configuration_version=F("configuration_version") + 1
            )

    def soft_delete(self, request: HttpRequest, rows: Sequence[Project]) -> None:
        projects.delete_projects(projects=rows)

    @column("Custom data")
    def data_shown(self, project: Project) -> SafeString:
        return as_json({key: value for key, value in project.data.items() if not key.startswith(_HIDDEN)})

    @column("Notification settings by user id")
    def notifications_shown(self, project: Project) -> SafeString:
        return as_json(notification_settings_of(project))

    @column("See also")
    def related(self, project: Project) -> SafeString:
        lists = (
            ("Tokens", "tokens_token"),
            ("Stacks", "events_stack"),
            ("Events", "events_event"),
            ("Web hooks", "projects_webhook"),
        )
        links = [
            format_html(
                '<a class="text-link" href="{}?project__id__exact={}">{}</a>', _list_address(name), project.pk, text
            )
            for text, name in lists
        ]
        return format_html(" · ".join(["{}"] * len(links)), *links)


def _list_address(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


@admin.register(ProjectUsage)
class ProjectUsageAdmin(ReadOnlyAdmin):
    list_display = (date_column("hour", "Hour (UTC)"), "project", "organization", *COUNTERS)
    list_select_related = ("project", "organization")
    list_filter = (
        RecentHourFilter,
        ("organization", AutocompleteSelectFilter),
        ("project", AutocompleteSelectFilter),
    )
    ordering = ("-hour", "project_id")
