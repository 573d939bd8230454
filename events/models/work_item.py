"""Work that takes longer than a request: asked for here, done in slices by a job."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField, tenant_key


class WorkItemKind(models.TextChoices):
    RESET_DATA = "reset-data", "Reset of a project"
    SAMPLE_DATA = "sample-data", "Sample events"
    PURGE = "purge", "Removal of what was deleted"
    CLEAN_UP = "clean-up", "Clean-up"
    ORPHANED_DATA = "orphaned-data", "Removal of orphaned events"
    BOT_EVENTS = "bot-events", "Removal of a bot's events"
    STACK_STATISTICS = "stack-statistics", "Correction of stacks' counters"


class WorkItem(models.Model):
    """One piece of work; its id is what the wire calls a worker.

    `available_utc` is also the lease: a slice of the work moves it into the future, and a process that dies lets
    it pass. `requested_utc` moves when the same is asked for again before it is done.
    """

    id = ObjectIdField(primary_key=True)
    kind = models.CharField(max_length=20, choices=WorkItemKind.choices)
    organization = tenant_key("accounts.Organization", null=True)
    project = tenant_key("projects.Project", null=True)
    argument = models.CharField(max_length=100, blank=True, default="", help_text="What exactly is to be done.")
    requested_utc = models.DateTimeField(default=utc_now)
    available_utc = models.DateTimeField(default=utc_now, help_text="Not before this instant is it worked on.")
    started_utc = models.DateTimeField(null=True, blank=True)
    finished_utc = models.DateTimeField(null=True, blank=True)
    progress = models.BigIntegerField(default=0, help_text="Rows done so far.")
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-requested_utc", "id"]
        verbose_name = "work item"
        indexes = [
            models.Index(fields=["available_utc"], name="work_item_waiting", condition=Q(finished_utc__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "project", "kind", "argument"],
                condition=Q(finished_utc__isnull=True),
                name="work_item_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def state(self) -> str:
        """waiting, working, retrying, done or failed."""
        if self.finished_utc is not None:
            return "failed" if self.error else "done"
        if self.error:
            return "retrying"
        return "working" if self.started_utc else "waiting"
