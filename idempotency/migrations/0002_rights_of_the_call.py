"""Keeps what a call took, to ask for it anew; for those of before nothing is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("idempotency", "0001_kept_answers")]

    operations = [
        migrations.AddField(
            model_name="keptanswer",
            name="rights",
            field=models.JSONField(
                blank=True,
                help_text="What is asked again before the answer is repeated.",
                null=True,
            ),
        ),
    ]
