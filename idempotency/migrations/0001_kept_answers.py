import common.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key_hash', models.CharField(help_text='SHA-256 of caller, address and key.', max_length=64, unique=True)),
                ('holder', models.UUIDField(help_text='Which run of the call may end it.')),
                ('began_at', models.DateTimeField(help_text='When the call began.')),
                ('leased_until', models.DateTimeField(help_text='Until when a run that is not heard of is believed to be alive.')),
                ('expires_at', models.DateTimeField(help_text='When the key may be used anew.')),
                ('fingerprint', models.CharField(blank=True, default='', help_text='SHA-256 of query, content type and body.', max_length=64)),
                ('status', models.SmallIntegerField(blank=True, help_text='HTTP status of the answer.', null=True)),
                ('headers', models.JSONField(blank=True, default=dict, help_text='Headers of the answer.')),
                ('body', models.BinaryField(blank=True, help_text='None of a large answer, which is not kept.', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='kept_answer_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('body__isnull', True), ('status__isnull', True)), models.Q(('status__isnull', False), models.Q(('fingerprint', ''), _negated=True)), _connector='OR'), name='kept_answer_is_of_a_known_call', violation_error_message='An answer is kept with what was asked.')],
            },
        ),
    ]
