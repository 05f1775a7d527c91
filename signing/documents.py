"""The signature document, as its readers know it (storage-api.md §3.14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from common.times import parse_time, wire_time

MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Signee:
    """Who signs: a user or a system user, by numbers too where they are stated."""

    user_id: str | None = None
    system_user_id: str | None = None
    person_number: str | None = None
    organisation_number: str | None = None

    def to_document(self) -> dict[str, str | None]:
        """Return the wire's Signee, nulls included."""
        return {
            "userId": self.user_id,
            "systemUserId": self.system_user_id,
            "personNumber": self.person_number,
            "organisationNumber": self.organisation_number,
        }


@dataclass(frozen=True, slots=True)
class SignedElement:
    """Content that a signature is about, and whether it is signed or only named."""

    element_id: UUID
    sha256: bytes
    signed: bool


def written(
    *,
    element_id: UUID,
    instance_id: UUID,
    signee: Signee,
    signed: Sequence[SignedElement],
    now: datetime,
) -> bytes:
    """Return the document as it is stored, indented for whoever reads it."""
    document = {
        "id": str(element_id),
        "instanceGuid": str(instance_id),
        "signedTime": wire_time(now),
        "signeeInfo": signee.to_document(),
        "dataElementSignatures": [
            {
                "dataElementId": str(one.element_id),
                "sha256Hash": one.sha256.hex(),
                "signed": one.signed,
            }
            for one in signed
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was stored: who signed which content, and when."""

    signee: Signee
    signed_time: datetime | None
    elements: tuple[SignedElement, ...]


def read(content: bytes) -> Signature:
    """Read a stored document; raises ValueError for what is none."""
    document = orjson.loads(content)
    if not isinstance(document, Mapping):
        raise ValueError("it is no object")
    listed = document.get("dataElementSignatures")
    if not isinstance(listed, Sequence):
        raise ValueError("it lists no data elements")
    time = document.get("signedTime")
    return Signature(
        signee=_signee(document),
        signed_time=parse_time(time) if isinstance(time, str) else None,
        elements=tuple(_signed_element(one) for one in listed),
    )


def _signee(document: Mapping[str, object]) -> Signee:
    found = document.get("signeeInfo")
    if not isinstance(found, Mapping):
        raise ValueError("it names no signee")
    return Signee(
        user_id=found.get("userId") or None,
        system_user_id=found.get("systemUserId") or None,
        person_number=found.get("personNumber") or None,
        organisation_number=found.get("organisationNumber") or None,
    )


def _signed_element(found: object) -> SignedElement:
    if not isinstance(found, Mapping):
        raise ValueError("a signed element is no object")
    return SignedElement(
        element_id=UUID(str(found.get("dataElementId"))),
        sha256=bytes.fromhex(str(found.get("sha256Hash"))),
        signed=found.get("signed") is True,
    )
