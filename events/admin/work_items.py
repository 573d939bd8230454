"""Background work: what was asked for, how far it is, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.models import Organization
from events.admin.tenant_names import link, with_names
from events.models import WorkItem
from exceptionless_site.core.admin import SiteAdmin, column, date_column, shortened
from exceptionless_site.core.clock import utc_now
from projects.models import Project

_FAILED = Q(finished_utc__isnull=False) & ~Q(error="")
_STATES = {
    "pending": ("Waiting or in progress", Q(finished_utc__isnull=True)),
    "done": ("Done", Q(finished_utc__isnull=False, error="")),
    "failed": ("Failed", _FAILED),
}


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(name, title) for name, (title, _) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        _, condition = _STATES.get(self.value() or "", ("", Q()))
        return queryset.filter(condition)


@admin.register(WorkItem)
class WorkItemAdmin(SiteAdmin):
    list_display = (
        "id",
        "kind",
        "state_label",
        "project_link",
        "progress",
        date_column("requested_utc", "Requested (UTC)"),
        date_column("started_utc", "Started (UTC)"),
        date_column("finished_utc", "Finished (UTC)"),
        "short_error",
    )
    list_filter = (StateFilter, "kind")
    search_fields = ("=id", "error")
    search_help_text = "Id or error"
    ordering = ("-requested_utc", "id")
    actions = ("retry",)
    fieldsets = (
        (None, {"fields": ("state_label", "kind", "project_link", "organization_link", "progress")}),
        ("Times", {"fields": ("requested_utc", "available_utc", "started_utc", "finished_utc")}),
        ("Failures", {"fields": ("failures", "error_shown")}),
    )
    readonly_fields = ("state_label", "project_link", "organization_link", "error_shown")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        """Retrying and deleting is all that a person can do."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        rows: QuerySet[WorkItem] = super().get_queryset(request)
        return with_names(rows)

    @column(
        "State",
        label={"waiting": "info", "working": "success", "retrying": "warning", "failed": "danger"},
    )
    def state_label(self, row: WorkItem) -> str:
        return row.state

    @column("Project")
    def project_link(self, row: Any) -> str:
        return link(Project, row.project_id, row.project_name) if row.project_id else ""

    @column("Organization")
    def organization_link(self, row: Any) -> str:
        return link(Organization, row.organization_id, row.organization_name) if row.organization_id else ""

    @column("Error")
    def short_error(self, row: WorkItem) -> str:
        return shortened(row.error, 80)

    @column("Error")
    def error_shown(self, row: WorkItem) -> str:
        return format_html('<pre class="json-box">{}</pre>', row.error) if row.error else ""

    @admin.action(description="Retry")
    def retry(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> None:
        """Those that were given up are tried again, unless the same is waiting already."""
        failed = WorkItem.objects.filter(_FAILED, pk__in=[row.pk for row in queryset])
        number = sum(_try_again(row) for row in failed)
        self.message_user(request, f"{number} work items will be tried again.", messages.SUCCESS)


def _try_again(item: WorkItem) -> int:
    same = WorkItem.objects.filter(
        kind=item.kind, organization_id=item.organization_id, project_id=item.project_id, finished_utc__isnull=True
    )
    if same.exists():
        return 0
    return WorkItem.objects.filter(pk=item.pk).update(finished_utc=None, error="", failures=0, available_utc=utc_now())
