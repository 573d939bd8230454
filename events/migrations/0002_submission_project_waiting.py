from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='submission',
            name='kind',
            field=models.CharField(
                choices=[('events', 'Events'), ('user-description', 'User description')], default='events', max_length=20
            ),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(
                condition=models.Q(('parked_utc__isnull', True)),
                fields=['project', 'available_utc', 'key'],
                name='submission_project_waiting',
            ),
        ),
    ]
