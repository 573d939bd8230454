"""Stacks: events of a project that have the same signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from events.stacking.status import StackStatus, allows_notifications
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField

if TYPE_CHECKING:
    from accounts.identity import Identity


STATUS_CHOICES = [(status.value, status.value.title()) for status in StackStatus]


class StackQuerySet(models.QuerySet["Stack"]):
    def visible_to(self, identity: Identity) -> StackQuerySet:
        """Stacks of living projects in the caller's organizations; a global admin reaches all."""
        alive = self.filter(is_deleted=False, project__is_deleted=False, organization__is_deleted=False)
        if identity.is_global_admin:
            return alive
        return alive.filter(organization_id__in=identity.organization_ids)


class Stack(models.Model):
    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+", db_index=False)
    type = models.CharField(max_length=100)
    status = models.CharField(max_length=20, choices=STATUS_CHOICES, default=StackStatus.OPEN)
    snooze_until_utc = models.DateTimeField(null=True, blank=True)
    signature_hash = models.CharField(max_length=40, editable=False)
    signature_info = models.JSONField(default=dict, editable=False)
    fixed_in_version = models.CharField(max_length=100, blank=True, default="")
    date_fixed = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=1000)
    description = models.TextField(blank=True, default="")
    total_occurrences = models.BigIntegerField(default=0, editable=False)
    first_occurrence = models.DateTimeField(editable=False)
    last_occurrence = models.DateTimeField(editable=False)
    occurrences_are_critical = models.BooleanField(default=False)
    references = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    is_deleted = models.BooleanField(default=False, editable=False)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)

    objects = StackQuerySet.as_manager()

    class Meta:
        ordering = ["-last_occurrence"]
        indexes = [
            models.Index(fields=["organization", "last_occurrence"], name="stack_organization_last"),
            models.Index(fields=["project", "last_occurrence"], name="stack_project_last"),
            models.Index(fields=["project", "status"], name="stack_project_status"),
            # Lists of events leave out those of the few stacks that are deleted and not yet removed.
            models.Index(fields=["organization"], name="stack_deleted", condition=models.Q(is_deleted=True)),
        ]
        constraints = [
            # A deleted stack must not be found again, so only living ones are unique.
            models.UniqueConstraint(
                fields=["organization", "project", "signature_hash"],
                condition=models.Q(is_deleted=False),
                name="stack_signature",
            ),
        ]

    def __str__(self) -> str:
        return self.title[:80]

    @property
    def duplicate_signature(self) -> str:
        return f"{self.project_id}:{self.signature_hash}"

    @property
    def allow_notifications(self) -> bool:
        return allows_notifications(self.status)
