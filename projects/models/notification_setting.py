"""Who wants to hear of what happens in a project."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import ObjectIdField

SLACK = "slack"
"""The recipient that stands for the project's Slack channel."""

WISHES = (
    "send_daily_summary",
    "report_new_errors",
    "report_critical_errors",
    "report_event_regressions",
    "report_new_events",
    "report_critical_events",
)


class NotificationSetting(models.Model):
    """The wishes of one recipient for one project; who has no row wants nothing."""

    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+", db_index=False)
    recipient = models.CharField(max_length=24, help_text="The id of a person, or slack.")
    send_daily_summary = models.BooleanField(default=False)
    report_new_errors = models.BooleanField(default=False)
    report_critical_errors = models.BooleanField(default=False)
    report_event_regressions = models.BooleanField(default=False)
    report_new_events = models.BooleanField(default=False)
    report_critical_events = models.BooleanField(default=False)

    class Meta:
        ordering = ["recipient"]
        verbose_name = "notification setting"
        constraints = [
            models.UniqueConstraint(fields=["organization", "project", "recipient"], name="notification_setting_once"),
        ]
        indexes = [models.Index(fields=["organization", "recipient"], name="notification_setting_recipient")]

    def __str__(self) -> str:
        return f"{self.recipient} of {self.project_id}"

    @property
    def wishes(self) -> dict[str, bool]:
        return {name: getattr(self, name) for name in WISHES}
