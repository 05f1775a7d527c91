"""Answers GET instances?dataValues.{key}=… on PostgreSQL; SQLite reads row by row."""

from django.db import migrations

# jsonb_path_ops holds each key with its value: small, and all that is asked.
_MAKE = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS inst_data_values
ON instances_instance USING gin (data_values jsonb_path_ops)
WHERE data_values IS NOT NULL
"""


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(_MAKE)


def drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX CONCURRENTLY IF EXISTS inst_data_values")


class Migration(migrations.Migration):

    atomic = False  # on a live table the index is built without blocking writers

    dependencies = [("instances", "0004_external_reference")]

    operations = [migrations.RunPython(make, drop)]
