"""What the platform API's document says of the register."""

from api.operations import JSON_BODY, Answers, Operation, Table
from api.platform.register.lookups import OrganizationViewSet, PartyLookupViewSet
from api.platform.register.parties import PartyViewSet
from api.platform.register.persons import PERSON_HEADERS, PersonViewSet
from api.serializers.lookups import (
    MOST_LISTED,
    PartyIdentifiersSerializer,
    PartyLookupSerializer,
    PartyNamesLookupSerializer,
    PartyNamesSerializer,
)
from api.serializers.parties import (
    OrganizationSerializer,
    PartySerializer,
    PersonSerializer,
)

_PARTY: Answers = {200: PartySerializer}
_PARTIES: Answers = {200: PartySerializer(many=True)}
_ONE_NUMBER = ("party-not-found", "number-mistyped")


def _list_of(item: dict[str, object]) -> dict[str, object]:
    items = {"type": "array", "items": item, "maxItems": MOST_LISTED}
    return {"application/json": items}


OPERATIONS: Table = {
    PartyViewSet: {
        "retrieve": Operation(
            "parties_retrieve",
            "Register",
            _PARTY,
            problems=("party-not-found", "party-not-represented"),
        ),
        "by_uuid": Operation(
            "parties_by_uuid",
            "Register",
            _PARTY,
            problems=("party-not-found", "party-not-represented"),
        ),
    },
    PartyLookupViewSet: {
        "lookup": Operation(
            "parties_lookup", "Register", _PARTY, PartyLookupSerializer, _ONE_NUMBER
        ),
        "names": Operation(
            "parties_names",
            "Register",
            {200: PartyNamesSerializer},
            PartyNamesLookupSerializer,
        ),
        "list_by_id": Operation(
            "parties_list",
            "Register",
            _PARTIES,
            _list_of({"type": "integer", "format": "int32"}),
            (*JSON_BODY, "none-registered"),
        ),
        "list_by_uuid": Operation(
            "parties_list_by_uuid",
            "Register",
            _PARTIES,
            _list_of({"type": "string", "format": "uuid"}),
            (*JSON_BODY, "none-registered"),
        ),
        "identifiers": Operation(
            "parties_identifiers",
            "Register",
            {200: PartyIdentifiersSerializer(many=True)},
        ),
    },
    OrganizationViewSet: {
        "retrieve": Operation(
            "organizations_retrieve",
            "Register",
            {200: OrganizationSerializer},
            problems=_ONE_NUMBER,
        ),
    },
    PersonViewSet: {
        "retrieve": Operation(
            "persons_retrieve",
            "Register",
            {200: PersonSerializer},
            problems=(
                *_ONE_NUMBER,
                "person-headers-invalid",
                "user-only",
                "authentication-level-too-low",
                "look-ups-exhausted",
            ),
            headers=PERSON_HEADERS,
            user_too=True,
        ),
    },
}
