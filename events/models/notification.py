"""Events that somebody wants to hear of, from the transaction that stored them to the job that tells."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField, tenant_key


class Notification(models.Model):
    """What was special about one stored event; the row goes with the transaction that queues calls and mails.

    With an `error` it could not be told, and waits for a person.
    """

    id = ObjectIdField(primary_key=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    stack = tenant_key("events.Stack")
    event_key = models.BigIntegerField(help_text="The key of the event.")
    is_new = models.BooleanField(default=False)
    is_regression = models.BooleanField(default=False)
    is_critical = models.BooleanField(default=False)
    created_utc = models.DateTimeField(default=utc_now)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="notification_waiting", condition=models.Q(error="")),
            models.Index(fields=["organization", "project"], name="notification_project"),
        ]

    def __str__(self) -> str:
        return f"notification {self.pk}"
