"""Who is to sign in a task, and how far each of them has come.

Who is to sign is kept as a data element of the instance, in the type that the process
names for it, so that it goes where the instance goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import BytesIO

import orjson
import structlog

from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from parties.models import Party, Profile
from signing.documents import MOST_BYTES, Signature

log = structlog.get_logger()

SYSTEM_NAME = "System"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who is to sign: a person or an organisation, by number."""

    person_number: str = ""
    organisation_number: str = ""


@dataclass(frozen=True, slots=True)
class Signee:
    """Somebody who is to sign, or has; an organisation by itself has no ``name``.

    ``is_delegated`` tells whether the right to sign was given, ``party_id`` is 0 for
    who the register does not know.
    """

    party_id: int
    name: str | None = None
    organisation: str | None = None
    person_number: str | None = None
    organisation_number: str | None = None
    system_user_id: str | None = None
    is_delegated: bool = False
    failure: str | None = None
    signed_time: datetime | None = None

    @property
    def is_organisation(self) -> bool:
        """Whether an organisation is to sign, whoever does it."""
        return bool(self.organisation_number) and self.name is None

    def signed(self, signature: Signature) -> bool:
        """Whether the signature is this signee's."""
        by = signature.signee
        if self.system_user_id:
            return by.system_user_id == self.system_user_id
        if self.organisation_number:
            return by.organisation_number == self.organisation_number
        return bool(self.person_number) and (
            by.person_number == self.person_number and not by.organisation_number
        )


def found_in_register(wanted: Sequence[Wanted]) -> list[tuple[Signee, Party | None]]:
    """Return who is meant, each once, with the party; two look-ups for all."""
    parties = Party.objects.with_number_in(
        ssns=[one.person_number for one in wanted],
        org_numbers=[one.organisation_number for one in wanted],
    )
    by_number = {party.ssn or party.org_number: party for party in parties}
    found: list[tuple[Signee, Party | None]] = []
    for one in dict.fromkeys(wanted):
        party = by_number.get(one.person_number or one.organisation_number)
        signee = Signee(
            party_id=party.pk if party else 0,
            name=party.name if party and one.person_number else None,
            organisation=party.name if party and one.organisation_number else None,
            person_number=one.person_number or None,
            organisation_number=one.organisation_number or None,
            failure=None if party else "The register does not know this signee.",
        )
        found.append((signee, party))
    return found


def written(signees: Sequence[Signee]) -> bytes:
    """Return the document that says who is to sign."""
    documents = [asdict(one) for one in signees]
    for document in documents:
        del document["signed_time"]  # the signature says that
    return orjson.dumps(documents, option=orjson.OPT_INDENT_2)


def planned_among(elements: Iterable[DataElement], *, type_id: str) -> list[Signee]:
    """Return who is to sign by the instance's element of the type, nobody without."""
    for element in elements:
        if element.data_type != type_id or element.deleted_at is not None:
            continue
        if not element.made_by_server:
            continue  # somebody has uploaded it: it asks nobody
        try:
            with blobs.open_blob(element.blob_key) as content:
                return _read(content.read(MOST_BYTES))
        except (OSError, ValueError, TypeError) as error:
            log.warning(
                "signees_unreadable", element=str(element.pk), reason=str(error)
            )
    return []


def merged(planned: Sequence[Signee], signatures: Sequence[Signature]) -> list[Signee]:
    """Return who was to sign and who has; who has and was not to comes last."""
    people, left = _people_of(signatures), list(signatures)
    told: list[Signee] = []
    for signee in planned:
        own = next((one for one in left if signee.signed(one)), None)
        if own is None:
            told.append(signee)
            continue
        left.remove(own)
        named = _named(signee, own, people)
        told.append(replace(named, signed_time=own.signed_time))
    return [*told, *_ad_hoc(left, people)]


def incoming(signees: Sequence[Signee]) -> Incoming:
    """Return the document as content to store."""
    return Incoming(BytesIO(written(signees)), max_bytes=MOST_BYTES)


def _read(content: bytes) -> list[Signee]:
    documents = orjson.loads(content)
    if not isinstance(documents, list):
        raise TypeError("it is no list")
    return [Signee(**one) for one in documents]


def _named(signee: Signee, signature: Signature, people: Mapping[str, Party]) -> Signee:
    """Return an organisation's signee with the name of whoever signed for it."""
    if not signee.is_organisation:
        return signee
    return replace(signee, name=_name_of(signature, people))


def _ad_hoc(
    signatures: Sequence[Signature], people: Mapping[str, Party]
) -> list[Signee]:
    """Return those who signed without being asked to."""
    if not signatures:
        return []
    numbers = {one.signee.organisation_number or "" for one in signatures}
    organisations = {
        party.org_number: party
        for party in Party.objects.with_number_in(org_numbers=numbers)
    }
    found: list[Signee] = []
    for one in signatures:
        by = one.signee
        organisation = organisations.get(by.organisation_number or "")
        person = people.get(by.user_id or "")
        party = organisation or person
        found.append(
            Signee(
                party_id=party.pk if party else 0,
                name=_name_of(one, people),
                organisation=organisation.name if organisation else None,
                person_number=by.person_number,
                organisation_number=by.organisation_number,
                system_user_id=by.system_user_id,
                # Who has signed could, whoever gave the right.
                is_delegated=True,
                signed_time=one.signed_time,
            )
        )
    return found


def _name_of(signature: Signature, people: Mapping[str, Party]) -> str | None:
    """Return the name of who signed; a system has none of its own."""
    by = signature.signee
    if by.user_id:
        return people[by.user_id].name if by.user_id in people else None
    return SYSTEM_NAME if by.system_user_id else None


def _people_of(signatures: Sequence[Signature]) -> dict[str, Party]:
    """Return the parties of the users who signed, by user id; one look-up for all."""
    ids = {int(u) for one in signatures if (u := one.signee.user_id) and u.isdecimal()}
    if not ids:
        return {}
    users = Profile.objects.with_party().filter(pk__in=ids)
    return {str(user.pk): user.party for user in users}
