"""Presentation texts and data values of an instance: merged, never replaced."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api.permissions import CURRENT_TASK
from api.platform.storage.base import StorageViewSet
from api.serializers.instances import DataValuesSerializer, PresentationTextsSerializer
from common.errors import Invalid
from instances import values


class ValuesMissing(Invalid):
    """The body has no values to set. Give them under the member that is named."""

    code = "values-missing"
    detail = "Missing parameter value: {what} is misformed or empty"


class ValueViewSet(StorageViewSet):
    """What is shown of an instance in lists, and what it is found by."""

    actions = {"presentation_texts": CURRENT_TASK, "data_values": CURRENT_TASK}
    look_first = sync_reads = frozenset(actions)

    def presentation_texts(self, request: Request, **kwargs: object) -> Response:
        """Set presentation texts; one that is null or empty is removed."""
        texts = self._stated(PresentationTextsSerializer, "texts", "presentationTexts")
        return self._merge("presentationTexts", texts, presentation_texts=texts)

    def data_values(self, request: Request, **kwargs: object) -> Response:
        """Set data values; one that is null or empty is removed."""
        given = self._stated(DataValuesSerializer, "values", "dataValues")
        return self._merge("dataValues", given, data_values=given)

    def _stated(
        self, serializer: type[Serializer[object]], name: str, other: str
    ) -> object:
        """Return what the body has under Altinn's name, or else under the instance's.

        Systems of owners send either (OWN-7).
        """
        body = self.read_input(serializer)
        return body.get(other) if body.get(name) is None else body[name]

    def _merge(self, what: str, given: object, **changes: Any) -> Response:
        if given is None:
            raise ValuesMissing(what=what)
        # The platform's synchronisation sets data values, and no text that is shown.
        synchronising = self.action == "data_values" and self.is_synchronisation()
        instance = self.get_instance(action="write" if synchronising else "")
        values.merge(self.principal, instance=instance, **changes)
        return Response(self.instance_document(instance))
