"""Answers GET instances?dataValues.{key}=… on PostgreSQL; SQLite reads row by row."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from common.online_indexes import AddIndexOnPostgres


class Migration(migrations.Migration):

    atomic = False  # on a live table the index is built without blocking writers

    dependencies = [("instances", "0004_external_reference")]

    operations = [
        AddIndexOnPostgres(
            model_name="instance",
            index=GinIndex(
                fields=["data_values"],
                name="inst_data_values",
                # Each key with its value: small, and all that is asked.
                opclasses=["jsonb_path_ops"],
                condition=models.Q(data_values__isnull=False),
            ),
        ),
    ]
