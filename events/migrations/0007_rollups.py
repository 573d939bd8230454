"""Rollups of events by stack and hour, filled from the events that are there; users of a stack by an index alone."""

import django.db.models.deletion
from django.db import migrations, models

from events.rollups import storage


def create(apps, schema_editor):
    storage.create_table(schema_editor, apps.get_model("events", "Rollup"))


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE events_rollup")


def owner(to):
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=to
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("events", "0006_search"), ("projects", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Rollup",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "organization_id",
                                "project_id",
                                "hour",
                                "stack_id",
                                "type",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization", owner("accounts.organization")),
                        ("project", owner("projects.project")),
                        ("hour", models.IntegerField()),
                        ("stack", owner("events.stack")),
                        ("type", models.CharField(max_length=100)),
                        ("events", models.IntegerField()),
                        ("occurrences", models.BigIntegerField()),
                        ("first_occurrences", models.IntegerField()),
                        ("first_key", models.BigIntegerField()),
                        ("last_key", models.BigIntegerField()),
                    ],
                    options={"indexes": [models.Index(fields=["stack", "hour"], name="rollup_stack_hour")]},
                )
            ]
        ),
        migrations.RunPython(create, drop),
        migrations.RunSQL(storage.FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex("event", "event_stack_key"),
        migrations.AddIndex(
            "event", models.Index(fields=["stack", "key", "type", "count", "user_hash"], name="event_stack_counted")
        ),
    ]
