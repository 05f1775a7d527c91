"""Counts the malware scans that were given up, for the operators' figures."""

from django.db import migrations, models

from common.online_indexes import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("data_elements", "0004_made_by_server")]

    operations = [
        AddIndexOnline(
            model_name="filescan",
            index=models.Index(
                fields=["dead_at"],
                name="filescan_dead",
                condition=models.Q(dead_at__isnull=False),
            ),
        ),
    ]
