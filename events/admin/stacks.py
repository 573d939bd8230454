"""Stacks: what happened, how often, and what was decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from events.admin.searching import HELP, matching_stacks, searched
from events.admin.stack_page import DecisionForm, stack_context
from events.models import Stack
from events.services import stacks
from events.stacking.status import StackStatus
from exceptionless_site.core.admin import RecentFilter, SoftDeletedAdmin, column, shortened

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
    search_help_text = HELP.format(example="status:regressed title:timeout")
    ordering = ("-last_occurrence", "id")
    actions = ("mark_open", "mark_fixed", "mark_ignored", "mark_discarded")
    # All else that a stack has stands in the report above the form.
    fieldsets = (("Edit", {"fields": ("title", "description", "tags", "references")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stack]:
        rows: QuerySet[Stack] = super().get_queryset(request)
        return rows.select_related("project", "organization")

    def choice_text(self, stack: Stack) -> str:
        return f"{shortened(stack.title, 80)} ({stack.project.name})"

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<str:stack_id>/decide/", decide, name="events_stack_decide"), *super().get_urls()]

    def decide(self, request: HttpRequest, stack_id: str) -> HttpResponse:
        """Carry out what the buttons of a stack's page ask for, and return to it."""
        stack = self.get_object(request, stack_id)
        if stack is None or request.method != "POST":
            return redirect("admin:events_stack_changelist")
        if not self.has_change_permission(request, stack):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        if form.is_valid():
            self.message_user(request, form.decide(stack), messages.SUCCESS)
        else:
            problems = [str(text) for texts in form.errors.values() for text in texts]
            self.message_user(request, " ".join(problems), messages.ERROR)
        return redirect("admin:events_stack_change", stack.pk)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Above the form stands a report; its template takes all from `stack_context`."""
        stack = self.get_object(request, object_id) if object_id else None
        own: dict[str, Any] = {}
        if stack is not None and self.has_view_permission(request, stack):
            own = stack_context(stack, request.GET.get("span", ""))
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **own})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Stack], search_term: str
    ) -> tuple[QuerySet[Stack], bool]:
        """Ids, signatures and parts of titles as they are, which choices of other pages look for too; else a filter."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term.strip() or found.exists():
            return found, may_repeat
        return searched(request, queryset, search_term.strip(), matching_stacks), False

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
