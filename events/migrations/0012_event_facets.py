"""Values of documents that are counted, in a column; rows that are there get it in batches."""

from django.db import migrations, models

from events.documents import unpack
from events.search.document import searchable_values
from events.search.facets import facets_text

AT_ONCE = 1_000


def fill(apps, schema_editor):
    events = apps.get_model("events", "Event").objects.using(schema_editor.connection.alias)
    before = 2**63 - 1
    while rows := list(events.filter(key__lt=before).order_by("-key").values_list("key", "document")[:AT_ONCE]):
        found = [(facets_text(searchable_values(unpack(bytes(document)))), key) for key, document in rows]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany("UPDATE events_event SET facets = %s WHERE key = %s", found)
        before = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("events", "0011_bot_events")]

    operations = [
        migrations.AddField("event", "facets", models.TextField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
