"""What exports are told of the faces: how a query is read, and what a document is."""

from collections.abc import Sequence

from api.criteria import filtered
from api.links import Links
from api.parameters import Parameters
from api.serializers.instances import instance_document
from api.serializers.spelling import Spelling
from data_elements.models import DataElement
from exports.packing import Document, Query
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.identity import Principal


class QueryReader:
    """Reads queries and makes documents as the list of instances in storage does."""

    def rows(self, principal: Principal, app_id: str, query: Query) -> InstanceQuerySet:
        """Return the instances of the app that the query finds and the caller sees."""
        visible = Instance.objects.visible_to(principal, app_ids=[app_id])
        values = {name: tuple(texts) for name, texts in query.items()}
        return filtered(visible.filter(app_id=app_id), Parameters(values))

    def document(self, instance: Instance, elements: Sequence[DataElement]) -> Document:
        """Return the instance's document, its links leading to this server's hosts."""
        return instance_document(instance, elements, Links(), Spelling.STORAGE)
