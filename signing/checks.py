"""What must hold of signatures to leave a task to sign in (app-api.md §20.5)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from apps_registry.definition import AppDefinition
from data_elements.models import DataElement
from signing.config import SignatureConfig
from signing.documents import Signature
from signing.reading import hold, signatures_among
from signing.signees import planned_among

MISSING: Final = "MissingSignatures"
CHANGED: Final = "InvalidSignatureHash"

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        MISSING: {
            "nb": "Det mangler påkrevde signaturer.",
            "nn": "Det manglar påkravde signaturar.",
            "en": "Required signatures are missing.",
        },
        CHANGED: {
            "nb": "Signerte data er endret etter at signaturen ble utført.",
            "nn": "Signerte data er endra etter at signaturen vart utført.",
            "en": "The signed data has been modified after the signature was made.",
        },
    }
)


def text_of(code: str, language: str) -> str:
    """Return what is told of a finding; in English for other languages."""
    texts = _TEXTS[code]
    return texts.get(language, texts["en"])


def are_missing(
    definition: AppDefinition,
    config: SignatureConfig,
    elements: Sequence[DataElement],
) -> bool:
    """Whether there are too few signatures, or somebody who is to sign has not."""
    signatures = _signatures(config, elements)
    data_type = definition.data_types.get(config.signature_type)
    if data_type is not None and len(signatures) < data_type.min_count:
        return True
    if not config.signee_states_type:
        return False
    planned = planned_among(elements, type_id=config.signee_states_type)
    return not all(any(one.signed(made) for made in signatures) for one in planned)


def are_outdated(config: SignatureConfig, elements: Sequence[DataElement]) -> bool:
    """Whether something that was signed is not as it was then."""
    return not hold(_signatures(config, elements), elements)


def _signatures(
    config: SignatureConfig, elements: Sequence[DataElement]
) -> list[Signature]:
    return signatures_among(elements, types=[config.signature_type])
