"""Web hooks, and the calls that were made or wait."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from exceptionless_site.core.admin import CREATED, SiteAdmin, as_json, column, date_column, shortened
from exceptionless_site.core.clock import utc_now
from projects.models import Project, WebHook, WebHookDelivery
from projects.services.web_hook_deliveries import enable_web_hook, health_of, redeliver

_HIDDEN_PART = "/…"


@admin.register(WebHook)
class WebHookAdmin(SiteAdmin):
    """The address is shown without its path, which is a secret of many services."""

    list_display = (
        "host",
        "state",
        "organization",
        "project",
        "events",
        "waiting",
        "failures",
        "short_error",
        date_column("last_attempt_utc", "Last call (UTC)"),
        CREATED,
    )
    list_filter = ("is_enabled", ("organization", AutocompleteSelectFilter), ("project", AutocompleteSelectFilter))
    list_select_related = ("organization", "project")
    search_fields = ("=id", "last_error", "project__name", "organization__name")
    search_help_text = "Id, error, project or organization"
    ordering = ("-created_utc", "id")
    actions = ("enable", "disable")
    fieldsets = (
        (None, {"fields": ("address", "state", "organization", "project", "events", "version", "deliveries_link")}),
        (
            "Calls",
            {"fields": ("failures", "first_failure_utc", "last_attempt_utc", "error_shown", "dropped", "created_utc")},
        ),
    )
    readonly_fields = (
        "address",
        "state",
        "events",
        "deliveries_link",
        "failures",
        "first_failure_utc",
        "last_attempt_utc",
        "error_shown",
        "dropped",
        "created_utc",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WebHook | None = None) -> bool:
        """Enabling, disabling and deleting is all that a person can do here; the API has no update either."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebHook]:
        waiting = WebHookDelivery.objects.filter(web_hook_id=OuterRef("pk"), finished_utc__isnull=True)
        counted = waiting.order_by().values("web_hook_id").annotate(count=Count("pk")).values("count")
        rows: QuerySet[WebHook] = super().get_queryset(request)
        return rows.annotate(waiting_count=Coalesce(Subquery(counted), 0))

    @column("Receiver")
    def host(self, web_hook: WebHook) -> str:
        return web_hook.host

    @column("Address")
    def address(self, web_hook: WebHook) -> str:
        return f"{web_hook.url.partition('://')[0]}://{web_hook.host}{_HIDDEN_PART}"

    @column("State", label={"enabled": "success", "failing": "warning", "paused": "warning", "disabled": "danger"})
    def state(self, web_hook: WebHook) -> str:
        if not web_hook.is_enabled:
            return "disabled"
        if health_of(web_hook).paused_until(utc_now()):
            return "paused"
        return "failing" if web_hook.failures else "enabled"

    @column("Event types")
    def events(self, web_hook: WebHook) -> str:
        return ", ".join(web_hook.event_types)

    @column("Waiting calls", ordering="waiting_count")
    def waiting(self, web_hook: Any) -> int:
        return int(web_hook.waiting_count)

    @column("Last error")
    def short_error(self, web_hook: WebHook) -> str:
        return shortened(web_hook.last_error, 80)

    @column("Last error")
    def error_shown(self, web_hook: WebHook) -> str:
        return _boxed(web_hook.last_error)

    @column("Calls")
    def deliveries_link(self, web_hook: WebHook) -> SafeString:
        address = reverse("admin:projects_webhookdelivery_changelist")
        return format_html('<a class="text-link" href="{}?web_hook__id__exact={}">All calls</a>', address, web_hook.pk)

    @admin.action(description="Enable")
    def enable(self, request: HttpRequest, queryset: QuerySet[WebHook]) -> None:
        """As if nothing had failed."""
        rows = list(queryset)
        for web_hook in rows:
            enable_web_hook(web_hook=web_hook)
        self.message_user(request, f"{len(rows)} web hooks are enabled.", messages.SUCCESS)

    @admin.action(description="Disable")
    def disable(self, request: HttpRequest, queryset: QuerySet[WebHook]) -> None:
        number = WebHook.objects.filter(pk__in=[row.pk for row in queryset], is_enabled=True).update(is_enabled=False)
        self.message_user(request, f"{number} web hooks are disabled.", messages.SUCCESS)


