"""Addresses below ``/storage/api/v1``."""

from api.platform.storage.applications import StoredApplicationViewSet
from api.platform.storage.archives import InstanceArchiveViewSet
from api.platform.storage.cleanup import CleanupViewSet
from api.platform.storage.components import ComponentViewSet
from api.platform.storage.data import DataViewSet
from api.platform.storage.events import InstanceEventViewSet
from api.platform.storage.exports import ExportViewSet
from api.platform.storage.instances import InstanceViewSet
from api.platform.storage.locks import DataLockViewSet, InstanceLockViewSet
from api.platform.storage.message_box import MessageBoxViewSet
from api.platform.storage.metrics import FailureViewSet, MetricsViewSet
from api.platform.storage.process import ProcessViewSet
from api.platform.storage.queues import QueueViewSet
from api.platform.storage.signing import SignViewSet
from api.platform.storage.statistics import StatisticsViewSet
from api.platform.storage.studio import StudioInstanceViewSet
from api.platform.storage.texts import StoredTextViewSet
from api.platform.storage.values import ValueViewSet
from api.routes import path

app_name = "storage"

_INSTANCE = "instances/<party:party>/<guid:guid>"
_BOX = "sbl/instances"
_STUDIO = "studio/instances/<str:org>/<str:app>"
# Any text, not a name by its grammar: what is none is refused with Altinn's words.
_QUEUE = "queues/<org:org>/<app:app>"
_LEASE = f"{_QUEUE}/leases/<guid:lease>"
_APP = "applications/<str:org>/<str:app>"

