"""Saved views: filters of the pages of events and stacks, under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField

if TYPE_CHECKING:
    from accounts.identity import Identity

EVENTS, STACKS, STREAM = "events", "stacks", "stream"
VIEW_TYPES = (EVENTS, STACKS, STREAM)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, identity: Identity) -> SavedViewQuerySet:
        """The shared views of the caller's own organizations, for a global admin too, and the caller's private ones."""
        own = identity.user.pk if identity.user is not None else ""
        rows = self.filter(organization__is_deleted=False, organization_id__in=identity.organization_ids)
        return rows.filter(user_id__in={"", own})


class SavedView(models.Model):
    """`user_id` is the person whose private view it is; a shared view has none.

    `predefined_key` tells which predefined view it was made from, `predefined_hash` what it held then: a view that
    people have changed since stays as they made it.
    """

    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="+", db_index=False)
    user_id = models.CharField(max_length=24, blank=True, default="")
    created_by_user_id = models.CharField(max_length=24)
    updated_by_user_id = models.CharField(max_length=24, blank=True, default="")
    view_type = models.CharField(max_length=10, choices=[(name, name.title()) for name in VIEW_TYPES])
    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=100)
    filter = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001 - absent and empty differ
    filter_definitions = models.TextField(null=True, blank=True)  # noqa: DJ001
    columns = models.JSONField(null=True, blank=True)
    time = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    sort = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    show_stats = models.BooleanField(null=True, blank=True)
    show_chart = models.BooleanField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    predefined_key = models.CharField(max_length=100, blank=True, default="", editable=False)
    predefined_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "saved view"
        indexes = [models.Index(fields=["organization", "view_type", "name"], name="saved_view_organization")]

    def __str__(self) -> str:
        return self.name


class PredefinedViews(models.Model):
    """The views that every organization starts with, when a global admin has replaced those of the product."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    definitions = models.JSONField(default=list)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "predefined views"

    def __str__(self) -> str:
        return "Predefined views"
