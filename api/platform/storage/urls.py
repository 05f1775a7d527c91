"""Addresses below ``/storage/api/v1``."""

from api.platform.storage.components import ComponentViewSet
from api.platform.storage.data import DataViewSet
from api.platform.storage.events import InstanceEventViewSet
from api.platform.storage.instances import InstanceViewSet
from api.routes import path

app_name = "storage"

_INSTANCE = "instances/<party:party>/<guid:guid>"

urlpatterns = [
    path(
        "instances",
        InstanceViewSet.as_view({"get": "list", "post": "create"}),
        name="instances",
    ),
    path(
        "instances/<guid:guid>",
        InstanceViewSet.as_view({"get": "retrieve"}),
        name="instance-by-guid",
    ),
    path(
        _INSTANCE,
        InstanceViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="instance",
    ),
    path(
        f"{_INSTANCE}/complete",
        InstanceViewSet.as_view({"post": "complete"}),
        name="complete",
    ),
    path(
        f"{_INSTANCE}/readstatus",
        InstanceViewSet.as_view({"put": "read_status"}),
        name="read-status",
    ),
    path(
        f"{_INSTANCE}/substatus",
        InstanceViewSet.as_view({"put": "substatus"}),
        name="substatus",
    ),
    path(f"{_INSTANCE}/data", DataViewSet.as_view({"post": "create"}), name="data"),
    path(
        f"{_INSTANCE}/data/<guid:element>",
        DataViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="element",
    ),
    path(
        f"{_INSTANCE}/dataelements",
        DataViewSet.as_view({"get": "list"}),
        name="elements",
    ),
    path(
        f"{_INSTANCE}/dataelements/<guid:element>",
        DataViewSet.as_view({"put": "describe"}),
        name="element-metadata",
    ),
    path(
        f"{_INSTANCE}/dataelements/<guid:element>/filescanstatus",
        ComponentViewSet.as_view({"put": "file_scan_status"}),
        name="file-scan-status",
    ),
    path(
        f"{_INSTANCE}/dataelementexists/<guid:element>",
        ComponentViewSet.as_view({"get": "element_exists"}),
        name="element-exists",
    ),
    path(
        f"{_INSTANCE}/process/authinfo",
        ComponentViewSet.as_view({"get": "process_info"}),
        name="process-info",
    ),
    path(
        f"{_INSTANCE}/events",
        InstanceEventViewSet.as_view({"get": "list", "post": "create"}),
        name="events",
    ),
    path(
        f"{_INSTANCE}/events/<guid:event>",
        InstanceEventViewSet.as_view({"get": "retrieve"}),
        name="event",
    ),
]
