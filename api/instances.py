"""What both faces do to an instance in the same way."""

from collections.abc import Mapping
from typing import Final

import orjson
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import is_kept_from, require_owner
from api.serializers.casing import in_wire_case, read_as, shape_of
from api.serializers.instances import SubstatusSerializer
from api.views import FaceViewSet
from common.errors import Invalid
from instances import services as instances
from instances.errors import ExternalReferenceTaken
from instances.models import Instance
from process.announcements import of_substatus

_MOST_REPEATED: Final = 200


class SubstatusInvalid(Invalid):
    """A substatus has a label, the key of a text or the text itself. Give ``label``."""

    code = "substatus-invalid"
    detail = (
        "Invalid sub status: {substatus}. Substatus must be defined and include a"
        " label."
    )

    def __init__(self, sent: Mapping[str, object]) -> None:
        """Repeat what was sent, the beginning of it if it is long."""
        known = {name: sent.get(name) for name in ("label", "description")}
        super().__init__(substatus=orjson.dumps(known).decode()[:_MOST_REPEATED])


class SharedInstanceViewSet(FaceViewSet):
    """Confirming, and the owner's word on how the case stands."""

    def handle_exception(self, exc: Exception) -> Response:
        """Name an instance that stands in the way to those alone who may read it."""
        if isinstance(exc, ExternalReferenceTaken) and not self._may_know(exc):
            exc = exc.unnamed()
        return super().handle_exception(exc)

    def _may_know(self, taken: ExternalReferenceTaken) -> bool:
        guid = str(taken.context["instance_id"]).rpartition("/")[2]
        existing = Instance.objects.filter(pk=guid).first()
        return (
            existing is not None
            and not is_kept_from(self.principal, existing)
            and self.permits(existing, "read")
        )

    def complete(self, request: Request, **kwargs: object) -> Response:
        """Confirm that the instance is received and needed no longer.

        Confirming again changes nothing.
        """
        instance = self.get_instance()
        confirmed = instances.confirm_complete(self.principal, instance=instance)
        return Response(self.instance_document(confirmed))

    def substatus(self, request: Request, **kwargs: object) -> Response:
        """Set the owner's own word on how the case stands."""
        sent = in_wire_case(self.read_json(), shape_of(SubstatusSerializer))
        if isinstance(sent, Mapping) and _is_nothing(sent.get("label")):
            raise SubstatusInvalid(sent)
        substatus = read_as(SubstatusSerializer, sent)
        instance = self.get_instance(action="read")
        require_owner(self.principal, org=instance.org)
        instances.update_substatus(
            self.principal,
            instance=instance,
            label=substatus["label"],
            description=substatus.get("description"),
            announce=of_substatus(instance, now=timezone.now()),
        )
        return Response(self.instance_document(instance))


def _is_nothing(label: object) -> bool:
    return label is None or (isinstance(label, str) and not label.strip())
