"""Instances of one app: create, read, delete, confirm."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.application.instantiation import Instantiation
from api.instances import SharedInstanceViewSet
from api.permissions import AUTHENTICATED
from api.serializers.instances import instance_document
from api.serializers.parties import party_document
from api.serializers.spelling import Spelling
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import ReadStatus
from instances.models import Instance
from parties.models import Party


class InstanceViewSet(AppViewSet, SharedInstanceViewSet):
    """Instances of the application."""

    actions = {
        "create": AUTHENTICATED,  # the policy is asked once the owner party is known
        "retrieve": "read",
        "destroy": "delete",
        "complete": "complete",
        "substatus": AUTHENTICATED,
    }
    parameters = {
        "create": ("instanceOwnerPartyId", "instanceOwnerId", "language"),
        "destroy": ("hard",),
    }
    look_first = frozenset({"substatus"})

    def create(self, request: Request, **kwargs: object) -> Response:
        """Create an instance, alone or with its first data (multipart)."""
        with Instantiation(self) as instantiation:
            instance, elements = instantiation.run(request._request)
        document = self.answer(instance, elements)
        location = self.links.instance(instance)["apps"]
        return Response(document, status=201, headers={"Location": location})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read an instance; the owner party's reading marks it read."""
        instance = self.get_instance()
        if not self.is_owner(instance):
            instances.set_read_status(instance=instance, status=ReadStatus.READ)
        return Response(self.answer(instance))

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete an instance.

        Softly it can be restored, with `hard=true` it is purged.
        """
        instance = self.get_instance()
        hard = self.query.flag("hard") or False
        days = self.app.prevent_deletion_days
        instances.delete(
            self.principal, instance=instance, hard=hard, prevent_days=days
        )
        return Response(self.instance_document(instance))

    def answer(
        self, instance: Instance, elements: list[DataElement] | None = None
    ) -> dict[str, object]:
        """Return the document with the owner's register entry and the readable data."""
        readable = self.readable_elements(instance, elements)
        party = None
        if self.spelling is Spelling.APPLICATION:
            row = Party.objects.filter(pk=instance.owner_party_id).first()
            party = party_document(row, masked=True) if row else None
        return instance_document(
            instance, readable, self.links, self.spelling, owner_party=party
        )
