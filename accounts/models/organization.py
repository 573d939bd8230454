"""Organizations: the tenants. Every other tenant row carries an organization's id."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from accounts.plans import FREE, UNLIMITED, Plan, plan_by_id
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField
from exceptionless_site.core.memory import RememberedQuerySet

if TYPE_CHECKING:
    from accounts.identity import Identity


class SuspensionCode(models.TextChoices):
    BILLING = "Billing"
    OVERAGE = "Overage"
    ABUSE = "Abuse"
    OTHER = "Other"


class OrganizationQuerySet(RememberedQuerySet["Organization"]):
    def alive(self) -> OrganizationQuerySet:
        return self.filter(is_deleted=False)

    def visible_to(self, identity: Identity) -> OrganizationQuerySet:
        """Those that the caller belongs to; a global admin reaches all."""
        if identity.is_global_admin:
            return self.alive()
        return self.alive().filter(id__in=identity.organization_ids)


class Organization(models.Model):
    id = ObjectIdField(primary_key=True)
    name = models.CharField(max_length=1000)
    plan_id = models.CharField(max_length=40, default=UNLIMITED.id)
    max_events_per_month = models.IntegerField(default=-1, help_text="-1 means unlimited.")
    bonus_events_per_month = models.IntegerField(default=0)
    bonus_expiration = models.DateTimeField(null=True, blank=True)
    retention_days = models.IntegerField(default=0, help_text="0 means the server's maximum.")
    max_users = models.IntegerField(default=-1, help_text="-1 means unlimited.")
    max_projects = models.IntegerField(default=-1, help_text="-1 means unlimited.")
    has_premium_features = models.BooleanField(default=True)
    features = models.JSONField(default=list, blank=True)
    data = models.JSONField(default=dict, blank=True)
    icon_file_name = models.CharField(max_length=40, blank=True, default="", editable=False)
    is_suspended = models.BooleanField(default=False)
    suspension_code = models.CharField(max_length=20, choices=SuspensionCode.choices, blank=True, default="")
    suspension_notes = models.TextField(blank=True, default="")
    suspension_date = models.DateTimeField(null=True, blank=True)
    suspended_by_user_id = models.CharField(max_length=24, blank=True, default="")
    is_deleted = models.BooleanField(default=False, editable=False)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)
    last_event_date_utc = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def icon_url(self) -> str:
        """Where the API shows the icon; empty without one."""
        return f"/api/v2/organizations/{self.pk}/icon/{self.icon_file_name}" if self.icon_file_name else ""

    @property
    def plan(self) -> Plan:
        return plan_by_id(self.plan_id) or FREE

    def apply_plan(self, plan: Plan) -> None:
        """Take over the plan's limits; a later change in the admin may override each of them."""
        self.plan_id = plan.id
        self.max_events_per_month = plan.max_events_per_month
        self.retention_days = plan.retention_days
        self.max_users = plan.max_users
        self.max_projects = plan.max_projects
        self.has_premium_features = plan.has_premium_features

    def event_limit(self, at: datetime) -> int:
        """How many events this organization may send in the month of that instant; -1 is unlimited."""
        if self.max_events_per_month <= 0:
            return -1
        has_bonus = self.bonus_expiration is None or self.bonus_expiration > at
        return self.max_events_per_month + (self.bonus_events_per_month if has_bonus else 0)

    @property
    def effective_retention_days(self) -> int:
        """Days for which events can be read; never more than the server keeps."""
        days = self.retention_days if self.retention_days > 0 else settings.MAXIMUM_RETENTION_DAYS
        return int(min(days, settings.MAXIMUM_RETENTION_DAYS))
