"""For parties of which types an application is (authorization.md §3.4)."""

from collections.abc import Iterable
from dataclasses import replace

from apps_registry.definition import AppDefinition
from authorization.representation import ListedParty
from parties.choices import PartyType
from parties.models import Party

_SUB_UNIT_FORMS = frozenset({"BEDR", "AAFY"})
_ESTATE_FORM = "KBO"


def is_allowed(definition: AppDefinition, party: Party) -> bool:
    """Whether the application is for parties of this type; with none named, for all."""
    allowed = definition.party_types_allowed
    return not allowed or _kind_of(party) in allowed


def allowed_of(
    definition: AppDefinition, listed: Iterable[ListedParty]
) -> list[ListedParty]:
    """Keep the parties of a list that the application is for.

    One that it is not for stays as an element of the hierarchy, where it is for a
    sub-unit of it.
    """
    found: list[ListedParty] = []
    for item in listed:
        sub_units = tuple(p for p in item.sub_units if is_allowed(definition, p))
        hidden = item.only_hierarchy or not is_allowed(definition, item.party)
        if sub_units or not hidden:
            found.append(replace(item, only_hierarchy=hidden, sub_units=sub_units))
    return found


def _kind_of(party: Party) -> str:
    """Return the member of ``partyTypesAllowed`` that speaks of this party."""
    if party.type == PartyType.BANKRUPTCY_ESTATE:
        return "bankruptcyEstate"
    if party.type == PartyType.SUB_UNIT:
        return "subUnit"
    if party.type != PartyType.ORGANISATION:
        return "person"
    if party.unit_type in _SUB_UNIT_FORMS:
        return "subUnit"
    return "bankruptcyEstate" if party.unit_type == _ESTATE_FORM else "organisation"
