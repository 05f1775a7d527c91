"""Counts the deliveries that failed for good, for the operators' figures."""

from django.db import migrations, models

from common.online_indexes import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("events", "0002_deliveries")]

    operations = [
        AddIndexOnline(
            model_name="delivery",
            index=models.Index(
                fields=["ended_at"],
                name="delivery_dead",
                condition=models.Q(outcome="dead"),
            ),
        ),
    ]
