"""Tells proofs that the server wrote itself from what somebody has uploaded.

Of the elements that there are already nobody knows, so they prove nothing.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("data_elements", "0003_scan_pending_index")]

    operations = [
        migrations.AddField(
            model_name="dataelement",
            name="made_by_server",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "A proof that the server wrote itself: a signature, or a payment."
                ),
            ),
        ),
    ]
