"""Text resources of an application: what it says, by key and language."""

import re
from collections.abc import Mapping

from apps_registry import lenient_json
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileUnreadable
from apps_registry.public_files import parsed

FALLBACK = "nb"
FOLDER = "config/texts/"
FILE = re.compile(rf"{FOLDER}resource\.([a-z]{{2}})\.json")


def texts_path(language: str) -> str:
    """Return the file of a language's texts."""
    return f"{FOLDER}resource.{language}.json"


def languages_of(files: Mapping[str, bytes]) -> list[str]:
    """Return the languages that have a file of texts."""
    return sorted(match[1] for name in files if (match := FILE.fullmatch(name)))


def text_resource(app: AppDefinition, language: str) -> dict[str, object] | None:
    """Return all texts of a language as one document, None when it has no file.

    Members that are unknown here are kept. Raises AppFileUnreadable.
    """
    path = texts_path(language)
    if not FILE.fullmatch(path) or path not in app.files:
        return None
    document = parsed(app, path)
    listed = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(listed, list):
        reason = "it has no list of resources."
        raise AppFileUnreadable(path=path, app_id=app.app_id, reason=reason)
    return {
        **document,
        "id": f"{app.org}-{app.app}-{language}",
        "org": app.org,
        "language": language,
        "resources": [_text(entry) for entry in listed if isinstance(entry, dict)],
    }


def _text(entry: Mapping[str, object]) -> dict[str, object]:
    variables = entry.get("variables")
    blank = {"key": None, "dataSource": None, "defaultValue": None}
    return {
        "id": None,
        "value": None,
        **entry,
        "variables": [{**blank, **v} for v in variables if isinstance(v, dict)]
        if isinstance(variables, list)
        else None,
    }


def texts_of(files: Mapping[str, bytes], key: str) -> dict[str, str]:
    """Return the texts of one key by language; empty ones are left out.

    A file that cannot be read has none: importing refuses it, with the reason.
    """
    return {
        language: texts[key]
        for language, texts in all_texts(files).items()
        if key in texts
    }


def all_texts(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Return every text that is not empty, by language and key."""
    found: dict[str, dict[str, str]] = {}
    for name, content in files.items():
        if (match := FILE.fullmatch(name)) is None:
            continue
        try:
            document = lenient_json.parse(content, file=name)
        except ValueError:
            continue
        found[match[1]] = texts = {}
        resources = document.get("resources") if isinstance(document, dict) else None
        for entry in resources if isinstance(resources, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                value = entry.get("value")
                if isinstance(value, str) and value:
                    texts[entry["id"]] = value
    return found
