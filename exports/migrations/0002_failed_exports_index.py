"""Finds the exports that were given up, to count them and to remove what they have."""

from django.db import migrations, models

from common.online_indexes import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("exports", "0001_initial")]

    operations = [
        AddIndexOnline(
            model_name="export",
            index=models.Index(
                fields=["dead_at"],
                name="export_failed",
                condition=models.Q(dead_at__isnull=False, discarded_at__isnull=True),
            ),
        ),
    ]
