"""Whom an event concerns besides who did it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('instances', '0007_transition'),
    ]

    operations = [
        migrations.AddField(
            model_name='instanceevent',
            name='related_user',
            field=models.JSONField(blank=True, help_text='Whom it concerns besides, as PlatformUser.', null=True),
        ),
    ]
