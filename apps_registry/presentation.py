"""How an application shows its instances outside itself: titles, texts, what it hides.

Read once a deployment; nothing of it is asked of a database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from apps_registry.definition import AppDefinition
from apps_registry.texts import FALLBACK, all_texts

_TITLES = ("appName", "ServiceName")


@dataclass(frozen=True, slots=True)
class Copying:
    """What the application says of new instances that begin as copies of old ones."""

    enabled: bool = False
    excluded_types: frozenset[str] = frozenset()
    excluded_fields: tuple[str, ...] = ()
    with_attachments: bool = False


@dataclass(frozen=True, slots=True)
class Presentation:
    """What the message box needs of an application.

    ``hidden_in`` are the tasks whose instances it keeps out of the message box,
    ``hidden`` says that it keeps out all of them. ``names`` are its titles in every
    language, folded.
    """

    name: str
    texts: Mapping[str, Mapping[str, str]]
    names: tuple[str, ...]
    hidden: bool
    hidden_in: tuple[str, ...]
    copying: Copying

    def title(self, language: str) -> str:
        """Return the title in a language, the application's name when it has none."""
        texts = self.texts.get(language, {})
        found = (texts[key] for key in _TITLES if key in texts)
        return next(found, self.name)

    def text(self, key: str, language: str) -> str:
        """Return the text of this key in a language, the key itself without one."""
        return self.texts.get(language, {}).get(key, key)

    def is_called(self, part: str) -> bool:
        """Whether a title of any language contains the text, in any case of letters."""
        folded = part.casefold()
        return any(folded in name for name in self.names)


LANGUAGES = ("en", FALLBACK, "nn")

# A superseded definition holds all files of its app: nothing here keeps it alive.
_read: WeakKeyDictionary[AppDefinition, Presentation] = WeakKeyDictionary()
_reading = Lock()


def language_of(stated: str) -> str:
    """Return the language that is asked for, in any case, or the one for all others."""
    return stated.lower() if stated.lower() in LANGUAGES else FALLBACK


def presentation_of(definition: AppDefinition) -> Presentation:
    """Return how the application shows its instances."""
    with _reading:
        found = _read.get(definition)
        if found is None:
            found = _read[definition] = _presentation(definition)
        return found


def _presentation(definition: AppDefinition) -> Presentation:
    texts = all_texts(definition.files)
    box = _object(definition.metadata, "messageBoxConfig")
    hide = _object(box, "hideSettings")
    return Presentation(
        name=definition.app,
        texts=texts,
        names=tuple({name.casefold() for name in _names(definition, texts)}),
        hidden=hide.get("hideAlways") is True,
        hidden_in=tuple(_texts(hide, "hideOnTask")),
        copying=_copying(_object(definition.metadata, "copyInstanceSettings")),
    )


def _names(
    definition: AppDefinition, texts: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    titles = _object(definition.metadata, "title").values()
    yield from (title for title in titles if isinstance(title, str))
    for language in texts.values():
        yield from (language[key] for key in _TITLES if key in language)


def _copying(settings: Mapping[str, object]) -> Copying:
    return Copying(
        enabled=settings.get("enabled") is True,
        excluded_types=frozenset(_texts(settings, "excludedDataTypes")),
        excluded_fields=tuple(_texts(settings, "excludedDataFields")),
        with_attachments=settings.get("includeAttachments") is True,
    )


def _object(members: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = members.get(name)
    return found if isinstance(found, Mapping) else {}


def _texts(members: Mapping[str, object], name: str) -> Iterator[str]:
    found = members.get(name)
    if isinstance(found, list):
        yield from (text for text in found if isinstance(text, str))
