"""Indexes that are made while others write, and made again after an interruption."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
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


# As they were made by installations of before, in SQL of the migrations' own.
OF_MIGRATIONS = [
    (
        ("data_elements", "0003_scan_pending_index"),
        "data_elements_dataelement",
        "dataelement_scan_pending",
        {
            "postgresql": "CREATE INDEX dataelement_scan_pending"
            " ON public.data_elements_dataelement USING btree (id)"
            " WHERE (scan_result = 1)",
            "sqlite": 'CREATE INDEX "dataelement_scan_pending"'
            ' ON "data_elements_dataelement" ("id") WHERE "scan_result" = 1',
        },
    ),
    (
        ("instances", "0005_data_values_index"),
        "instances_instance",
        "inst_data_values",
        {
            "postgresql": "CREATE INDEX inst_data_values ON public.instances_instance"
            " USING gin (data_values jsonb_path_ops) WHERE (data_values IS NOT NULL)",
        },
    ),
]


def definition(name: str) -> str | None:
    """Return how the database says an index is made; None where there is none."""
    found = "SELECT sql FROM sqlite_master WHERE name = %s"
    if connection.vendor == "postgresql":
        found = (
            "SELECT indexdef FROM pg_indexes JOIN pg_class ON relname = indexname"
            " JOIN pg_index ON indexrelid = pg_class.oid"
            " WHERE indexname = %s AND indisvalid"
        )
    with connection.cursor() as cursor:
        cursor.execute(found, [name])
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("node", "table", "name", "texts"), OF_MIGRATIONS)
def test_migrations_make_the_index_whatever_an_interruption_left(
    node: tuple[str, str], table: str, name: str, texts: dict[str, str]
) -> None:
    """The same from nothing, and where one that nobody uses has its name"""
    wanted = texts.get(connection.vendor)
    assert definition(name) == wanted
    loader = MigrationLoader(connection)
    before, after = (loader.project_state(node, at_end=end) for end in (False, True))
    [operation] = loader.graph.nodes[node].operations
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards(node[0], editor, after, before)
    assert definition(name) is None
    with connection.cursor() as cursor:
        if wanted is not None:
            cursor.execute(f"CREATE INDEX {name} ON {table} (created)")
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards(node[0], editor, before, after)
    assert definition(name) == wanted
