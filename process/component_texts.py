"""What a component says to people, which rules need not know: its label and choices."""

import re
from collections.abc import Mapping
from typing import Any, Final

from apps_registry import public_files
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileNotFound, AppFileUnreadable
from apps_registry.expressions import read_expression
from forms.contexts import Context, Contexts
from forms.errors import ExpressionFailed
from forms.expressions import evaluate
from forms.form_scope import Around
from forms.values import text_of

_MARKS: Final = re.compile(r"<[^>]{1,200}>|\*\*|__|^#{1,6}\s+", re.MULTILINE)
_LINK: Final = re.compile(r"\[([^\]]{1,500})\]\(([^)\s]{1,500})\)")
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?")
_DATES: Final = frozenset({"datepicker", "date"})
_SEVERAL: Final = frozenset({"checkboxes", "multipleselect"})
_TRUTHS: Final = {
    "nb": {True: "Ja", False: "Nei"},
    "nn": {True: "Ja", False: "Nei"},
    "en": {True: "Yes", False: "No"},
}


class ComponentTexts:
    """The words of the components of an app's pages, in one language."""

    def __init__(self, app: AppDefinition, around: Around, language: str) -> None:
        self._app = app
        self._around = around
        self._language = language
        self._pages: dict[tuple[str, str], Mapping[str, Mapping[str, Any]]] = {}

    def label(self, contexts: Contexts, context: Context, name: str = "title") -> str:
        """Return a text of the component, empty where it has none."""
        bound = self._node(context).get("textResourceBindings")
        stated = bound.get(name) if isinstance(bound, Mapping) else None
        scope = contexts.scope(context)
        if stated is None or stated == "":
            return ""
        if not isinstance(stated, str):
            try:
                stated = text_of(evaluate(read_expression(stated), scope)) or ""
            except (ValueError, ExpressionFailed):
                return ""
        return plain(self._around.texts.text(stated, scope) or stated)

    def page(self, contexts: Contexts, context: Context) -> str:
        """Return the title of a page, empty where the app gives it none."""
        return plain(
            self._around.texts.text(context.page.name, contexts.scope(context)) or ""
        )

    def shown(self, contexts: Contexts, context: Context, value: object) -> list[str]:
        """Return an answer as people read it, none for an empty one."""
        if value is None or value == "":
            return []
        if isinstance(value, list):
            return [
                text for one in value for text in self.shown(contexts, context, one)
            ]
        kind = context.component.type.lower() if context.component else ""
        if isinstance(value, str) and kind in _SEVERAL:
            texts = [one.strip() for one in value.split(",") if one.strip()]
        elif isinstance(value, bool):
            chosen = self._choice(contexts, context, str(value).lower())
            truths = _TRUTHS.get(self._language, _TRUTHS["en"])
            return [chosen or truths[value]]
        else:
            texts = [text_of(value) or ""]  # type: ignore[arg-type]  # a leaf of a form
        return [
            self._choice(contexts, context, text) or _dated(kind, text)
            for text in texts
        ]

    def _choice(self, contexts: Contexts, context: Context, value: str) -> str:
        """Return the label of a choice, empty for what is none."""
        for option in self._options(context):
            stated = option.get("value")
            text = str(stated).lower() if isinstance(stated, bool) else str(stated)
            if text == value and option.get("label"):
                label = str(option["label"])
                scope = contexts.scope(context)
                return plain(self._around.texts.text(label, scope) or label)
        return ""

    def _options(self, context: Context) -> list[Mapping[str, Any]]:
        node = self._node(context)
        given = node.get("options")
        if isinstance(given, list):
            return [one for one in given if isinstance(one, Mapping)]
        named = node.get("optionsId")
        if not isinstance(named, str):
            return []
        try:
            return list(public_files.options(self._app, named))
        except (AppFileNotFound, AppFileUnreadable):
            return []  # of code or of a library: the value stands for itself

    def _node(self, context: Context) -> Mapping[str, Any]:
        if context.component is None:
            return {}
        key = (context.set_id, context.page.name)
        if key not in self._pages:
            self._pages[key] = _nodes(self._app, *key)
        return self._pages[key].get(context.component.id, {})


def plain(text: str) -> str:
    """Return a text without the marks that a page shows in bold, or as a link."""
    return _MARKS.sub("", _LINK.sub(r"\1 (\2)", text)).strip()


def _nodes(
    app: AppDefinition, set_id: str, page: str
) -> Mapping[str, Mapping[str, Any]]:
    """Return the components of a page as its file has them, by their ids."""
    try:
        document: Any = public_files.parsed(app, public_files.page_path(set_id, page))
        nodes = document["data"]["layout"]
        return {node["id"]: node for node in nodes}
    except (AppFileUnreadable, KeyError, TypeError):
        return {}


def _dated(kind: str, text: str) -> str:
    match = _DATE.fullmatch(text) if kind in _DATES else None
    return f"{match[3]}.{match[2]}.{match[1]}" if match else text
