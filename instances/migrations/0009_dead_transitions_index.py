"""Counts the service tasks that were given up, for the operators' figures."""

from django.db import migrations, models

from common.online_indexes import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("instances", "0008_event_related_user")]

    operations = [
        AddIndexOnline(
            model_name="transition",
            index=models.Index(
                fields=["dead_at"],
                name="transition_dead",
                condition=models.Q(dead_at__isnull=False),
            ),
        ),
    ]
