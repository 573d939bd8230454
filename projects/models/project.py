"""Projects: what events are sent to, with the configuration that clients read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField
from exceptionless_site.core.memory import RememberedQuerySet

if TYPE_CHECKING:
    from accounts.identity import Identity

DEFAULT_BOT_PATTERNS = "*bot*,*crawler*,*spider*,*aolbuild*,*teoma*,*yahoo*"


def default_configuration() -> dict[str, str]:
    return {"@@UserAgentBotPatterns": DEFAULT_BOT_PATTERNS}


class ProjectQuerySet(RememberedQuerySet["Project"]):
    def alive(self) -> ProjectQuerySet:
        return self.filter(is_deleted=False, organization__is_deleted=False)

    def visible_to(self, identity: Identity) -> ProjectQuerySet:
        """Projects of the caller's organizations; a global admin reaches all."""
        if identity.is_global_admin:
            return self.alive()
        return self.alive().filter(organization_id__in=identity.organization_ids)


class Project(models.Model):
    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="projects", db_index=False)
    name = models.CharField(max_length=1000)
    configuration = models.JSONField(default=default_configuration, blank=True, help_text="Settings that clients read.")
    configuration_version = models.PositiveIntegerField(default=1)
    delete_bot_data_enabled = models.BooleanField(default=False)
    data = models.JSONField(default=dict, blank=True)
    promoted_tabs = models.JSONField(default=list, blank=True)
    is_configured = models.BooleanField(default=False, help_text="The first event has arrived.")
    is_deleted = models.BooleanField(default=False, editable=False)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)
    last_event_date_utc = models.DateTimeField(null=True, blank=True, editable=False)
    next_summary_utc = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The end of the next day that a summary is mailed of."
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["organization", "name"], name="project_organization_name")]

    def __str__(self) -> str:
        return self.name

    def setting(self, key: str) -> Any:
        """A client setting; keys match in any case."""
        wanted = key.lower()
        return next((value for name, value in self.configuration.items() if name.lower() == wanted), None)
