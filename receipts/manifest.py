"""The manifest of a receipt: what was submitted, by whom, when and how.

No person number is in it: a party of the register is named by its id, an organisation
by its number too. What takes a right of its own to read is committed to, not told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps_registry.definition import AppDefinition
from common.times import optional_wire_time, wire_time
from data_elements.models import DataElement
from instances.models import Instance
from receipts.disclosures import COMMITTING, PLAIN, Withheld


@dataclass(frozen=True, slots=True)
class SignatureMade:
    """A signature on some of the data: who signed, when, and the content's hashes.

    ``signer`` is told by kind: ``user:1337``, ``system-user:…``, ``organisation:…``.
    """

    signers: tuple[str, ...]
    signed_time: datetime | None
    elements: Sequence[tuple[UUID, bytes]]


def manifest(
    instance: Instance,
    *,
    definition: AppDefinition,
    elements: Iterable[DataElement],
    signatures: Iterable[SignatureMade],
    withheld: Withheld,
    issuer: str,
    sequence: int,
    previous: bytes,
    now: datetime,
) -> dict[str, object]:
    """Return the document that a receipt signs.

    What it leaves out goes into ``withheld``.
    """
    listed = list(elements)
    types = {one.pk: one.data_type for one in listed}
    told = [_element(one, withheld) for one in listed]
    signed = [_signature(one, types, withheld) for one in signatures]
    party: dict[str, object] = {"partyId": instance.owner_party_id}
    if instance.owner_org_no:
        party["organisationNumber"] = instance.owner_org_no
    return {
        "version": COMMITTING if withheld.kept else PLAIN,
        "issuer": issuer,
        "application": {
            "id": definition.app_id,
            "deployment": definition.number,
            "contentHash": definition.content_hash,
        },
        "instance": {
            "id": str(instance.pk),
            "created": wire_time(instance.created),
            "ended": wire_time(instance.process_ended or now),
            "endEvent": instance.end_event or "",
        },
        "party": party,
        "issued": wire_time(now),
        "elements": told,
        "signatures": signed,
        "chain": {"sequence": sequence, "previous": previous.hex()},
    }


def _element(element: DataElement, withheld: Withheld) -> dict[str, object]:
    content: dict[str, str | int | None] = {
        "contentType": element.content_type,
        "size": element.size,
        "sha256": bytes(element.sha256 or b"").hex(),
    }
    return {
        "id": str(element.pk),
        "dataType": element.data_type,
        **withheld.told(element.data_type, content),
    }


def _signature(
    made: SignatureMade, types: Mapping[UUID, str], withheld: Withheld
) -> dict[str, object]:
    return {
        "signers": list(made.signers),
        "signed": optional_wire_time(made.signed_time),
        "elements": [
            {
                "id": str(element_id),
                **withheld.told(types.get(element_id), {"sha256": sha256.hex()}),
            }
            for element_id, sha256 in made.elements
        ],
    }
