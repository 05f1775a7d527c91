"""An application with pages of a test's own, and forms to show on them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from apps_registry.app_check import read_definition
from apps_registry.app_folder import AppFolder, read_folder
from apps_registry.definition import AppDefinition
from apps_registry.metadata import FILE as METADATA
from forms.contexts import Contexts
from forms.form_scope import Around
from forms.layouts import layout_of, layout_set
from forms.scope import BareScope
from forms.texts import Texts
from forms.values import Value
from tests.factories import SAMPLES

TASK = "formfilling"
FILES = dict(read_folder(SAMPLES / "nav" / "app2018").files)
Node = dict[str, Any]


def page(*components: Node, **data: object) -> Node:
    """Return a page of these components."""
    return {"data": {**data, "layout": list(components)}}


def component(id_: str, type_: str = "Input", field: str = "", **more: object) -> Node:
    """Return a component, bound to a field if one is named."""
    bound = {"dataModelBindings": {"simpleBinding": field}} if field else {}
    return {"id": id_, "type": type_, **bound, **more}


def rows(id_: str, field: str, *children: str, **more: object) -> Node:
    """Return a repeating group."""
    bound = {"dataModelBindings": {"group": field}}
    return {
        "id": id_,
        "type": "RepeatingGroup",
        "children": list(children),
        **bound,
        **more,
    }


def app_with(
    pages: Mapping[str, Node],
    *,
    files: Mapping[str, object] | None = None,
    sets: Mapping[str, tuple[str, Mapping[str, Node]]] | None = None,
    max_counts: Mapping[str, int] | None = None,
) -> AppDefinition:
    """Return the sample application with these pages for its task.

    ``sets`` are further layout sets with their data types; ``max_counts`` are data
    types besides ``default``, form data all of them.
    """
    metadata = json.loads(FILES[METADATA])
    for type_id, most in (max_counts or {}).items():
        metadata["dataTypes"].append(
            {
                "id": type_id,
                "taskId": TASK,
                "maxCount": most,
                "appLogic": {"classRef": f"a.{type_id}"},
            }
        )
    every = {"form": ("default", pages), **(sets or {})}
    made: dict[str, object] = {
        METADATA: metadata,
        "ui/layout-sets.json": {
            "sets": [
                {"id": name, "dataType": type_id, "tasks": [TASK]}
                if name == "form"
                else {"id": name, "dataType": type_id, "type": "subform"}
                for name, (type_id, _) in every.items()
            ]
        },
    }
    for name, (_, own) in every.items():
        made[f"ui/{name}/Settings.json"] = {"pages": {"order": list(own)}}
        made |= {f"ui/{name}/layouts/{p}.json": d for p, d in own.items()}
    made |= files or {}
    kept = {name: c for name, c in FILES.items() if not name.startswith("ui/")}
    written = {n: c if isinstance(c, bytes) else _json(c) for n, c in made.items()}
    return read_definition(AppFolder({**kept, **written}))


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


class Documents:
    """Forms by the ids of their elements; the first part of an id is its type."""

    def __init__(self, app: AppDefinition, **documents: Value) -> None:
        self.app = app
        self.documents = documents

    def ids_of(self, data_type: str) -> Sequence[str]:
        """Return the elements of a type."""
        return [i for i in self.documents if i.partition("_")[0] == data_type]

    def data_of(self, element_id: str) -> Value:
        """Return what an element holds."""
        return self.documents[element_id]

    def is_single(self, data_type: str) -> bool:
        """Whether there is one element of the type at most."""
        found = self.app.data_types.get(data_type)
        return found is not None and found.max_count == 1


def around(app: AppDefinition, language: str = "nb", **documents: Value) -> Around:
    """Return the forms of an instance that is nothing but them."""
    scope = BareScope()
    scope.language = language
    return Around(Documents(app, **documents), scope, Texts(app, language))


def contexts(app: AppDefinition, language: str = "nb", **documents: Value) -> Contexts:
    """Return the contexts of the task's pages over these forms."""
    pages = layout_of(app, TASK)
    assert pages is not None
    return Contexts(
        around(app, language, **documents),
        pages,
        data_type=pages.data_type,
        sets=lambda name: layout_set(app, name),
    )


def hidden_names(found: Contexts) -> set[str]:
    """Return the hidden components and rows, rows with their number: ``rad[1]``."""
    return {
        context.name + "".join(f"[{row}]" for row in context.place.rows)
        for context in found.all()
        if found.is_hidden(context)
    }


def with_counts(app: AppDefinition, **counts: int) -> AppDefinition:
    """Return the application with other greatest counts of its data types."""
    types = dict(app.data_types)
    for name, most in counts.items():
        types[name] = replace(types[name], max_count=most)
    return replace(app, data_types=types)
