"""Looking up whom somebody knows a number of; each time with a line in the log.

The log never has the whole number of a person.
"""

from collections.abc import Collection

import structlog

from common.errors import Phrase
from parties import lookup_limits
from parties.errors import NumberMistyped, PartyNotFound
from parties.identity import Principal
from parties.lookup_limits import Allowance
from parties.models import Party
from parties.names import is_same_last_name
from parties.numbers import is_valid_org_number, is_valid_ssn, mask_ssn

log = structlog.get_logger()

_NOBODY = Party(name="Nobody")


def find_person(
    principal: Principal,
    *,
    ssn: str,
    last_names: Collection[str],
    allowances: Collection[Allowance],
) -> Party:
    """Return the person with this number and one of these readings of the last name.

    Raises PartyNotFound, the same for a number that is nobody's and for a wrong name;
    NumberMistyped for a number that can be nobody's; LookUpsExhausted when too many
    were not found.
    """
    attempt = lookup_limits.begin(allowances)
    person = Party.objects.persons().with_ssn(ssn).first()
    # A name is compared either way, so that both answers take the same time.
    registered = last_name_of(person or _NOBODY)
    matches = [is_same_last_name(name, registered) for name in last_names]
    if person is not None and any(matches):
        attempt.withdraw()
        _log("person_looked_up", principal, outcome="found", number=mask_ssn(ssn))
        return person
    # Some well-known test persons have wrong check digits; nobody real has.
    if person is None and not is_valid_ssn(ssn):
        attempt.withdraw()
        raise NumberMistyped(what=Phrase("national identity number"))
    attempt.keep()
    _log("person_looked_up", principal, outcome="missed", number=mask_ssn(ssn))
    raise PartyNotFound(what="national identity number and the last name")


def find_organisation(
    principal: Principal, *, org_number: str, allowances: Collection[Allowance]
) -> Party:
    """Return the organisation or sub-unit with this number.

    Raises PartyNotFound, NumberMistyped and LookUpsExhausted.
    """
    attempt = lookup_limits.begin(allowances)
    organisation = Party.objects.with_org_number(org_number).first()
    if organisation is not None:
        attempt.withdraw()
        _log("organisation_looked_up", principal, outcome="found")
        return organisation
    if not is_valid_org_number(org_number):
        attempt.withdraw()
        raise NumberMistyped(what=Phrase("organisation number"))
    attempt.keep()
    _log("organisation_looked_up", principal, outcome="missed")
    raise PartyNotFound(what="organisation number")


def party_with_number(*, ssn: str = "", org_number: str = "") -> Party:
    """Return the party with the one number that is given, for platform components.

    Raises PartyNotFound and NumberMistyped.
    """
    rows = Party.objects
    found = rows.with_ssn(ssn) if ssn else rows.with_org_number(org_number)
    party = found.first()
    what = Phrase("national identity number" if ssn else "organisation number")
    if party is not None:
        return party
    if not (is_valid_ssn(ssn) if ssn else is_valid_org_number(org_number)):
        raise NumberMistyped(what=what)
    raise PartyNotFound(what=what)


def last_name_of(person: Party) -> str:
    """Return the last name, or the last word of a name that is not taken apart."""
    details = person.register_details.get("person")
    stated = details.get("lastName") if isinstance(details, dict) else None
    return str(stated or "") or person.name.rpartition(" ")[2]


def _log(event: str, principal: Principal, **more: str) -> None:
    log.info(event, caller=principal.id, kind=principal.kind.value, **more)
