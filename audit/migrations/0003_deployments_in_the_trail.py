"""Entries of callers who have no account, and of deployments.

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
        ('audit', '0002_never_changed'),
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
            name='account',
            field=models.CharField(help_text='Its name then, or who called the API or ran the command.', max_length=150),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='account_id',
            field=models.BigIntegerField(blank=True, help_text='Who: the key of the account, where it is one of the admin.', null=True),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='act',
            field=models.CharField(choices=[('look', 'Looked at'), ('download', 'Downloaded'), ('add', 'Added'), ('change', 'Changed'), ('delete', 'Deleted'), ('confirm', 'Confirmed'), ('soft-delete', 'Soft deleted'), ('restore', 'Restored'), ('deploy', 'Deployed'), ('activate', 'Activated'), ('retire', 'Retired')], help_text='What.', max_length=16),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='address',
            field=models.CharField(help_text="From where: an address, or a machine's name.", max_length=45),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='details',
            field=models.JSONField(blank=True, help_text='Which fields changed, never their values; which deployment.', null=True),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='trace_id',
            field=models.CharField(blank=True, default='', help_text='The request, as the log names it; empty for a command.', max_length=32),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['look', 'download', 'add', 'change', 'delete', 'confirm', 'soft-delete', 'restore', 'deploy', 'activate', 'retire'])), name='audit_entry_act_known', violation_error_message='There is no such act.'),
        ),
        migrations.RunPython(make_trigger_anew, migrations.RunPython.noop),
    ]
