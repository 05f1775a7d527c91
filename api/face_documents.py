"""The committed OpenAPI documents of the faces."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.conf import settings

TITLES: Final[Mapping[str, str]] = {
    "application": "Application API",
    "platform": "Platform API",
}


@cache
def face_document(face: str) -> bytes:
    """Return the document of a face in YAML."""
    return (settings.BASE_DIR / "docs" / "openapi" / f"{face}.yaml").read_bytes()
