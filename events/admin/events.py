"""Events, newest first: read only, and never counted, because there may be millions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.paginator import InfinitePaginator

from accounts.models import Organization
from events.admin.event_page import event_context
from events.admin.searching import HELP, matching_events, searched
from events.admin.tenant_names import link, with_names
from events.models import Event, Stack
from exceptionless_site.core.admin import ReadOnlyAdmin, RecentFilter, column, shortened
from exceptionless_site.core.json import clean_text
from exceptionless_site.core.time_keys import key_range
from projects.models import Project

_TYPES = ("error", "log", "404", "usage", "session", "sessionend", "heartbeat")
_TYPE_LABELS = {"error": "danger", "404": "warning", "log": "info", "usage": "success"}
_IDENTIFIER_LENGTH = 24


class TypeFilter(admin.SimpleListFilter):
    """The known types; looking for others would read the whole table."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(name, name) for name in _TYPES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(type=self.value()) if self.value() else queryset


class RecentKeyFilter(RecentFilter):
    column = "key"

    def since(self, window: str) -> int:
        return key_range(super().since(window), None)[0]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    paginator = InfinitePaginator
    list_display = ("when", "kind", "headline", "project_link", "stack_link", "reference_id", "first")
    list_display_links = ("when",)
    list_filter = (
        RecentKeyFilter,
        TypeFilter,
        "is_first_occurrence",
        ("project", AutocompleteSelectFilter),
        ("organization", AutocompleteSelectFilter),
        ("stack", AutocompleteSelectFilter),
    )
    list_disable_select_all = True
    search_fields = ("=event_id",)
    search_help_text = HELP.format(example="type:error user:jane@example.com")
    ordering = ("-key",)
    sortable_by = ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The page of one event is a report; its template takes all from `event_context`."""
        event = self.get_object(request, object_id) if object_id else None
        own = self._context(event) if event is not None and self.has_view_permission(request, event) else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **own})

    def _context(self, event: Any) -> dict[str, Any]:
        names = {
            "project": link(Project, event.project_id, event.project_name),
            "organization": link(Organization, event.organization_id, event.organization_name),
        }
        return event_context(event) | names

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        rows: QuerySet[Event] = super().get_queryset(request)
        return with_names(rows, stack=True)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Ids by their indexes: reference ids are indexed within their project."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if len(term) == _IDENTIFIER_LENGTH and queryset.filter(event_id=term.lower()).exists():
            return queryset.filter(event_id=term.lower()), False
        projects = Project.objects.order_by().values("pk")
        found = queryset.filter(reference_id=clean_text(term), project_id__in=projects)
        if found.exists():
            return found, False
        return searched(request, queryset, term, matching_events), False

    @column("Date (UTC)")
    def when(self, event: Event) -> str:
        return f"{event.date:%Y-%m-%d %H:%M:%S.%f}"[:-3]

    @column("First", label={"first": "success"})
    def first(self, event: Event) -> str:
        return "first" if event.is_first_occurrence else ""

    @column("Type", label=_TYPE_LABELS)
    def kind(self, event: Event) -> str:
        return event.type

    @column("Message")
    def headline(self, event: Event) -> str:
        content = event.content
        return shortened(str(content.get("message") or content.get("source") or ""), 80)

    @column("Project")
    def project_link(self, event: Any) -> str:
        return link(Project, event.project_id, event.project_name)

    @column("Stack")
    def stack_link(self, event: Any) -> str:
        return link(Stack, event.stack_id, event.stack_title)
