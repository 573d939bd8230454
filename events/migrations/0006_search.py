"""What searching needs: SQLite's index of tokens or PostgreSQL's column, places, and an index of deleted stacks."""

import django.db.models.deletion
from django.db import migrations, models

import events.models.event_search
from events.search.sql import storage
from exceptionless_site.core.fields import TimeKeyField

COUNTED = ("stack", "type", "is_first_occurrence", "count", "user_hash")


def create_index(apps, schema_editor):
    storage.create_index(schema_editor.connection)


def drop_index(apps, schema_editor):
    storage.drop_index(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("events", "0005_sessions")]

    operations = [
        migrations.RemoveIndex("event", "event_organization_key"),
        migrations.RemoveIndex("event", "event_project_key"),
        migrations.AlterField("event", "key", TimeKeyField(primary_key=True, serialize=False)),
        migrations.AddField("event", "latitude", models.FloatField(null=True)),
        migrations.AddField("event", "longitude", models.FloatField(null=True)),
        migrations.AddIndex(
            "event", models.Index(fields=["organization", "key", *COUNTED], name="event_organization_counted")
        ),
        migrations.AddIndex("event", models.Index(fields=["project", "key", *COUNTED], name="event_project_counted")),
        migrations.AddIndex(
            "stack",
            models.Index(condition=models.Q(("is_deleted", True)), fields=["organization"], name="stack_deleted"),
        ),
        migrations.CreateModel(
            name="EventSearch",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("tokens", events.models.event_search.TokensField()),
            ],
            options={"db_table": "events_eventsearch", "managed": False, "default_permissions": ()},
        ),
        migrations.RunPython(create_index, drop_index),
    ]
