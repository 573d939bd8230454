"""The map of notification settings becomes rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("projects", "0002_notifications_and_views")]
AFTER = [("projects", "0003_notification_settings_by_recipient")]


def migrated(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    # Other apps stay as they are now, and their models have to be those of their tables.
    targets = [*targets, *(leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] == "accounts")]
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_each_recipient_gets_a_row() -> None:
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrated(BEFORE)
        organization = apps.get_model("accounts", "Organization").objects.create(name="Acme")
        maps: list[dict[str, Any]] = [
            {"a" * 24: {"report_new_errors": True, "old": True}, "slack": {"send_daily_summary": True}},
            {},
            {"b" * 24: None},
        ]
        for number, settings in enumerate(maps):
            apps.get_model("projects", "Project").objects.create(
                organization=organization, name=f"Project {number}", notification_settings=settings
            )
        rows = migrated(AFTER).get_model("projects", "NotificationSetting").objects.order_by("recipient")
        shown = [(row.recipient, row.organization_id, row.report_new_errors, row.send_daily_summary) for row in rows]
        assert shown == [("a" * 24, organization.pk, True, False), ("slack", organization.pk, False, True)]
    finally:
        MigrationExecutor(connection).migrate(leaves)
