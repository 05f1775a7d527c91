"""Instances of one app: create, read, delete, confirm."""

from collections.abc import Iterable

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.copies import SimpleInstantiation
from api.application.instantiation import Instantiation
from api.application.plans import DRY_RUN, PlannedViewSet
from api.entity_tags import instance_tag
from api.instances import SharedInstanceViewSet
from api.permissions import AUTHENTICATED
from api.rows import ElementRow, InstanceRow
from api.serializers.data_elements import element_as_row
from api.serializers.instances import instance_as_row, instance_document
from api.serializers.parties import party_document
from api.serializers.spelling import Spelling
from common.prepared import by_key
from data_elements import blobs
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import ReadStatus
from instances.models import Instance
from parties.models import Party
from process.plans import rehearsal


class InstanceViewSet(PlannedViewSet, SharedInstanceViewSet):
    """Instances of the application."""

    actions = {
        "create": AUTHENTICATED,  # the policy is asked once the owner party is known
        "create_simply": AUTHENTICATED,  # as above
        "retrieve": "read",
        "destroy": "delete",
        "complete": "complete",
        "substatus": AUTHENTICATED,
    }
    parameters = {
        "create": (
            "instanceOwnerPartyId",
            "instanceOwnerId",
            "language",
            "externalReference",
            DRY_RUN,
        ),
        "destroy": ("hard",),
    }
    look_first = frozenset({"substatus"})
    touches_instances = True

    def create(self, request: Request, **kwargs: object) -> Response:
        """Create an instance, alone or with its first data (multipart).

        With `dryRun` nothing is stored: the answer is what would come of the instance,
        step by step to the end of its process.
        """
        if self.is_dry_run():
            with blobs.on_trial(), Instantiation(self) as instantiation:
                instantiation.read(request._request)
                with rehearsal():
                    instance, _ = instantiation.make()
                    return self.plan(instance)
        with Instantiation(self) as instantiation:
            instance, elements = instantiation.run(request._request)
        document = self.answer(instance, elements, owner=instantiation.owner)
        location = self.links.instance(instance)["apps"]
        return Response(document, status=201, headers={"Location": location})

    def create_simply(self, request: Request, **kwargs: object) -> Response:
        """Create an instance, prefilled, or as a copy of an archived one."""
        with SimpleInstantiation(self) as instantiation:
            instance, elements = instantiation.run(request._request)
        document = self.answer(instance, elements, owner=instantiation.owner)
        location = self.links.instance(instance)["apps"]
        return Response(document, status=201, headers={"Location": location})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read an instance; the owner party's reading marks it read."""
        row = self.read_instance()
        if row.read_status == ReadStatus.READ or self.is_owner(row):
            return Response(self.answer(row))
        instance = by_key(Instance, row.id)
        if instance is None:  # purged since it was read
            return Response(self.answer(row))
        instances.mark_read(instance=instance)
        return Response(self.answer(instance, self.shown_elements(row)))

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
        self,
        instance: Instance | InstanceRow,
        elements: Iterable[DataElement | ElementRow] | None = None,
        *,
        owner: Party | None = None,
    ) -> dict[str, object]:
        """Return the document with the owner's register entry and the readable data.

        The entry is ``owner`` where it is at hand already.
        """
        readable = [
            element_as_row(one) for one in self.readable_elements(instance, elements)
        ]
        instance = instance_as_row(instance)
        self.tag = instance_tag(instance, readable)
        party = None
        if self.spelling is Spelling.APPLICATION:
            owner = owner or by_key(Party, instance.owner_party_id)
            party = party_document(owner, masked=True) if owner else None
        return instance_document(
            instance, readable, self.links, self.spelling, owner_party=party
        )
