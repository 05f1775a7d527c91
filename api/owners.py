"""Naming an instance owner in a call: a party id, or a number in a header."""

from rest_framework.request import Request

from api.lookups import owner_allowance
from api.parameters import ParameterInvalid, Parameters
from common.errors import Issue, Phrase
from parties import lookup_limits
from parties.identity import Principal
from parties.models import Party
from parties.numbers import ORG_NUMBER_LENGTH, SSN_LENGTH, has_digits

IDENTIFIER_HEADER = "X-Ai-InstanceOwnerIdentifier"
_KINDS = {
    "person": (SSN_LENGTH, "Person number"),
    "organisation": (ORG_NUMBER_LENGTH, "Organization number"),
}
PERSON = "instanceOwner.personNumber"
ORGANISATION = "instanceOwner.organisationNumber"
_NOBODY = 0  # no party has this id


def owner_party_id(stated: object) -> int | None:
    """Return a party id that a body states as text or number, None when it is none."""
    text = str(stated or "")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    number = int(text)
    return number if -(2**31) <= number < 2**31 else None


def identified_party_id(
    request: Request, principal: Principal, *, also_in_query: bool
) -> int | None:
    """Return the party that the identifier header names, None without the header.

    ``Person:{11 digits}`` or ``Organisation:{9 digits}``; an unknown number names
    nobody. Raises ParameterInvalid, also when the query names the owner too, and
    LookUpsExhausted after too many unknown numbers.
    """
    header = request.headers.get(IDENTIFIER_HEADER, "")
    if not header:
        return None
    if also_in_query:
        raise _refused(
            "Both InstanceOwner.PartyId and InstanceOwnerIdentifier cannot be present"
            " at the same time."
        )
    kind, *numbers = header.replace(" ", "").lower().split(":")
    if kind not in _KINDS or len(numbers) != 1:
        raise _refused("Invalid InstanceOwnerIdentifier.")
    (number,) = numbers
    length, name = _KINDS[kind]
    if not has_digits(number, length):
        raise _refused(f"{name} needs to be exactly {length} digits.")
    return _party_id_of(principal, number, is_person=kind == "person")


def numbered_party_id(principal: Principal, query: Parameters) -> int | None:
    """Return the party that the body's owner number names, None without one.

    Raises as ``identified_party_id`` does.
    """
    person, organisation = query.text(PERSON), query.text(ORGANISATION)
    number, name = (person, PERSON) if person else (organisation, ORGANISATION)
    if not number:
        return None
    if person and organisation:
        detail = Phrase("Name the instance owner in one way only.")
        raise ParameterInvalid([query.issue(name, "parameter-twice", detail)])
    length = SSN_LENGTH if person else ORG_NUMBER_LENGTH
    if not has_digits(number, length):
        # The number itself is told nowhere: it may be a person's, with a slip.
        detail = Phrase(
            "{name} needs to be exactly {length} digits.", name=name, length=length
        )
        raise ParameterInvalid([query.issue(name, "identifier-invalid", detail)])
    return _party_id_of(principal, number, is_person=bool(person))


def party_with(principal: Principal, number: str, *, is_person: bool) -> Party | None:
    """Return whose number it is, None for nobody's; raises LookUpsExhausted.

    The answer tells whether somebody has the number, so few are guessed.
    """
    attempt = lookup_limits.begin([owner_allowance(principal, of_person=is_person)])
    rows = Party.objects
    named = rows.with_ssn(number) if is_person else rows.with_org_number(number)
    party = named.first()
    if party is None:
        attempt.keep()
    else:
        attempt.withdraw()
    return party


def _party_id_of(principal: Principal, number: str, *, is_person: bool) -> int:
    party = party_with(principal, number, is_person=is_person)
    return _NOBODY if party is None else party.pk


def _refused(reason: str) -> ParameterInvalid:
    return ParameterInvalid([Issue(IDENTIFIER_HEADER, "identifier-invalid", reason)])
