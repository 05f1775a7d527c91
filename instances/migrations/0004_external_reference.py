from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('instances', '0003_instance_lock'),
    ]

    operations = [
        migrations.AddField(
            model_name='instance',
            name='external_reference',
            field=models.CharField(blank=True, help_text='What the caller who made it calls it, once for each app and owner.', max_length=128, null=True),
        ),
        migrations.AddConstraint(
            model_name='instance',
            constraint=models.UniqueConstraint(condition=models.Q(('external_reference__isnull', False), ('hard_deleted_at__isnull', True)), fields=('app_id', 'external_reference', 'owner_party_id'), name='inst_external_reference', violation_error_message='The owner has an instance of that reference.'),
        ),
    ]
