"""Signing the data elements of an instance."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.platform.storage.base import StorageViewSet, StoredAppNotFound
from api.serializers.signing import SignRequestSerializer
from data_elements.models import DataElement
from signing import services as signing
from signing.documents import Signee


class SignViewSet(StorageViewSet):
    """The signatures on an instance."""

    actions = {"sign": "sign"}
    missing_app = StoredAppNotFound

    def sign(self, request: Request, **kwargs: object) -> Response:
        """Sign data elements.

        The document of it is a locked data element, and takes the place of an earlier
        one of the same signee. It tells the hash of all that is named, so this takes
        the right to read each of them.
        """
        instance = self.get_instance()
        body = self.read_input(SignRequestSerializer)
        signing.sign(
            self.principal,
            instance=instance,
            definition=self.definition(instance),
            type_id=body["signatureDocumentDataType"],
            signee=_signee(body.get("signee") or {}),
            elements=[
                (one["dataElementId"], one["signed"])
                for one in body["dataElementSignatures"]
            ],
            generated_from_task=body.get("generatedFromTask") or "",
            admit=self._require_read,
        )
        return Response("SignDocument is created", status=201)

    def _require_read(self, element: DataElement) -> None:
        """Raise unless the caller may read the element, by its own type."""
        self.require_read(element.instance, self.readable_type_of(element))


def _signee(read: Mapping[str, Any]) -> Signee:
    system_user = read.get("systemUserId")
    return Signee(
        user_id=read.get("userId") or None,
        system_user_id=None if system_user is None else str(system_user),
        person_number=read.get("personNumber") or None,
        organisation_number=read.get("organisationNumber") or None,
    )
