"""Counts what was told so far, as far as its events are kept."""

from datetime import UTC

from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import TruncDate

import common.ids

_RESOURCE = "urn:altinn:resource:app_"


def count_the_told(apps, editor):
    """Hold the outbox meanwhile: what is told afterwards counts itself."""
    outbox = apps.get_model("events", "Outbox").objects
    list(outbox.select_for_update())
    told = apps.get_model("events", "CloudEvent").objects.filter(
        sequence__isnull=False, resource__startswith=_RESOURCE
    )
    counted = (
        told.order_by()
        .values_list("resource", TruncDate("time", tzinfo=UTC), "type")
        .annotate(Count("pk"))
    )
    daily_count = apps.get_model("events", "DailyCount")
    rows = []
    for resource, day, type_, count in counted:
        org, _, app = resource.removeprefix(_RESOURCE).partition("_")
        rows.append(
            daily_count(
                org=org, app_id=f"{org}/{app}", day=day, type=type_, count=count
            )
        )
    daily_count.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_dead_deliveries_index'),
    ]

    operations = [
        migrations.AddField(
            model_name="cloudevent",
            name="is_quiet",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Of an application that tells nobody of its events.",
            ),
        ),
        migrations.CreateModel(
            name='DailyCount',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('org', models.CharField(max_length=40)),
                ('app_id', models.CharField(help_text='org/app', max_length=121)),
                ('day', models.DateField(help_text='UTC')),
                ('type', models.CharField(help_text="What happened: an event's type.", max_length=255)),
                ('count', models.PositiveBigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['org', 'day', 'id'], name='daily_count_org')],
                'constraints': [models.UniqueConstraint(fields=('app_id', 'day', 'type'), name='daily_count_of_one_thing', violation_error_message='This is counted already.')],
            },
        ),
        migrations.RunPython(count_the_told, migrations.RunPython.noop),
    ]
