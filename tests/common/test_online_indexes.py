"""Indexes that are made while others write, and made again after an interruption."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from common.online_indexes import AddIndexOnline
from exports.models import Export

_TABLE = Export._meta.db_table
_NAME = "export_tried"


def columns() -> list[str] | None:
    """Return what the index is of; None where there is none."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, _TABLE)
    return found[_NAME]["columns"] if _NAME in found else None


@pytest.mark.django_db(transaction=True)
def test_what_an_interruption_left_is_made_anew() -> None:
    """PostgreSQL leaves an index of the name, and uses it for nothing"""
    index = models.Index(fields=["created"], name=_NAME)
    operation = AddIndexOnline(model_name="export", index=index)
    state = ProjectState.from_apps(apps)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {_NAME} ON {_TABLE} (digest)")
    try:
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("exports", editor, state, state)
        assert columns() == ["created"]
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("exports", editor, state, state)
        assert columns() is None
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {_NAME}")
