"""Whom an instance is for, as a caller names him."""

from dataclasses import dataclass
from typing import Final

from common.errors import Invalid, Issue
from common.prepared import by_key
from instances.services import InstanceOwner
from parties.choices import PartyType
from parties.errors import PartyNotFound
from parties.models import Party, Profile

# How clients name users who registered with an address, and how the register does.
_BY_EMAIL: Final = "epost:"
_EMAIL_URN: Final = "urn:altinn:person:idporten-email:"


class OwnerMissing(Invalid):
    """The call does not say for whom the instance is.

    Give ``instanceOwner`` in the body with a partyId, personNumber, organisationNumber
    or username, or the party id in the query.
    """

    code = "instance-owner-missing"
    detail = (
        "Cannot create an instance without an instanceOwner.partyId. Either provide"
        " instanceOwner party Id as a query parameter or an instanceTemplate object in"
        " the body."
    )


class OwnerNotFound(PartyNotFound):
    """The register knows no such party."""

    detail = "Cannot lookup party: {by} {value} is not in the register."


class OwnerContradictory(Invalid):
    """The ``instanceOwner`` has the id of one party and the number of another.

    Send one of them alone; nothing was made.
    """

    code = "instance-owner-contradictory"
    detail = (
        "The instance owner is stated twice, and not alike: the {member} {number} is"
        " not that of the party {party_id}. Send one of them alone."
    )

    def __init__(self, member: str, number: str, party_id: int) -> None:
        """Point at the number."""
        detail = f"{number} is not the {member} of the party {party_id}."
        issue = Issue(f"/instanceOwner/{member}", self.code, detail)
        super().__init__(
            issues=[issue], member=member, number=number, party_id=party_id
        )


@dataclass(frozen=True, slots=True)
class OwnerReference:
    """How a caller names the instance owner; the first that is given counts."""

    party_id: int | None = None
    external_identifier: str = ""
    person_number: str = ""
    organisation_number: str = ""
    username: str = ""


def find_owner(reference: OwnerReference) -> Party:
    """Return the party that the reference names.

    Raises OwnerMissing or OwnerNotFound.
    """
    if reference.party_id is not None:
        return _found(
            by_key(Party, reference.party_id),
            "partyId",
            reference.party_id,
        )
    if reference.external_identifier:
        urn = reference.external_identifier
        return _found(
            Party.objects.with_external_urn(urn).first(), "externalIdentifier", urn
        )
    if reference.person_number:
        rows = Party.objects.with_ssn(reference.person_number)
        return _found(rows.first(), "personNumber", _veiled(reference.person_number))
    if reference.organisation_number:
        number = reference.organisation_number
        return _found(
            Party.objects.with_org_number(number).first(), "organisationNumber", number
        )
    if reference.username.startswith(_BY_EMAIL):
        address = reference.username.removeprefix(_BY_EMAIL).lower()
        rows = Party.objects.with_external_urn(f"{_EMAIL_URN}{address}")
        return _found(rows.first(), "username", reference.username)
    if reference.username:
        users = Profile.objects.with_party().with_user_name(reference.username)
        profile = users.first()
        return _found(
            profile.party if profile else None, "username", reference.username
        )
    raise OwnerMissing


def registered_owner(party: Party) -> InstanceOwner:
    """Return the instance owner as the register names the party."""
    username = None
    if party.type == PartyType.SELF_IDENTIFIED:
        username = party.name
    return InstanceOwner(
        party_id=party.pk,
        person_number=party.ssn or None,
        organisation_number=party.org_number or None,
        username=username,
        external_identifier=party.external_urn or None,
    )


def ensure_one_owner(reference: OwnerReference, owner: Party) -> None:
    """Raise OwnerContradictory if the reference has a number that is not the owner's.

    The caller may act for the owner, so he learns nothing by it that he may not know.
    """
    person, organisation = reference.person_number, reference.organisation_number
    if person and person != owner.ssn:
        raise OwnerContradictory("personNumber", _veiled(person), owner.pk)
    if organisation and organisation != owner.org_number:
        raise OwnerContradictory("organisationNumber", organisation, owner.pk)


def _veiled(person_number: str) -> str:
    return f"{person_number[:6]}*****"


def _found(party: Party | None, by: str, value: object) -> Party:
    if party is None:
        raise OwnerNotFound(by=by, value=value)
    return party
