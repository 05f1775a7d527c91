"""What a receipt itself says, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pdf.contents import Words


@dataclass(frozen=True, slots=True)
class PdfWords:
    """The words of one language."""

    sender: str
    organisation_number: str
    by: str
    time: str
    reference: str
    in_document: Words


_WORDS: Final[Mapping[str, PdfWords]] = {
    "nb": PdfWords(
        sender="Avsender",
        organisation_number="Organisasjonsnummer",
        by="Sendt inn av",
        time="Tidspunkt",
        reference="Referansenummer",
        in_document=Words("Vedlegg", "Ikke besvart", "Side {0} av {1}"),
    ),
    "nn": PdfWords(
        sender="Avsendar",
        organisation_number="Organisasjonsnummer",
        by="Sendt inn av",
        time="Tidspunkt",
        reference="Referansenummer",
        in_document=Words("Vedlegg", "Ikkje svart på", "Side {0} av {1}"),
    ),
    "en": PdfWords(
        sender="Sender",
        organisation_number="Organisation number",
        by="Submitted by",
        time="Time",
        reference="Reference number",
        in_document=Words("Attachments", "Not answered", "Page {0} of {1}"),
    ),
}
LANGUAGES: Final = tuple(_WORDS)


def words_in(language: str) -> PdfWords:
    """Return the words of a language, in Bokmål for one that has none."""
    return _WORDS.get(language, _WORDS["nb"])
