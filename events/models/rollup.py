"""Events of one stack, type and hour, added up: what dashboards without conditions on single events are made of."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import tenant_key


class Rollup(models.Model):
    """Written together with the events it adds up (see events.rollups.storage), so that it always agrees with them.

    `hour` is the number of hours since 1970, UTC. `occurrences` counts an event as often as its client says that it
    happened. `first_key` and `last_key` are those of the first and the last event.
    """

    pk = models.CompositePrimaryKey("organization_id", "project_id", "hour", "stack_id", "type")
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    hour = models.IntegerField()
    stack = tenant_key("events.Stack")
    type = models.CharField(max_length=100)
    events = models.IntegerField()
    occurrences = models.BigIntegerField()
    first_occurrences = models.IntegerField()
    first_key = models.BigIntegerField()
    last_key = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["stack", "hour"], name="rollup_stack_hour")]

    def __str__(self) -> str:
        return f"{self.stack_id} {self.hour}: {self.events}"
