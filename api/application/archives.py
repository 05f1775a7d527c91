"""Everything that an instance has, in one download."""

from api.application.data import DataViewSet
from api.archives import ArchiveViewSet
from data_elements.models import DataElement
from instances.models import Instance


class InstanceArchiveViewSet(ArchiveViewSet, DataViewSet):
    """The archive of an instance; the app's own code may refuse single elements."""

    actions = {"archive": "read"}
    parameters = {"archive": ("language",)}

    def listed_elements(self, instance: Instance) -> list[DataElement]:
        """Leave out what this face's documents do not show to the caller."""
        elements = self.elements_of(instance)
        return [one for one in elements if self.may_read(instance, one)]
