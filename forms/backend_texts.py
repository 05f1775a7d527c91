"""Texts that the server itself says, where the application has none (A-205)."""

from collections.abc import Mapping
from typing import Final

from apps_registry.definition import AppDefinition
from apps_registry.texts import all_texts

REQUIRED: Final = "backend.validation_errors.required"
XSD: Final = "backend.xsd_validation"
PDF_NAME: Final = "backend.pdf_default_file_name"
PDF_PREVIEW: Final = "pdfPreviewText"
APP_NAME: Final = "appName"
_SERVICE_NAME: Final = "ServiceName"

_OTHER: Final = ""  # any other language
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    REQUIRED: {
        "nb": "Feltet er påkrevd",
        "nn": "Feltet er påkravd",
        _OTHER: "Field is required",
    },
    XSD: {
        "nb": "Et felt bryter reglene satt av XSD. Melding: {0}",
        "nn": "Eit felt bryt reglane sette av XSD. Melding: {0}",
        _OTHER: (
            "A field is in violation of the rules set by the XSD schema. Message: {0}"
        ),
    },
    PDF_PREVIEW: {
        "nb": "Dokumentet er en forhåndsvisning",
        "nn": "Dokumentet er ein førehandsvisning",
        _OTHER: "The document is a preview",
    },
}


def backend_text(app: AppDefinition, key: str, language: str) -> str | None:
    """Return the server's own text of a key, None for a key that is the app's alone."""
    if key == APP_NAME:
        return app_name(app, language)
    if key == PDF_NAME:
        return f"{app_name(app, language)}.pdf"
    texts = _TEXTS.get(key)
    return None if texts is None else texts.get(language, texts[_OTHER])


def app_name(app: AppDefinition, language: str) -> str:
    """Return what the application is called: by its texts, its metadata, its id."""
    texts = all_texts(app.files)
    own = texts.get(language, texts.get("nb", {}))
    title = app.metadata.get("title")
    titles = {k: v for k, v in title.items() if v} if isinstance(title, dict) else {}
    named = own.get(APP_NAME) or own.get(_SERVICE_NAME) or titles.get(language)
    return str(named or next(iter(titles.values()), app.app))
