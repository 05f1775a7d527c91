"""What Altinn Studio shows and deletes of the instances of an application."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.criteria import filtered
from api.pages import newest_first
from api.pagination import MAX_SIZE, PARAMETER, TokenMaker
from api.permissions import DESIGNER
from api.platform.storage.base import DeletedNotFound
from api.serializers.studio import simple_details_document, simple_instance_document
from api.views import FaceViewSet
from common.errors import Invalid
from data_elements.models import DataElement
from instances import studio
from instances.errors import InstanceNotFound
from instances.models import Instance

_FILTERS = (
    "process.currentTask",
    "process.isComplete",
    "lastChanged",
    "created",
    "confirmed",
    "status.isSoftDeleted",
    "status.isHardDeleted",
    "status.isArchived",
)
_REFERENCE = "archiveReference"
_SIZE = 10


class OrgAndAppMissing(Invalid):
    """The address names neither a service owner nor an application."""

    code = "org-and-app-missing"
    detail = "Org and App must be defined."


class StudioInstanceViewSet(FaceViewSet):
    """Instances of an application, for the tool with which it is made."""

    actions = {"list": DESIGNER, "retrieve": DESIGNER, "destroy": DESIGNER}
    parameters = {"list": (*_FILTERS, _REFERENCE, "size", PARAMETER)}
    strict = frozenset({"list"})

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the instances, the newest change first; `next` is a token."""
        app_id, reference = self._app_id, self.query.text(_REFERENCE)
        rows = filtered(Instance.objects.filter(app_id=app_id), self.query)
        if reference:
            rows = rows.ending_in(reference)
        asked = sorted((n, self.query.texts(n)) for n in (*_FILTERS, _REFERENCE))
        found, token = newest_first(
            rows,
            query=self.query,
            tokens=TokenMaker.bound_to("studio", app_id, asked),
            size=_SIZE,
            most=MAX_SIZE,
        )
        documents = [simple_instance_document(one) for one in found]
        page = {"count": len(found), "self": None, "next": token}
        return Response({**page, "instances": documents})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read an instance, with a line for each of its data elements."""
        instance = self._find(InstanceNotFound)
        elements = DataElement.objects.of([instance.pk])
        return Response(simple_details_document(instance, elements))

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete an instance restorably, in its service owner's name."""
        instance = self._find(DeletedNotFound)
        days = self.definition(instance).prevent_deletion_days
        studio.soft_delete(instance=instance, prevent_days=days)
        return Response(status=204)

    @property
    def _app_id(self) -> str:
        org, app = self.kwargs["org"], self.kwargs["app"]
        if not org.strip() or not app.strip():
            raise OrgAndAppMissing
        return f"{org}/{app}"

    def _find(self, missing: type[InstanceNotFound]) -> Instance:
        """Return the application's instance of this guid, deleted ones too."""
        app_id = self._app_id
        instance = Instance.objects.filter(pk=self.guid, app_id=app_id).first()
        if instance is None:
            raise missing(instance_id=f"{app_id}/{self.guid}")
        return instance
