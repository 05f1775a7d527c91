"""The malware scans that contents wait for."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('data_elements', '0001_initial'),
        ('instances', '0006_queue_lease'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileScan',
            fields=[
                ('due_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('dead_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_error', models.TextField(blank=True, default='', editable=False)),
                ('element_id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddIndex(
            model_name='filescan',
            index=models.Index(condition=models.Q(('dead_at__isnull', True), ('due_at__isnull', False)), fields=['due_at'], name='filescan_due'),
        ),
    ]
