"""Text resources: their shape, their language, and ids that come twice."""

from collections.abc import Mapping
from typing import Any

from apps_registry.app_contents import Contents
from apps_registry.shape_check import object_of_shape
from apps_registry.texts import FILE, FOLDER

_SOURCES = ("instanceContext", "applicationSettings", "customTextParameters", "text")
_MODEL = "dataModel."


def check_texts(contents: Contents) -> None:
    """Note what is wrong with the text files."""
    for file, document in contents.documents.items():
        if not file.startswith(FOLDER):
            continue
        match = FILE.fullmatch(file)
        if match is None:
            detail = "The file's name has no language, so nothing is read from it."
            contents.findings.warn(file, "texts-misnamed", detail)
        texts = object_of_shape(
            document,
            "texts",
            file=file,
            findings=contents.findings,
            wrong_type="texts-malformed",
        )
        if texts is not None:
            _check_file(contents, file, match[1] if match else "", texts)


def _check_file(
    contents: Contents, file: str, language: str, document: Mapping[str, Any]
) -> None:
    stated = document["language"]
    if language and stated.lower().partition("-")[0] != language:
        detail = f"The file is named for {language!r} and says {stated!r:.90}."
        place = f"{file}#/language"
        contents.findings.warn(place, "text-language-mismatch", detail)
    seen: set[str] = set()
    for index, text in enumerate(document["resources"]):
        place, key = f"{file}#/resources/{index}", text.get("id")
        if not isinstance(key, str) or not key:
            detail = "A text is an object with an id and a value."
            contents.findings.error(place, "text-without-id", detail)
            continue
        if key in seen:
            detail = f"The id {key!r:.90} was given before; that text counts."
            contents.findings.warn(f"{place}/id", "text-twice", detail)
        seen.add(key)
        for number, variable in enumerate(text.get("variables") or ()):
            source = f"{place}/variables/{number}/dataSource"
            _check_source(contents, source, variable["dataSource"])


def _check_source(contents: Contents, place: str, source: str) -> None:
    if source.startswith(_MODEL):
        type_id = source.removeprefix(_MODEL)
        metadata = contents.metadata
        if type_id == "default" or metadata is None or type_id in metadata.data_types:
            return
    elif source in _SOURCES:
        return
    detail = f"The server knows no data source {source!r:.90}."
    contents.findings.warn(place, "text-source-unknown", detail)
