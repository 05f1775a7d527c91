"""Everything that an instance has, in one download."""

from api.archives import ArchiveViewSet
from api.platform.storage.base import StorageViewSet


class InstanceArchiveViewSet(StorageViewSet, ArchiveViewSet):
    """The archive of an instance in storage."""

    actions = {"archive": "read"}
    look_first = frozenset({"archive"})
