"""Keeps what a receipt commits to; those of before commit to nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("receipts", "0001_receipts")]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="disclosures",
            field=models.JSONField(
                blank=True,
                help_text=(
                    "What it commits to, each with the types whose rights open it."
                ),
                null=True,
            ),
        ),
    ]
