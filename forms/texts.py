"""Text resources in one language, with their variables filled in (app-api.md §15.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from apps_registry import texts as app_texts
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileUnreadable
from forms.backend_texts import backend_text
from forms.errors import ExpressionFailed
from forms.scope import Scope
from forms.values import text_of

Parameters = Mapping[str, str]

_MODEL: Final = "dataModel."
_MOST_DEEP: Final = 10  # texts within texts

_read: WeakKeyDictionary[AppDefinition, dict[str, "dict[str, _Text]"]] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class _Variable:
    key: str
    source: str
    default: str | None


@dataclass(frozen=True, slots=True)
class _Text:
    value: str
    variables: tuple[_Variable, ...]


class Texts:
    """What the application says in a language.

    Of a language without a file, that is what it says in Bokmål. Texts of the server's
    own have their words where the application gives none.
    """

    def __init__(self, app: AppDefinition, language: str) -> None:
        self._app = app
        self._language = language

    def text(
        self, key: str, scope: Scope, parameters: Parameters | None = None
    ) -> str | None:
        """Return the text as seen from the scope, None for an unknown key."""
        return self._text(key, scope, parameters or {}, ())

    def _text(
        self, key: str, scope: Scope, parameters: Parameters, within: tuple[str, ...]
    ) -> str | None:
        found = self._resources().get(key)
        if found is None:
            own = backend_text(self._app, key, self._language)
            return None if own is None else _filled_by_place(own, parameters)
        text = found.value
        for place, variable in enumerate(found.variables):
            filled = self._variable(variable, scope, parameters, (*within, key))
            text = text.replace(f"{{{place}}}", filled)
        return text

    def _variable(
        self,
        variable: _Variable,
        scope: Scope,
        parameters: Parameters,
        within: tuple[str, ...],
    ) -> str:
        """Return the value, else the default, else the key itself."""
        try:
            value = self._value(variable, scope, parameters, within)
        except ExpressionFailed:
            value = None
        if value is not None:
            return value
        return variable.key if variable.default is None else variable.default

    def _value(
        self,
        variable: _Variable,
        scope: Scope,
        parameters: Parameters,
        within: tuple[str, ...],
    ) -> str | None:
        key, source = variable.key, variable.source
        if source.startswith(_MODEL):
            type_id = source.removeprefix(_MODEL)
            path = key.replace("[{0}]", "")
            return text_of(scope.field(path, None if type_id == "default" else type_id))
        match source:
            case "instanceContext":
                return text_of(scope.about_instance(key))
            case "applicationSettings":
                return text_of(scope.setting(key))
            case "customTextParameters":
                return parameters.get(key)
            case "text" if key not in within and len(within) < _MOST_DEEP:
                return self._text(key, scope, parameters, within)
        return None

    def _resources(self) -> Mapping[str, _Text]:
        texts = _read.setdefault(self._app, {})
        for language in (self._language, app_texts.FALLBACK):
            if language in texts:
                return texts[language]
            found = _resources_in(self._app, language)
            if found is not None:  # others are not kept: callers name what they like
                texts[language] = found
                return found
        return {}


def _resources_in(app: AppDefinition, language: str) -> dict[str, _Text] | None:
    """Return the texts of a language's file by their ids; the first of an id counts."""
    try:
        document = app_texts.text_resource(app, language)
    except AppFileUnreadable:
        return None
    if document is None:
        return None
    found: dict[str, _Text] = {}
    listed: Any = document["resources"]
    for entry in listed:
        id_, value = entry["id"], entry["value"]
        if isinstance(id_, str) and isinstance(value, str):
            variables = tuple(map(_variable, entry["variables"] or ()))
            found.setdefault(id_, _Text(value, variables))
    return found


def _variable(entry: Mapping[str, Any]) -> _Variable:
    default = entry["defaultValue"]
    return _Variable(str(entry["key"]), str(entry["dataSource"]), default)


def _filled_by_place(text: str, parameters: Parameters) -> str:
    """Fill in what a text of the server's own has to say."""
    return text.replace("{0}", parameters.get("message", "{0}"))
