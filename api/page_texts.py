"""Texts of pages that speak the languages of the country, and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
)
# Lines by their names; each is in nb, nn and en, in the order of ``LANGUAGES``.
Lines = Mapping[str, tuple[str, str, str]]


def by_language(lines: Lines) -> Mapping[str, Mapping[str, str]]:
    """Return the lines of a page, in each language by their names."""
    return MappingProxyType(
        {
            language: MappingProxyType(
                {name: line[place] for name, line in lines.items()}
            )
            for place, language in enumerate(LANGUAGES)
        }
    )
