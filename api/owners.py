"""Naming an instance owner in a call: a party id, or a number in a header."""

from rest_framework.request import Request

from api.parameters import ParameterInvalid
from common.errors import Issue
from parties.models import Party
from parties.numbers import has_digits

IDENTIFIER_HEADER = "X-Ai-InstanceOwnerIdentifier"
_KINDS = {"person": (11, "Person number"), "organisation": (9, "Organization number")}
_NOBODY = 0  # no party has this id


def owner_party_id(stated: object) -> int | None:
    """Return a party id that a body states as text or number, None when it is none."""
    text = str(stated or "")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    number = int(text)
    return number if -(2**31) <= number < 2**31 else None


def identified_party_id(request: Request, *, also_in_query: bool) -> int | None:
    """Return the party that the identifier header names, None without the header.

    ``Person:{11 digits}`` or ``Organisation:{9 digits}``; an unknown number names
    nobody. Raises ParameterInvalid, also when the query names the owner too.
    """
    header = request.headers.get(IDENTIFIER_HEADER, "")
    if not header:
        return None
    if also_in_query:
        raise _refused(
            "Both InstanceOwner.PartyId and InstanceOwnerIdentifier cannot be present"
            " at the same time."
        )
    kind, _, number = header.replace(" ", "").lower().partition(":")
    if kind not in _KINDS or not number:
        raise _refused("Invalid InstanceOwnerIdentifier.")
    length, name = _KINDS[kind]
    if not has_digits(number, length):
        raise _refused(f"{name} needs to be exactly {length} digits.")
    rows = Party.objects
    found = rows.with_ssn(number) if kind == "person" else rows.with_org_number(number)
    return found.values_list("id", flat=True).first() or _NOBODY


def _refused(reason: str) -> ParameterInvalid:
    return ParameterInvalid(
        [Issue(f"{IDENTIFIER_HEADER}:", "identifier-invalid", reason)]
    )
