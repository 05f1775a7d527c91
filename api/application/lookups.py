"""Looking persons and organisations up while a form is filled in."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.parties import AboutCallerViewSet
from api.lookups import (
    address_allowance,
    organisation_allowance,
    require_person_lookup,
    user_allowance,
)
from api.permissions import AUTHENTICATED
from api.serializers.lookups import (
    PersonQuerySerializer,
    organisation_found_document,
    person_found_document,
)
from parties.errors import PartyNotFound
from parties.lookups import find_organisation, find_person


class LookUpViewSet(AboutCallerViewSet):
    """Look-ups in the register."""

    unkeyed = frozenset({"person"})
    actions = {"person": AUTHENTICATED, "organisation": AUTHENTICATED}

    def person(self, request: Request, **kwargs: object) -> Response:
        """Look a person up by national identity number and last name.

        It takes a user of level 2. The first four letters of the name count. A number
        that is nobody's and a wrong name get the same answer, and few of them an hour.
        """
        user_id = require_person_lookup(self.principal)
        asked = self.read_input(PersonQuerySerializer)
        try:
            person = find_person(
                self.principal,
                ssn=asked["socialSecurityNumber"],
                last_names=[asked["lastName"]],
                allowances=[user_allowance(user_id), *address_allowance(request)],
            )
        except PartyNotFound:
            return Response(person_found_document(None))
        return Response(person_found_document(person))

    def organisation(self, request: Request, **kwargs: object) -> Response:
        """Look an organisation or a sub-unit up by its number."""
        try:
            organisation = find_organisation(
                self.principal,
                org_number=self.kwargs["orgNr"],
                allowances=[
                    organisation_allowance(self.principal),
                    *address_allowance(request),
                ],
            )
        except PartyNotFound:
            return Response(organisation_found_document(None))
        return Response(organisation_found_document(organisation))
