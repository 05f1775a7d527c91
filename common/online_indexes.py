"""Indexes on tables that are in use."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState
from django.db.models import Model


class AddIndexOnline(AddIndex):
    """Adds an index while others write, in a migration with ``atomic = False``.

    Where PostgreSQL was interrupted at it, an index of that name is there which nobody
    uses; it is taken away first, so that the migration can be run again.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the index, of which nothing may be left from before."""
        model = _model(to_state, app_label, self.model_name)
        if self._is_there(schema_editor, model):
            schema_editor.remove_index(model, self.index, **_how(schema_editor))
        schema_editor.add_index(model, self.index, **_how(schema_editor))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the index away."""
        model = _model(from_state, app_label, self.model_name)
        schema_editor.remove_index(model, self.index, **_how(schema_editor))

    def _is_there(self, editor: BaseDatabaseSchemaEditor, model: type[Model]) -> bool:
        with editor.connection.cursor() as cursor:
            found = editor.connection.introspection.get_constraints(
                cursor, model._meta.db_table
            )
        return self.index.name in found


class AddIndexOnPostgres(AddIndexOnline):
    """Adds an index of a kind that PostgreSQL alone has; elsewhere there is none.

    Models, which are the same on every database, tell nothing of it.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the index on PostgreSQL."""
        if _is_postgres(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the index away on PostgreSQL."""
        if _is_postgres(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def _model(state: ProjectState, app_label: str, name: str) -> type[Model]:
    apps: Apps = state.apps
    return apps.get_model(app_label, name)


def _is_postgres(editor: BaseDatabaseSchemaEditor) -> bool:
    return editor.connection.vendor == "postgresql"


def _how(editor: BaseDatabaseSchemaEditor) -> dict[str, bool]:
    return {"concurrently": True} if _is_postgres(editor) else {}
