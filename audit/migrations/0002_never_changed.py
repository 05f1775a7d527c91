"""Have the database itself refuse to change an entry, whoever asks.

Not to delete one: entries are kept for a time, and then pruned. A later migration that
makes SQLite's table anew must make the trigger anew too.
"""

from django.db import migrations

_SQLITE = """
CREATE TRIGGER audit_entry_never_changed BEFORE UPDATE ON audit_auditentry
BEGIN SELECT RAISE(ABORT, 'An audit entry is never changed.'); END
"""
_FUNCTION = """
CREATE FUNCTION audit_entry_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An audit entry is never changed.'
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = """
CREATE TRIGGER audit_entry_never_changed BEFORE UPDATE ON audit_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_entry_never_changed()
"""


def make(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(_SQLITE)
    else:
        editor.execute(_FUNCTION)
        editor.execute(_POSTGRESQL)


def drop(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER audit_entry_never_changed")
    else:
        editor.execute("DROP TRIGGER audit_entry_never_changed ON audit_auditentry")
        editor.execute("DROP FUNCTION audit_entry_never_changed")


class Migration(migrations.Migration):

    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
