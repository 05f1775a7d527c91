"""What both faces do to an instance in the same way."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import require_owner
from api.serializers.instances import SubstatusSerializer
from api.views import FaceViewSet
from instances import services as instances


class SharedInstanceViewSet(FaceViewSet):
    """Confirming, and the owner's word on how the case stands."""

    def complete(self, request: Request, **kwargs: object) -> Response:
        """Confirm that the instance is received and needed no longer.

        Confirming again changes nothing.
        """
        instance = self.get_instance()
        confirmed = instances.confirm_complete(self.principal, instance=instance)
        return Response(self.instance_document(confirmed))

    def substatus(self, request: Request, **kwargs: object) -> Response:
        """Set the owner's own word on how the case stands."""
        substatus = self.read_input(SubstatusSerializer)
        instance = self.get_instance(action="read")
        require_owner(self.principal, org=instance.org)
        instances.update_substatus(
            self.principal,
            instance=instance,
            label=substatus["label"],
            description=substatus.get("description"),
        )
        return Response(self.instance_document(instance))
