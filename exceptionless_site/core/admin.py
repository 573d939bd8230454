"""What all admin pages share, and the pages of the server's own tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import orjson
from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import RateCounter, ScheduledJob

WINDOWS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
}


if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm

Method = TypeVar("Method", bound=Callable[..., Any])


def column(
    title: str, *, ordering: str | None = None, label: Mapping[str, str] | None = None
) -> Callable[[Method], Method]:
    """Names a method that makes a column of a list or a line of a page; `label` gives values a colour."""
    named = display(description=title, ordering=ordering, label=dict(label) if label is not None else None)
    return cast("Callable[[Method], Method]", named)


class IndentedJSONField(forms.JSONField):
    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, InvalidJSONInput) else json.dumps(value, indent=2, ensure_ascii=False)


class SiteAdmin(ModelAdmin):
    """The base of all pages: no count of the whole table beside a search, and writes of changed columns only."""

    add_fieldsets: Any = ()
    formfield_overrides: ClassVar[Any] = {  # type: ignore[misc]  # its two bases disagree on what it is
        models.JSONField: {"form_class": IndentedJSONField, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})},
        models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})},
    }

    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store the columns that the form changed: what others changed meanwhile must stay."""
        if not change:
            obj.save(force_insert=True)
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        changed = [name for name in self.changed_columns(form) if name in columns]
        if changed and "updated_utc" in columns:
            obj.updated_utc = utc_now()
            changed.append("updated_utc")
        if changed:
            obj.save(update_fields=changed)

    def changed_columns(self, form: Any) -> list[str]:
        """Names of the columns to store; a page that derives one column from another adds it here."""
        return list(form.changed_data)


class ReadOnlyAdmin(SiteAdmin):
    """Pages that show and never change."""

    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SoftDeletedAdmin(SiteAdmin):
    """Rows that are only marked as deleted, by the same service as the API's; a job removes what they hold."""

    def soft_delete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(is_deleted=False)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.soft_delete(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.soft_delete(request, list(queryset))

    def get_deleted_objects(
        self, objs: Iterable[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The rows themselves: Django would read every row below them, which may be millions."""
        names = [str(row) for row in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []


class RecentFilter(admin.SimpleListFilter):
    """Rows of the last hour, day, week or month; subclasses name the column, or override `since`."""

    title = "date"
    parameter_name = "recent"
    column = "created_utc"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(name, text) for name, (text, _) in WINDOWS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in WINDOWS:
            return queryset
        return queryset.filter(**{f"{self.column}__gte": self.since(self.value() or "")})

    def since(self, window: str) -> Any:
        return utc_now() - WINDOWS[window][1]


def date_column(name: str, title: str) -> Callable[[Any], Any]:
    """A column of a list under a shorter title than the field's."""

    @column(title, ordering=name)
    def shown(row: Any) -> datetime | None:
        moment: datetime | None = getattr(row, name)
        return moment

    return shown


CREATED = date_column("created_utc", "Created (UTC)")


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def as_json(value: Any) -> SafeString:
    """A value as indented JSON in a box."""
    text = orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
    return format_html('<pre class="json-box" tabindex="0">{}</pre>', text)


@admin.register(RateCounter)
class RateCounterAdmin(ReadOnlyAdmin):
    """Whose name is counted is kept as a hash, so only the kind can be read."""

    list_display = ("kind", "count", date_column("expires_utc", "Until (UTC)"))
    ordering = ("-expires_utc", "key")

    @column("Kind")
    def kind(self, row: RateCounter) -> str:
        return row.key.partition(":")[0]


@admin.register(ScheduledJob)
class ScheduledJobAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "outcome",
        date_column("last_started_utc", "Started (UTC)"),
        date_column("last_finished_utc", "Finished (UTC)"),
        "short_error",
    )
    ordering = ("name",)

    @column("Last run", label={"failed": "danger", "done": "success", "running": "info"})
    def outcome(self, job: ScheduledJob) -> str:
        if job.last_started_utc is None:
            return "never"
        if job.last_finished_utc is None or job.last_finished_utc < job.last_started_utc:
            return "running"
        return "failed" if job.last_error else "done"

    @column("Error")
    def short_error(self, job: ScheduledJob) -> str:
        return shortened(job.last_error, 80)
