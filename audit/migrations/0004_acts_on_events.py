"""What is done with deliveries and subscriptions.

SQLite makes its table anew for that, and the trigger of 0002 with it.
"""

from importlib import import_module

from django.db import migrations, models


_never_changed = import_module("audit.migrations.0002_never_changed")


def make_trigger_anew(apps, editor):
    if editor.connection.vendor == "sqlite":
        _never_changed.make(apps, editor)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_deployments_in_the_trail'),
    ]

    operations = [
        # Backwards, this is the last one.
        migrations.RunPython(migrations.RunPython.noop, make_trigger_anew),
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_entry_act_known',
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='act',
            field=models.CharField(choices=[('look', 'Looked at'), ('download', 'Downloaded'), ('add', 'Added'), ('change', 'Changed'), ('delete', 'Deleted'), ('confirm', 'Confirmed'), ('soft-delete', 'Soft deleted'), ('restore', 'Restored'), ('retry', 'Sent again'), ('give-up', 'Given up'), ('end', 'Ended'), ('deploy', 'Deployed'), ('activate', 'Activated'), ('retire', 'Retired')], help_text='What.', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['look', 'download', 'add', 'change', 'delete', 'confirm', 'soft-delete', 'restore', 'retry', 'give-up', 'end', 'deploy', 'activate', 'retire'])), name='audit_entry_act_known', violation_error_message='There is no such act.'),
        ),
        migrations.RunPython(make_trigger_anew, migrations.RunPython.noop),
    ]
