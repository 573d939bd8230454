"""Source maps of projects, and what is waiting to be looked for on the servers of the scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField

if TYPE_CHECKING:
    from accounts.identity import Identity

ID_LENGTH = 64


class SourceMapQuerySet(models.QuerySet["SourceMap"]):
    def visible_to(self, identity: Identity) -> SourceMapQuerySet:
        """Source maps of living projects in the caller's organizations; a global admin reaches all."""
        alive = self.filter(project__is_deleted=False, organization__is_deleted=False)
        if identity.is_global_admin:
            return alive
        return alive.filter(organization_id__in=identity.organization_ids)


class SourceMap(models.Model):
    """The source map of one generated file of a project.

    `source_map_id` is the wire's id, which two projects with the same file share. The content is a file of the
    storage, named by its hash.
    """

    key = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+", db_index=False)
    source_map_id = models.CharField(max_length=ID_LENGTH, editable=False)
    generated_file_url = models.TextField()
    source_map_url = models.TextField(null=True, blank=True)  # noqa: DJ001 - absent on the wire for uploads
    file_name = models.TextField(null=True, blank=True)  # noqa: DJ001
    content_hash = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(help_text="Bytes of the file.")
    is_auto_downloaded = models.BooleanField(default=False)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)
    last_used_utc = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SourceMapQuerySet.as_manager()

    class Meta:
        ordering = ["generated_file_url", "key"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "project", "source_map_id"], name="source_map_unique"),
        ]
        indexes = [models.Index(fields=["project"], name="source_map_project")]

    def __str__(self) -> str:
        return self.generated_file_url


class SourceMapSearch(models.Model):
    """A generated file whose source map is looked for on its own server, when discovery is on.

    The row is gone once the map is there. After a failure it stays until `available_utc`, so that the server is
    left alone; meanwhile `error` says what happened.
    """

    key = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+", db_index=False)
    source_map_id = models.CharField(max_length=ID_LENGTH, editable=False)
    generated_file_url = models.TextField()
    available_utc = models.DateTimeField(default=utc_now)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["available_utc", "key"]
        verbose_name_plural = "source map searches"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "project", "source_map_id"], name="source_map_search_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["project"], name="source_map_search_project"),
            models.Index(fields=["available_utc"], name="source_map_search_available"),
        ]

    def __str__(self) -> str:
        return self.generated_file_url
