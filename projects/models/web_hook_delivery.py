"""Calls of web hooks, and messages to Slack, that wait or were made."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField, tenant_key


class WebHookDelivery(models.Model):
    """One call of a web hook; without one it is a message to the Slack channel of the project.

    `available_utc` is also the lease: whoever makes the call moves it into the future first, and a process that
    dies lets it pass. An `error` together with `finished_utc` says that it was given up.
    """

    id = ObjectIdField(primary_key=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    web_hook = models.ForeignKey(
        "projects.WebHook", models.CASCADE, related_name="deliveries", null=True, blank=True, db_index=False
    )
    event_type = models.CharField(max_length=20, help_text="Why the call is made.")
    payload = models.BinaryField(help_text="The JSON that is sent.")
    created_utc = models.DateTimeField(default=utc_now)
    available_utc = models.DateTimeField(default=utc_now, help_text="Not before this instant is the call made (again).")
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The status of the last answer.")
    finished_utc = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-created_utc", "-id"]
        verbose_name = "web hook delivery"
        verbose_name_plural = "web hook deliveries"
        indexes = [
            models.Index(
                fields=["available_utc"],
                name="delivery_waiting",
                condition=models.Q(finished_utc__isnull=True),
            ),
            models.Index(fields=["web_hook", "finished_utc"], name="delivery_web_hook"),
            models.Index(fields=["organization", "created_utc"], name="delivery_organization"),
            models.Index(
                fields=["finished_utc"], name="delivery_finished", condition=models.Q(finished_utc__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.pk}"

    @property
    def state(self) -> str:
        """waiting, retrying, delivered or failed."""
        if self.finished_utc is not None:
            return "failed" if self.error else "delivered"
        return "retrying" if self.attempts else "waiting"
