"""What OpenAPI says of calls about persons, parties and the session."""

from drf_spectacular.types import OpenApiTypes

from api.application.authentication import SessionViewSet
from api.application.lookups import LookUpViewSet
from api.application.parties import (
    CurrentPartyViewSet,
    InstantiationValidationSerializer,
    PartyViewSet,
)
from api.application.profile import ProfileViewSet
from api.operations import (
    Operation,
    Table,
)
from api.serializers.lookups import (
    OrganisationFoundSerializer,
    PersonFoundSerializer,
    PersonQuerySerializer,
)
from api.serializers.parties import PartySerializer
from api.serializers.profiles import UserProfileSerializer

_PARTY_OR_ID = {"oneOf": [{"type": "integer"}, {"$ref": "#/components/schemas/Party"}]}


PEOPLE_OPERATIONS: Table = {
    SessionViewSet: {
        "keep_alive": Operation(
            "session_keep_alive",
            "Authentication",
            {200: None},
            problems=("caller-unidentified", "session-not-prolonged"),
        ),
        "invalidate_cookie": Operation(
            "session_invalidate_cookie", "Authentication", {200: None}
        ),
    },
    PartyViewSet: {
        "list": Operation(
            "parties_list",
            "Parties",
            {200: PartySerializer(many=True)},
            problems=("caller-unidentified",),
        ),
        "select": Operation(
            "parties_select",
            "Parties",
            {(200, "text/plain"): OpenApiTypes.STR},
            problems=("caller-unidentified", "party-not-selectable"),
        ),
        "validate_instantiation": Operation(
            "parties_validate_instantiation",
            "Parties",
            {200: InstantiationValidationSerializer},
            problems=("caller-unidentified",),
        ),
    },
    CurrentPartyViewSet: {
        "retrieve": Operation(
            "parties_current",
            "Parties",
            {200: _PARTY_OR_ID},
            problems=("caller-unidentified", "party-not-found"),
        ),
    },
    LookUpViewSet: {
        "person": Operation(
            "lookup_person",
            "Look-ups",
            {200: PersonFoundSerializer},
            PersonQuerySerializer,
            (
                "caller-unidentified",
                "user-only",
                "authentication-level-too-low",
                "number-mistyped",
                "look-ups-exhausted",
            ),
        ),
        "organisation": Operation(
            "lookup_organisation",
            "Look-ups",
            {200: OrganisationFoundSerializer},
            problems=("caller-unidentified", "number-mistyped", "look-ups-exhausted"),
        ),
    },
    ProfileViewSet: {
        "retrieve": Operation(
            "profile_retrieve",
            "Profile",
            {200: UserProfileSerializer},
            problems=(
                "caller-unidentified",
                "caller-without-profile",
                "profile-not-found",
            ),
        ),
    },
}
