"""Mails: what waits, what was sent, and why something was not. Their texts are not stored, so none can be read here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import MailMessage
from accounts.services.mails import retry_mails
from exceptionless_site.core.admin import CREATED, SiteAdmin, column, date_column, shortened

_STATES = {
    "waiting": ("Waiting", Q(sent_utc__isnull=True, given_up_utc__isnull=True)),
    "sent": ("Sent", Q(sent_utc__isnull=False)),
    "given-up": ("Given up", Q(given_up_utc__isnull=False)),
}


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(name, title) for name, (title, _) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MailMessage]) -> QuerySet[MailMessage]:
        _, condition = _STATES.get(self.value() or "", ("", Q()))
        return queryset.filter(condition)


@admin.register(MailMessage)
class MailMessageAdmin(SiteAdmin):
    list_display = (
        "kind",
        "recipient",
        "state_label",
        "organization",
        "attempts",
        CREATED,
        date_column("sent_utc", "Sent (UTC)"),
        "short_error",
    )
    list_select_related = ("organization",)
    list_filter = (StateFilter, "kind")
    search_fields = ("=id", "recipient", "error")
    search_help_text = "Recipient, error or id"
    ordering = ("-created_utc", "id")
    actions = ("retry",)
    fieldsets = (
        (None, {"fields": ("state_label", "kind", "recipient", "organization", "sender")}),
        ("Times", {"fields": ("created_utc", "available_utc", "sent_utc", "given_up_utc")}),
        ("Failures", {"fields": ("attempts", "error")}),
    )
    readonly_fields = ("state_label", "created_utc")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: MailMessage | None = None) -> bool:
        """Retrying and deleting is all that a person can do."""
        return False

    @column("State", label={"waiting": "info", "sent": "success", "retrying": "warning", "given up": "danger"})
    def state_label(self, row: MailMessage) -> str:
        return row.state

    @column("Error")
    def short_error(self, row: MailMessage) -> str:
        return shortened(row.error, 80)

    @admin.action(description="Send again")
    def retry(self, request: HttpRequest, queryset: QuerySet[MailMessage]) -> None:
        """Those that were given up; what was sent is not sent twice."""
        number = retry_mails(ids=[row.pk for row in queryset])
        self.message_user(request, f"{number} mails will be sent again.", messages.SUCCESS)
