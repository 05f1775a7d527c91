"""What the application API's document says of signing."""

from api.application.signing import SigningViewSet
from api.operations import Operation, Table
from api.serializers.signees import (
    OrganisationsToSignForSerializer,
    SignedElementsSerializer,
    SigneesSerializer,
)

# What the action ``sign`` may answer besides, wherever it is asked for.
SIGNING = (
    "signer-not-a-user",
    "signing-misconfigured",
    "nothing-to-sign",
    "signed-content-unreadable",
    "signature-type-unfit",
)
_READING = ("not-a-signing-task", "signing-misconfigured")

SIGNING_OPERATIONS: Table = {
    SigningViewSet: {
        "signees": Operation(
            "signing_signees", "Signing", {200: SigneesSerializer}, problems=_READING
        ),
        "organisations": Operation(
            "signing_organisations",
            "Signing",
            {200: OrganisationsToSignForSerializer},
            problems=_READING,
        ),
        "data_elements": Operation(
            "signing_data_elements",
            "Signing",
            {200: SignedElementsSerializer},
            problems=_READING,
        ),
    },
}
