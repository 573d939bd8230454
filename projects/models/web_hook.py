"""Web hooks: addresses that hear of errors, events and promoted stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField

if TYPE_CHECKING:
    from accounts.identity import Identity

NEW_ERROR = "NewError"
CRITICAL_ERROR = "CriticalError"
NEW_EVENT = "NewEvent"
CRITICAL_EVENT = "CriticalEvent"
STACK_REGRESSION = "StackRegression"
STACK_PROMOTED = "StackPromoted"
EVENT_TYPES = (NEW_ERROR, CRITICAL_ERROR, NEW_EVENT, CRITICAL_EVENT, STACK_REGRESSION, STACK_PROMOTED)

VERSION_1 = "v1"
VERSION_2 = "v2"


class WebHookQuerySet(models.QuerySet["WebHook"]):
    def alive(self) -> WebHookQuerySet:
        in_project = models.Q(project__isnull=True) | models.Q(project__is_deleted=False)
        return self.filter(in_project, organization__is_deleted=False)

    def visible_to(self, identity: Identity) -> WebHookQuerySet:
        """Those of the caller's own organizations, for a global admin too."""
        return self.alive().filter(organization_id__in=identity.organization_ids)


class WebHook(models.Model):
    """The address may hold a secret, so it is shown to members only and never logged.

    `failures` counts the deliveries that failed since the last one that went well; see
    services/web_hook_deliveries.py for what follows from it.
    """

    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+", null=True, blank=True)
    url = models.TextField()
    event_types = models.JSONField(default=list)
    version = models.CharField(max_length=10, default=VERSION_2)
    is_enabled = models.BooleanField(default=True)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    first_failure_utc = models.DateTimeField(null=True, blank=True, editable=False)
    last_attempt_utc = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, default="", editable=False)
    dropped = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="Calls that were not made, because too many were waiting."
    )

    objects = WebHookQuerySet.as_manager()

    class Meta:
        ordering = ["created_utc", "id"]
        verbose_name = "web hook"
        indexes = [models.Index(fields=["organization", "project", "created_utc"], name="web_hook_project")]

    def __str__(self) -> str:
        return f"{self.host} {self.pk}"

    @property
    def host(self) -> str:
        """The host of the address, which is no secret."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""