urlpatterns = [  # first, what is asked the most
    path(
        _INSTANCE,
        InstanceViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="instance",
    ),
    path(
        "instances",
        InstanceViewSet.as_view({"get": "list", "post": "create"}),
        name="instances",
    ),
    path(
        "instances/search",
        InstanceViewSet.as_view({"post": "search"}),
        name="search",
    ),
    path(
        "instances/<guid:guid>",
        InstanceViewSet.as_view({"get": "retrieve"}),
        name="instance-by-guid",
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
    path(
        f"{_INSTANCE}/archive",
        InstanceArchiveViewSet.as_view({"get": "archive"}),
        name="archive",
    ),
    path(f"{_INSTANCE}/data", DataViewSet.as_view({"post": "create"}), name="data"),
    path(
        f"{_INSTANCE}/data/<guid:element>",
        DataViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="element",
    ),
    path(
        f"{_INSTANCE}/data/<guid:element>/lock",
        DataLockViewSet.as_view({"put": "lock", "delete": "unlock"}),
        name="element-lock",
    ),
    path(
        f"{_INSTANCE}/lock",
        InstanceLockViewSet.as_view({"post": "acquire", "patch": "extend"}),
        name="instance-lock",
    ),
    path(
        f"{_INSTANCE}/dataelements",
        DataViewSet.as_view({"get": "list"}),
        name="elements",
    ),
    path(
        f"{_INSTANCE}/dataelements/<guid:element>",
        DataViewSet.as_view({"get": "metadata_of_one", "put": "describe"}),
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
        f"{_INSTANCE}/presentationtexts",
        ValueViewSet.as_view({"put": "presentation_texts"}),
        name="presentation-texts",
    ),
    path(
        f"{_INSTANCE}/datavalues",
        ValueViewSet.as_view({"put": "data_values"}),
        name="data-values",
    ),
    path(
        f"{_INSTANCE}/sign",
        SignViewSet.as_view({"post": "sign"}),
        name="sign",
    ),
    path(
        f"{_INSTANCE}/process",
        ProcessViewSet.as_view({"put": "replace"}),
        name="process",
    ),
    path(
        f"{_INSTANCE}/process/instanceandevents",
        ProcessViewSet.as_view({"put": "step"}),
        name="process-step",
    ),
    path(
        f"{_INSTANCE}/process/history",
        ProcessViewSet.as_view({"get": "history"}),
        name="process-history",
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
    path(
        "applications",
        StoredApplicationViewSet.as_view({"get": "list", "post": "create"}),
        name="applications",
    ),
    path(
        "applications/<str:org>",
        StoredApplicationViewSet.as_view({"get": "list_of_org"}),
        name="applications-of-org",
    ),
    path(
        _APP,
        StoredApplicationViewSet.as_view(
            {"get": "retrieve", "put": "update", "delete": "destroy"}
        ),
        name="application",
    ),
    path(
        f"{_APP}/texts",
        StoredTextViewSet.as_view({"post": "create"}),
        name="application-texts",
    ),
    path(
        f"{_APP}/texts/<str:language>",
        StoredTextViewSet.as_view(
            {"get": "retrieve", "put": "update", "delete": "destroy"}
        ),
        name="application-texts-in-language",
    ),
    path(
        f"{_BOX}/search",
        MessageBoxViewSet.as_view({"post": "search"}),
        name="message-box-search",
    ),
    path(
        f"{_BOX}/<party:party>/<guid:guid>",
        MessageBoxViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="message-box-instance",
    ),
    path(
        f"{_BOX}/<party:party>/<guid:guid>/events",
        MessageBoxViewSet.as_view({"get": "events"}),
        name="message-box-events",
    ),
    path(
        f"{_BOX}/<party:party>/<guid:guid>/undelete",
        MessageBoxViewSet.as_view({"put": "undelete"}),
        name="message-box-undelete",
    ),
    path(_STUDIO, StudioInstanceViewSet.as_view({"get": "list"}), name="studio"),
    path(
        f"{_STUDIO}/<guid:guid>",
        StudioInstanceViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="studio-instance",
    ),
    path(
        "metrics/instances",
        MetricsViewSet.as_view({"get": "instances"}),
        name="metrics-instances",
    ),
    path(
        "error",
        FailureViewSet.as_view({"get": "fail"}),
        name="error",
    ),
    path(f"{_QUEUE}/lease", QueueViewSet.as_view({"post": "lease"}), name="lease"),
    path(
        f"{_LEASE}/complete",
        QueueViewSet.as_view({"post": "complete"}),
        name="lease-complete",
    ),
    path(
        f"{_LEASE}/release",
        QueueViewSet.as_view({"post": "release"}),
        name="lease-release",
    ),
    path(
        f"{_LEASE}/renew", QueueViewSet.as_view({"post": "renew"}), name="lease-renew"
    ),
    path(f"{_QUEUE}/stuck", QueueViewSet.as_view({"get": "stuck"}), name="stuck"),
    path(
        f"{_QUEUE}/stuck/reset",
        QueueViewSet.as_view({"post": "reset"}),
        name="stuck-reset",
    ),
    path(
        "statistics/<org:org>",
        StatisticsViewSet.as_view({"get": "list"}),
        name="statistics",
    ),
    path(
        "cleanup/cleanupinstances",
        CleanupViewSet.as_view({"delete": "instances"}),
        name="cleanup-instances",
    ),
    path(
        "cleanup/cleanupdataelements",
        CleanupViewSet.as_view({"delete": "data_elements"}),
        name="cleanup-elements",
    ),
    path(
        "cleanup/cleanupinstancesforapp/<org:org>/<app:app>",
        CleanupViewSet.as_view({"delete": "instances_for_app"}),
        name="cleanup-app",
    ),
    path(
        "exports",
        ExportViewSet.as_view({"get": "list", "post": "create"}),
        name="exports",
    ),
    path(
        "exports/<guid:export>",
        ExportViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="export",
    ),
    path(
        "exports/<guid:export>/result",
        ExportViewSet.as_view({"get": "result"}),
        name="export-result",
    ),
    path(
        "exports/<guid:export>/retry",
        ExportViewSet.as_view({"post": "retry"}),
        name="export-retry",
    ),
]
