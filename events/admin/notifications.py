"""Events that are still to be told, or could not be."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Organization
from events.admin.tenant_names import link, with_names
from events.models import Notification, Stack
from exceptionless_site.core.admin import CREATED, SiteAdmin, column, shortened
from projects.models import Project


@admin.register(Notification)
class NotificationAdmin(SiteAdmin):
    list_display = (
        CREATED,
        "state",
        "project_link",
        "stack_link",
        "is_new",
        "is_regression",
        "is_critical",
        "short_error",
    )
    list_filter = ("is_new", "is_regression", "is_critical")
    search_fields = ("=id", "error")
    search_help_text = "Id or error"
    ordering = ("-id",)
    actions = ("retry",)
    fieldsets = (
        (None, {"fields": ("state", "project_link", "organization_link", "stack_link", "event_key", "created_utc")}),
        ("Why", {"fields": ("is_new", "is_regression", "is_critical")}),
        ("Failure", {"fields": ("error",)}),
    )
    readonly_fields = ("state", "project_link", "organization_link", "stack_link")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        rows: QuerySet[Notification] = super().get_queryset(request)
        return with_names(rows, stack=True)

    @column("State", label={"waiting": "info", "failed": "danger"})
    def state(self, row: Notification) -> str:
        return "failed" if row.error else "waiting"

    @column("Project")
    def project_link(self, row: Any) -> str:
        return link(Project, row.project_id, row.project_name)

    @column("Organization")
    def organization_link(self, row: Any) -> str:
        return link(Organization, row.organization_id, row.organization_name)

    @column("Stack")
    def stack_link(self, row: Any) -> str:
        return link(Stack, row.stack_id, row.stack_title)

    @column("Error")
    def short_error(self, row: Notification) -> str:
        return shortened(row.error, 80)

    @admin.action(description="Retry")
    def retry(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        number = Notification.objects.filter(pk__in=[row.pk for row in queryset]).exclude(error="").update(error="")
        self.message_user(request, f"{number} events will be told.", messages.SUCCESS)
