from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_WISHES = (
    "send_daily_summary",
    "report_new_errors",
    "report_critical_errors",
    "report_event_regressions",
    "report_new_events",
    "report_critical_events",
)


def to_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One row for each entry of the projects' maps."""
    setting: Any = apps.get_model("projects", "NotificationSetting")
    project: Any = apps.get_model("projects", "Project")
    for row in project.objects.exclude(notification_settings={}).iterator():
        setting.objects.bulk_create(
            [
                setting(
                    organization_id=row.organization_id,
                    project_id=row.pk,
                    recipient=recipient,
                    **{name: bool(wishes.get(name)) for name in _WISHES},
                )
                for recipient, wishes in row.notification_settings.items()
                if isinstance(wishes, dict) and len(recipient) <= 24
            ],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0002_notifications_and_views"),
    ]

    operations = [
        migrations.RunPython(to_rows, migrations.RunPython.noop),
        migrations.RemoveField(model_name="project", name="notification_settings"),
    ]
