"""Tables that belong to the server as a whole."""

from __future__ import annotations

from django.db import models


class RateCounter(models.Model):
    """How often something happened in one fixed window of the clock (logins, sign-ups, API requests)."""

    key = models.CharField(max_length=200, primary_key=True)
    """What is counted, of whom, and in which window: `login:email:<address>:<window start>`."""
    count = models.PositiveIntegerField(default=0)
    expires_utc = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "rate counter"

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class ScheduledJob(models.Model):
    """When a repeated job ran last, on whichever machine; who changes `last_started_utc` may run it."""

    name = models.CharField(max_length=100, primary_key=True)
    last_started_utc = models.DateTimeField(null=True, blank=True)
    last_finished_utc = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="", help_text="Why the last run failed; empty when it did not.")

    class Meta:
        ordering = ["name"]
        verbose_name = "scheduled job"

    def __str__(self) -> str:
        return self.name


class SystemNotificationLevel(models.TextChoices):
    INFO = "Info"
    WARNING = "Warning"
    ERROR = "Error"


class SystemNotificationTarget(models.TextChoices):
    BOTH = "Both"
    LEGACY = "Legacy"
    MODERN = "Modern"


class SystemNotification(models.Model):
    """What a global admin wants everybody to read in the web UI; there is at most one."""

    name = models.CharField(max_length=20, primary_key=True, default="system", editable=False)
    date = models.DateTimeField()
    message = models.TextField()
    level = models.CharField(
        max_length=20, choices=SystemNotificationLevel.choices, default=SystemNotificationLevel.INFO
    )
    target = models.CharField(
        max_length=20, choices=SystemNotificationTarget.choices, default=SystemNotificationTarget.BOTH
    )

    class Meta:
        verbose_name = "system notification"

    def __str__(self) -> str:
        return self.message[:100]
