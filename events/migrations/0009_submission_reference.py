"""Descriptions name their event, so that they can be found when it arrives."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0007_rollups")]

    operations = [
        migrations.AddField(
            "submission",
            "reference_id",
            models.CharField(help_text="Of the event that a description is about.", max_length=100, null=True),
        ),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["project", "reference_id"],
                name="submission_description",
                condition=models.Q(reference_id__isnull=False),
            ),
        ),
    ]
