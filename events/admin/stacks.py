"""Stacks: what happened, how often, and what was decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from events.models import Stack
from events.services import stacks
from events.stacking.status import StackStatus
from exceptionless_site.core.admin import RecentFilter, SoftDeletedAdmin, as_json, column, shortened

_LABELS = {
    StackStatus.OPEN.value: "info",
    StackStatus.REGRESSED.value: "danger",
    StackStatus.FIXED.value: "success",
    StackStatus.SNOOZED.value: "warning",
}


class RecentOccurrenceFilter(RecentFilter):
    title = "last occurrence"
    column = "last_occurrence"


@admin.register(Stack)
class StackAdmin(SoftDeletedAdmin):
    list_display = (
        "short_title",
        "type",
        "status_label",
        "project",
        "total_occurrences",
        "first_occurrence",
        "last_occurrence",
    )
    list_filter = (
        "status",
        RecentOccurrenceFilter,
        "occurrences_are_critical",
        ("project", AutocompleteSelectFilter),
        ("organization", AutocompleteSelectFilter),
    )
    search_fields = ("title", "=id", "=signature_hash")
    search_help_text = "Title, id or signature"
    ordering = ("-last_occurrence", "id")
    actions = ("mark_open", "mark_fixed", "mark_ignored", "mark_discarded")
    fieldsets = (
        (None, {"fields": ("title", "description", "status_label", "type", "project", "organization", "events_link")}),
        (
            "Occurrences",
            {"fields": ("total_occurrences", "first_occurrence", "last_occurrence", "occurrences_are_critical")},
        ),
        (
            "Decisions",
            {"fields": (("fixed_in_version", "date_fixed", "snooze_until_utc"), "tags", "references")},
        ),
        (
            "Signature",
            {"fields": ("id", "signature_hash", "signature_shown", "created_utc", "updated_utc")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stack]:
        rows: QuerySet[Stack] = super().get_queryset(request)
        return rows.select_related("project", "organization")

    def choice_text(self, stack: Stack) -> str:
        return f"{shortened(stack.title, 80)} ({stack.project.name})"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        editable = {"title", "description", "occurrences_are_critical", "tags", "references"}
        rows = [name for _, options in self.fieldsets for name in options["fields"]]
        names = [name for row in rows for name in ([row] if isinstance(row, str) else row)]
        return tuple(name for name in names if name not in editable)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only events make stacks."""
        return False

    def soft_delete(self, request: HttpRequest, rows: Sequence[Stack]) -> None:
        stacks.delete_stacks(stacks=rows)

    @column("Title", ordering="title")
    def short_title(self, stack: Stack) -> str:
        return shortened(stack.title, 100)

    @column("Status", ordering="status", label=_LABELS)
    def status_label(self, stack: Stack) -> str:
        return stack.status

    @column("Events")
    def events_link(self, stack: Stack) -> SafeString:
        address = reverse("admin:events_event_changelist")
        return format_html(
            '<a class="text-link" href="{}?stack__id__exact={}">Newest events of this stack</a>', address, stack.pk
        )

    @column("Made of")
    def signature_shown(self, stack: Stack) -> SafeString:
        return as_json(stack.signature_info)

    @admin.action(description="Mark open")
    def mark_open(self, request: HttpRequest, queryset: QuerySet[Stack]) -> None:
        self._set_status(request, queryset, StackStatus.OPEN)

    @admin.action(description="Mark fixed")
    def mark_fixed(self, request: HttpRequest, queryset: QuerySet[Stack]) -> None:
        self._set_status(request, queryset, StackStatus.FIXED)

    @admin.action(description="Ignore: keep events, send no notifications")
    def mark_ignored(self, request: HttpRequest, queryset: QuerySet[Stack]) -> None:
        self._set_status(request, queryset, StackStatus.IGNORED)

    @admin.action(description="Discard: keep no more events")
    def mark_discarded(self, request: HttpRequest, queryset: QuerySet[Stack]) -> None:
        self._set_status(request, queryset, StackStatus.DISCARDED)

    def _set_status(self, request: HttpRequest, queryset: QuerySet[Stack], status: StackStatus) -> None:
        chosen = list(queryset)
        stacks.change_status(stacks=chosen, status=status)
        self.message_user(request, f"{len(chosen)} stacks are {status.value} now.", messages.SUCCESS)
