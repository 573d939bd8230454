"""Names beside rows whose foreign keys the database does not check.

A join would hide a row whose project was purged before it, and nothing must be hidden here; so the names
come from subqueries, which the database runs for the rows of one page only.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import Organization
from events.models import Stack
from exceptionless_site.core.admin import shortened
from projects.models import Project


def with_names(rows: QuerySet[Any], *, stack: bool = False) -> QuerySet[Any]:
    """The rows with `organization_name` and `project_name`, and `stack_title` when asked."""
    names = {
        "organization_name": _of(Organization, "organization_id", "name"),
        "project_name": _of(Project, "project_id", "name"),
    }
    if stack:
        names["stack_title"] = _of(Stack, "stack_id", "title")
    named: QuerySet[Any] = rows.annotate(**names)
    return named


def _of(model: type[Model], key: str, column: str) -> Subquery:
    return Subquery(model._default_manager.filter(pk=OuterRef(key)).order_by().values(column)[:1])


def link(model: type[Model], key: str, name: str | None) -> str:
    """A link to the row's own page, or its id where it is gone."""
    if name is None:
        return f"{key} (gone)"
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
    return format_html('<a class="text-link" href="{}">{}</a>', address, shortened(name, 80))
