"""Look-ups by number and by id, for components of the platform."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.parameters import ParameterInvalid
from api.permissions import PLATFORM
from api.serializers.lookups import (
    MOST_IDENTIFIED,
    MOST_LISTED,
    PartyLookupSerializer,
    PartyNamesLookupSerializer,
    identifiers_document,
    name_document,
)
from api.serializers.parties import organization_document, party_document
from api.views import FaceViewSet
from common.errors import Issue, NotFound
from parties.lookups import party_with_number
from parties.models import Party
from parties.numbers import LARGEST_ID, ORG_NUMBER_LENGTH, has_digits

_SUB_UNITS = "fetchSubUnits"
_COMPONENTS: Final = "partyComponentOption"
_WITH_PERSON_NAME: Final = "person-name"
_IDS, _UUIDS, _ORGS = "ids", "uuids", "orgs"
Key = TypeVar("Key", int, UUID)
Read = TypeVar("Read")


class NoneRegistered(NotFound):
    """The register has none of the parties that were asked for."""

    code = "none-registered"
    detail = "The register has none of these {count} parties."


class PartyLookupViewSet(FaceViewSet):
    """Parties by their numbers and ids."""

    unkeyed = frozenset({"lookup", "names", "list_by_id", "list_by_uuid"})
    actions = {
        "lookup": PLATFORM,
        "names": PLATFORM,
        "list_by_id": PLATFORM,
        "list_by_uuid": PLATFORM,
        "identifiers": PLATFORM,
    }
    parameters = {
        "names": (_COMPONENTS,),
        "list_by_id": (_SUB_UNITS,),
        "list_by_uuid": (_SUB_UNITS,),
        "identifiers": (_IDS, _UUIDS, _ORGS),
    }

    def lookup(self, request: Request, **kwargs: object) -> Response:
        """Read the party with a national identity number or an organisation number."""
        asked = self.read_input(PartyLookupSerializer)
        party = party_with_number(
            ssn=asked.get("ssn", ""), org_number=asked.get("orgNo", "")
        )
        return Response(party_document(party, masked=False))

    def names(self, request: Request, **kwargs: object) -> Response:
        """Read the names that go with numbers, in their order.

        `partyComponentOption=person-name` adds first, middle and last name.
        """
        asked = self.read_input(PartyNamesLookupSerializer)["parties"] or []
        taken_apart = self._wants_person_name()
        rows = Party.objects.with_number_in(
            ssns=[one["ssn"] for one in asked if "ssn" in one],
            org_numbers=[one["orgNo"] for one in asked if "orgNo" in one],
        )
        found = {row.ssn or row.org_number: row for row in rows} if asked else {}
        names = [
            name_document(
                one,
                found.get(one.get("ssn") or one["orgNo"]),
                taken_apart=taken_apart,
            )
            for one in asked
        ]
        return Response({"partyNames": names})

    def list_by_id(self, request: Request, **kwargs: object) -> Response:
        """List the parties with these ids, in their order; unknown ones are left out.

        `fetchSubUnits=true` adds the sub-units of organisations.
        """
        ids: list[int] = self._read_list(
            serializers.IntegerField(min_value=-LARGEST_ID - 1, max_value=LARGEST_ID)
        )
        return self._listed(ids, Party.objects.filter(pk__in=ids), lambda row: row.pk)

    def list_by_uuid(self, request: Request, **kwargs: object) -> Response:
        """List the parties with these UUIDs, in their order; unknown ones are left out.

        `fetchSubUnits=true` adds the sub-units of organisations.
        """
        uuids: list[UUID] = self._read_list(serializers.UUIDField())
        rows = Party.objects.filter(uuid__in=uuids)
        return self._listed(uuids, rows, lambda row: row.uuid)

    def identifiers(self, request: Request, **kwargs: object) -> Response:
        """Read the ids of up to 100 parties, of which any id is given.

        Several values stand in one parameter, separated by commas, or repeat it.
        """
        ids = self._values(_IDS, _as_id)
        uuids = self._values(_UUIDS, _as_uuid)
        org_numbers = self._values(_ORGS, _as_org_number)
        count = len(ids) + len(uuids) + len(org_numbers)
        if not 1 <= count <= MOST_IDENTIFIED:
            detail = (
                f"Give 1 to {MOST_IDENTIFIED} values in all of {_IDS}, {_UUIDS} and"
                f" {_ORGS}; these are {count}."
            )
            raise ParameterInvalid([Issue(f"?{_IDS}", "parameter-count", detail)])
        rows = Party.objects.identified_by(
            ids=ids, uuids=uuids, org_numbers=org_numbers
        )
        return Response([identifiers_document(row) for row in rows])

    # --- parts ------------------------------------------------------------------------
    def _wants_person_name(self) -> bool:
        option = self.query.text(_COMPONENTS).casefold()
        if option in ("", "none"):
            return False
        if option not in (_WITH_PERSON_NAME, "personname"):
            raise self.query.refused(_COMPONENTS, option, repr(_WITH_PERSON_NAME))
        return True

    def _read_list(self, items: serializers.Field[Any, Any, Any, Any]) -> list[Any]:
        # Any: what is read is what the field of the items makes of them.
        field = serializers.ListField(child=items, max_length=MOST_LISTED)
        return list(field.run_validation(self.read_json()))

    def _listed(
        self,
        keys: Sequence[Key],
        rows: Iterable[Party],
        key_of: Callable[[Party], Key | None],
    ) -> Response:
        found = {key_of(row): row for row in rows}
        parties = [found[key] for key in dict.fromkeys(keys) if key in found]
        if not parties:
            raise NoneRegistered(count=len(keys))
        sub_units: dict[int | None, list[Party]] = {}
        if self.query.flag(_SUB_UNITS):
            for unit in Party.objects.sub_units_of_any(parties):
                sub_units.setdefault(unit.parent_id, []).append(unit)
        return Response(
            [
                party_document(row, masked=False, sub_units=sub_units.get(row.pk, ()))
                for row in parties
            ]
        )

    def _values(self, name: str, read: Callable[[str], Read]) -> list[Read]:
        texts = [
            text.strip()
            for value in self.query.texts(name)
            for text in value.split(",", MOST_IDENTIFIED)
            if text.strip()
        ]
        values: list[Read] = []
        for text in texts:
            try:
                values.append(read(text))
            except ValueError as error:
                raise self.query.refused(name, text, str(error)) from None
        return values


class OrganizationViewSet(FaceViewSet):
    """Organisations by their numbers."""

    actions = {"retrieve": PLATFORM}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read what the business register has on an organisation."""
        party = party_with_number(org_number=self.kwargs["orgNr"])
        return Response(organization_document(party))


def _as_id(text: str) -> int:
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_ID)):
        number = int(text)
        if -LARGEST_ID <= number <= LARGEST_ID:
            return number
    raise ValueError("a party id")


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError("a UUID") from None


def _as_org_number(text: str) -> str:
    if not has_digits(text, ORG_NUMBER_LENGTH):
        raise ValueError(f"an organisation number of {ORG_NUMBER_LENGTH} digits")
    return text
