"""What organizations sent, hour by hour."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import OrganizationUsage
from exceptionless_site.core.admin import ReadOnlyAdmin, RecentFilter, date_column

COUNTERS = ("total", "blocked", "discarded", "too_big", "deleted")


class RecentHourFilter(RecentFilter):
    column = "hour"


@admin.register(OrganizationUsage)
class OrganizationUsageAdmin(ReadOnlyAdmin):
    list_display = (date_column("hour", "Hour (UTC)"), "organization", *COUNTERS)
    list_select_related = ("organization",)
    list_filter = (RecentHourFilter, ("organization", AutocompleteSelectFilter))
    ordering = ("-hour", "organization_id")
