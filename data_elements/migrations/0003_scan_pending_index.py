"""Finds what waits for a malware scan, when a worker that can scan begins."""

from django.db import migrations, models

_INDEX = "dataelement_scan_pending"


def make(apps, editor):
    how = "CONCURRENTLY " if editor.connection.vendor == "postgresql" else ""
    editor.execute(
        f"CREATE INDEX {how}IF NOT EXISTS {_INDEX}"
        " ON data_elements_dataelement (id) WHERE scan_result = 1"
    )


def drop(apps, editor):
    how = "CONCURRENTLY " if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP INDEX {how}IF EXISTS {_INDEX}")


class Migration(migrations.Migration):

    atomic = False  # on a live table the index is built without blocking writers

    dependencies = [("data_elements", "0002_file_scans")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make, drop)],
            state_operations=[
                migrations.AddIndex(
                    model_name="dataelement",
                    index=models.Index(
                        fields=["id"],
                        name=_INDEX,
                        condition=models.Q(scan_result=1),
                    ),
                ),
            ],
        ),
    ]
