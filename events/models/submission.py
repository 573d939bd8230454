"""The queue: accepted payloads that the worker has not turned into events yet."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import tenant_key


class SubmissionKind(models.TextChoices):
    EVENTS = "events", "Events"
    USER_DESCRIPTION = "user-description", "User description"


class Submission(models.Model):
    """One accepted request, kept until the transaction that stores its events deletes it.

    A worker claims rows by writing its name and a deadline; when it dies, the deadline passes and another
    worker repeats the batch. `parked_utc` is set when retrying was given up: the row then waits in the
    admin for a person, with its error.
    """

    key = models.BigIntegerField(primary_key=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    kind = models.CharField(max_length=20, choices=SubmissionKind.choices, default=SubmissionKind.EVENTS)
    api_version = models.PositiveSmallIntegerField(default=2)
    media_type = models.CharField(max_length=100, blank=True, default="")
    charset = models.CharField(max_length=50, blank=True, default="")
    content_encoding = models.CharField(max_length=50, blank=True, default="")
    ip_address = models.CharField(max_length=50, blank=True, default="")
    user_agent = models.CharField(max_length=500, blank=True, default="")
    reference_id = models.CharField(  # noqa: DJ001 - only rows that have one are indexed
        max_length=100, null=True, help_text="Of the event that a description is about."
    )
    payload = models.BinaryField()
    received_utc = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    available_utc = models.DateTimeField(help_text="Not before this instant is the row tried (again).")
    claimed_by = models.CharField(max_length=40, blank=True, default="")
    parked_utc = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["key"]
        indexes = [
            models.Index(
                fields=["available_utc", "key"],
                name="submission_waiting",
                condition=models.Q(parked_utc__isnull=True),
            ),
            # The shares of projects when more waits than one claim takes.
            models.Index(
                fields=["project", "available_utc", "key"],
                name="submission_project_waiting",
                condition=models.Q(parked_utc__isnull=True),
            ),
            models.Index(fields=["parked_utc"], name="submission_parked", condition=models.Q(parked_utc__isnull=False)),
            models.Index(
                fields=["project", "reference_id"],
                name="submission_description",
                condition=models.Q(reference_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
