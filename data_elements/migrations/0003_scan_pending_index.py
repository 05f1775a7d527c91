"""Finds what waits for a malware scan, when a worker that can scan begins."""

from django.db import migrations, models

from common.online_indexes import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False  # on a live table the index is built without blocking writers

    dependencies = [("data_elements", "0002_file_scans")]

    operations = [
        AddIndexOnline(
            model_name="dataelement",
            index=models.Index(
                fields=["id"],
                name="dataelement_scan_pending",
                condition=models.Q(scan_result=1),
            ),
        ),
    ]