_STATES = {
    "waiting": ("Waiting", Q(finished_utc__isnull=True)),
    "retrying": ("Failed, will be tried again", Q(finished_utc__isnull=True) & ~Q(error="")),
    "delivered": ("Delivered", Q(finished_utc__isnull=False, error="")),
    "failed": ("Given up", Q(finished_utc__isnull=False) & ~Q(error="")),
}


class DeliveryStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(name, title) for name, (title, _) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebHookDelivery]) -> QuerySet[WebHookDelivery]:
        _, condition = _STATES.get(self.value() or "", ("", Q()))
        return queryset.filter(condition)


@admin.register(WebHookDelivery)
class WebHookDeliveryAdmin(SiteAdmin):
    list_display = (
        CREATED,
        "event_type",
        "state_label",
        "receiver",
        "project_name",
        "attempts",
        "status",
        date_column("available_utc", "Not before (UTC)"),
        date_column("finished_utc", "Finished (UTC)"),
        "short_error",
    )
    list_filter = (DeliveryStateFilter, "event_type", ("web_hook", AutocompleteSelectFilter))
    list_select_related = ("web_hook",)
    search_fields = ("=id", "error")
    search_help_text = "Id or error"
    ordering = ("-created_utc", "-id")
    actions = ("retry",)
    fieldsets = (
        (None, {"fields": ("event_type", "state_label", "receiver", "project_name", "created_utc")}),
        ("Calls", {"fields": ("attempts", "status", "available_utc", "finished_utc", "error_shown")}),
        ("Payload", {"fields": ("payload_shown",)}),
    )
    readonly_fields = ("state_label", "receiver", "project_name", "error_shown", "payload_shown")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WebHookDelivery | None = None) -> bool:
        """Calling again and deleting is all that a person can do."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebHookDelivery]:
        """Payloads are read where one is shown; the name comes from a subquery, since the project may be gone."""
        name = Project.objects.filter(pk=OuterRef("project_id")).order_by().values("name")[:1]
        rows: QuerySet[WebHookDelivery] = super().get_queryset(request)
        return rows.annotate(name_of_project=Subquery(name)).defer("payload")

    @column("State", label={"waiting": "info", "retrying": "warning", "delivered": "success", "failed": "danger"})
    def state_label(self, delivery: WebHookDelivery) -> str:
        return delivery.state

    @column("Receiver")
    def receiver(self, delivery: WebHookDelivery) -> str:
        return delivery.web_hook.host if delivery.web_hook else "Slack"

    @column("Project")
    def project_name(self, delivery: Any) -> str:
        return delivery.name_of_project or f"{delivery.project_id} (gone)"

    @column("Error")
    def short_error(self, delivery: WebHookDelivery) -> str:
        return shortened(delivery.error, 80)

    @column("Error")
    def error_shown(self, delivery: WebHookDelivery) -> str:
        return _boxed(delivery.error)

    @column("Sent")
    def payload_shown(self, delivery: WebHookDelivery) -> SafeString:
        return as_json(json.loads(bytes(delivery.payload)))

    @admin.action(description="Call again")
    def retry(self, request: HttpRequest, queryset: QuerySet[WebHookDelivery]) -> None:
        """Those that are done with, once more; those that wait are left to themselves."""
        number = sum(redeliver(delivery=delivery) for delivery in queryset)
        self.message_user(request, f"{number} calls will be made again.", messages.SUCCESS)


def _boxed(text: str) -> str:
    return format_html('<pre class="json-box">{}</pre>', text) if text else ""
