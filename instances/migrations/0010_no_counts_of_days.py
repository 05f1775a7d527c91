"""Days are counted as events are told (events/daily_counts.py), not from instances."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("instances", "0009_dead_transitions_index")]

    operations = [
        migrations.RemoveField(model_name="appstatistics", name="per_day"),
    ]
