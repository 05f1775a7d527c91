"""Addresses of the application API.

``proposal`` stands below ``{app}`` on the org's host and below ``{org}/{app}`` on the
path fallback; ``altinn3`` below ``{org}/{app}`` everywhere. The urlconf is what OpenAPI
shows.
"""

from django.urls import include

from api.application.actions import ActionViewSet
from api.application.active import ActiveInstanceViewSet
from api.application.archives import InstanceArchiveViewSet
from api.application.authentication import SessionViewSet
from api.application.copies import CopyViewSet
from api.application.descriptions import DescriptionViewSet
from api.application.dry_validation import DryValidationViewSet
from api.application.event_receiver import EventReceiverViewSet
from api.application.file_urls import application_files
from api.application.form_data import FormDataViewSet
from api.application.home import HomeViewSet
from api.application.instances import InstanceViewSet
from api.application.lookups import LookUpViewSet
from api.application.metadata import MetadataViewSet
from api.application.notification_callback import NotificationCallbackViewSet
from api.application.options import DataListViewSet, ExternalApiViewSet, OptionViewSet
from api.application.pages import PageOrderViewSet
from api.application.parties import CurrentPartyViewSet, PartyViewSet
from api.application.pdf import PdfViewSet
from api.application.process import ProcessViewSet
from api.application.profile import ProfileViewSet
from api.application.redirects import RedirectViewSet
from api.application.scan_results import ScanResultViewSet
from api.application.stateless import StatelessDataViewSet
from api.application.task_urls import of_tasks
from api.application.v0 import (
    ProposalAppViewSet,
    ProposalDataViewSet,
    ProposalInstanceViewSet,
    ProposalProcessViewSet,
)
from api.application.validation import ValidationViewSet
from api.routes import path

app_name = "application"

_OF_TYPE = FormDataViewSet.as_view({"post": "create_of_type"})
_ELEMENT = FormDataViewSet.as_view(
    {
        "get": "retrieve",
        "put": "update",
        "patch": "patch_one",
        "delete": "destroy",
    }
)
_INSTANCE = "instances/<party:party>/<guid:guid>"
_ONE_ELEMENT = "data/<guid:element>"
_BY_GUID = "instances/<guid:guid>"

# What the proposal names by guid alone.
of_guid = [
    path(
        "complete",
        ProposalInstanceViewSet.as_view({"post": "complete"}),
        name="proposal-complete",
    ),
    path(
        "data",
        ProposalDataViewSet.as_view({"post": "create"}),
        name="proposal-data",
    ),
    path(
        "data/<guid:element>",
        ProposalDataViewSet.as_view(
            {"get": "retrieve", "put": "update", "delete": "destroy"}
        ),
        name="proposal-element",
    ),
    path(
        "data/<guid:element>/downloaded",
        ProposalDataViewSet.as_view({"post": "downloaded"}),
        name="proposal-downloaded",
    ),
    path(
        "process",
        ProposalProcessViewSet.as_view({"get": "retrieve"}),
        name="proposal-process",
    ),
    path(
        "process/next",
        ProposalProcessViewSet.as_view({"put": "advance"}),
        name="proposal-next",
    ),
    path(
        "process/completeProcess",
        ProposalProcessViewSet.as_view({"put": "complete"}),
        name="proposal-complete-process",
    ),
    path(
        "process/history",
        ProposalProcessViewSet.as_view({"get": "history"}),
        name="proposal-history",
    ),
    path(
        "workflow/<str:state>",
        ProposalProcessViewSet.as_view({"put": "move_to"}),
        name="proposal-workflow",
    ),
]

by_guid = [
    path(
        _BY_GUID,
        ProposalInstanceViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="proposal-instance",
    ),
    path(f"{_BY_GUID}/", include(of_guid)),
]

# All of the proposal, where the org's host makes its collection differ from Altinn 3's.
proposal = [
    path(
        "instances",
        ProposalInstanceViewSet.as_view({"post": "create"}),
        name="proposal-instances",
    ),
    *by_guid,
]

# Below an instance; here and further down first what is asked the most.
of_instance = [
    path(
        "process",
        ProcessViewSet.as_view({"get": "retrieve"}),
        name="process",
    ),
    path(
        "process/start",
        ProcessViewSet.as_view({"post": "start"}),
        name="process-start",
    ),
    path(
        "process/next",
        ProcessViewSet.as_view({"get": "next_elements", "put": "advance"}),
        name="process-next",
    ),
    path(
        "process/completeProcess",
        ProcessViewSet.as_view({"put": "complete"}),
        name="process-complete",
    ),
    path(
        "process/history",
        ProcessViewSet.as_view({"get": "history"}),
        name="process-history",
    ),
    path(
        "data",
        FormDataViewSet.as_view({"post": "create", "patch": "patch"}),
        name="data",
    ),
    path("data/<guid:element>", _ELEMENT, name="element"),
    path("data/type/<str:dataType>", _OF_TYPE, name="data-of-type"),
    path(
        "complete",
        InstanceViewSet.as_view({"post": "complete"}),
        name="complete",
    ),
    path(
        "substatus",
        InstanceViewSet.as_view({"put": "substatus"}),
        name="substatus",
    ),
    path(
        "filescanresult",
        ScanResultViewSet.as_view({"get": "retrieve"}),
        name="scan-result",
    ),
    path(
        "pages/order",
        PageOrderViewSet.as_view({"post": "of_instance"}),
        name="pages",
    ),
    path(
        f"{_ONE_ELEMENT}/pdf/format",
        PdfViewSet.as_view({"get": "layout"}),
        name="pdf-format",
    ),
    path(
        "pdf/preview",
        PdfViewSet.as_view({"get": "preview"}),
        name="pdf-preview",
    ),
    path(
        "archive",
        InstanceArchiveViewSet.as_view({"get": "archive"}),
        name="archive",
    ),
    path(
        "validate",
        ValidationViewSet.as_view({"get": "validate"}),
        name="validate",
    ),
    path(
        f"{_ONE_ELEMENT}/validate",
        ValidationViewSet.as_view({"get": "validate_element"}),
        name="validate-element",
    ),
    path(
        f"{_ONE_ELEMENT}/tags",
        DescriptionViewSet.as_view(
            {"get": "tags", "post": "add_tag", "put": "set_tags"}
        ),
        name="tags",
    ),
    path(
        f"{_ONE_ELEMENT}/tags/<str:tag>",
        DescriptionViewSet.as_view({"delete": "remove_tag"}),
        name="tag",
    ),
    path(
        f"{_ONE_ELEMENT}/user-defined-metadata",
        DescriptionViewSet.as_view(
            {"get": "metadata_of_users", "put": "set_metadata_of_users"}
        ),
        name="user-defined-metadata",
    ),
    path(
        "options/<str:optionsId>",
        OptionViewSet.as_view({"get": "retrieve_for_instance"}),
        name="options-of-instance",
    ),
    path(
        "datalists/<str:listId>",
        DataListViewSet.as_view({"get": "retrieve_for_instance"}),
        name="data-list-of-instance",
    ),
    path(
        "api/external/<str:apiId>",
        ExternalApiViewSet.as_view({"get": "retrieve"}),
        name="external-api",
    ),
    path(
        "actions",
        ActionViewSet.as_view({"post": "perform"}),
        name="actions",
    ),
    *of_tasks,
]

altinn3 = [
    path("instances", InstanceViewSet.as_view({"post": "create"}), name="instances"),
    path(
        _INSTANCE,
        InstanceViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="instance",
    ),
    path(f"{_INSTANCE}/", include(of_instance)),
    path(
        "api/v1/applicationmetadata",
        MetadataViewSet.as_view({"get": "retrieve"}),
        name="metadata",
    ),
    *application_files,
    path("api/v1/parties", PartyViewSet.as_view({"get": "list"}), name="parties"),
    path(
        "api/v1/parties/validateInstantiation",
        PartyViewSet.as_view({"post": "validate_instantiation"}),
        name="validate-instantiation",
    ),
    path(
        "api/v1/parties/<party:party>",
        PartyViewSet.as_view({"put": "select"}),
        name="party",
    ),
    path(
        "api/v1/eventsreceiver",
        EventReceiverViewSet.as_view({"post": "receive"}),
        name="event-receiver",
    ),
    path(
        "api/v1/notification-webhook-listener/<party:party>/<guid:guid>",
        NotificationCallbackViewSet.as_view({"get": "retrieve"}),
        name="notification-callback",
    ),
    path("api/v1/redirect", RedirectViewSet.as_view({"get": "check"}), name="redirect"),
    path(
        "api/v1/profile/user",
        ProfileViewSet.as_view({"get": "retrieve"}),
        name="profile",
    ),
    path(
        "api/v1/lookup/person",
        LookUpViewSet.as_view({"post": "person"}),
        name="lookup-person",
    ),
    path(
        "api/v1/lookup/organisation/<orgnumber:orgNr>",
        LookUpViewSet.as_view({"get": "organisation"}),
        name="lookup-organisation",
    ),
    path(
        "api/authorization/parties/current",
        CurrentPartyViewSet.as_view({"get": "retrieve"}),
        name="current-party",
    ),
    path(
        "api/authentication/keepAlive",
        SessionViewSet.as_view({"get": "keep_alive"}),
        name="keep-alive",
    ),
    path(
        "api/authentication/invalidatecookie",
        SessionViewSet.as_view({"put": "invalidate_cookie"}),
        name="invalidate-cookie",
    ),
    path(
        "set-query-params",
        HomeViewSet.as_view({"get": "query_parameters"}),
        name="query-parameters",
    ),
    path(
        "v1/pages/order",
        PageOrderViewSet.as_view({"post": "of_stateless"}),
        name="stateless-pages",
    ),
    path(
        "v1/data",
        StatelessDataViewSet.as_view({"get": "retrieve", "post": "calculate"}),
        name="stateless-data",
    ),
    path(
        "v1/data/anonymous",
        StatelessDataViewSet.as_view(
            {"get": "retrieve_anonymously", "post": "calculate_anonymously"}
        ),
        name="stateless-data-anonymous",
    ),
    path(
        "validate",
        DryValidationViewSet.as_view({"put": "validate"}),
        name="dry-validation",
    ),
    path(
        "instances/create",
        InstanceViewSet.as_view({"post": "create_simply"}),
        name="instances-create",
    ),
    path(
        "instances/<party:party>/active",
        ActiveInstanceViewSet.as_view({"get": "list"}),
        name="instances-active",
    ),
    path(
        "legacy/instances/<party:party>/<guid:guid>/copy",
        CopyViewSet.as_view({"get": "copy"}),
        name="copy",
    ),
]

# The same calls at further addresses, which OpenAPI does not show again.
_aliases = [
    path(
        f"{_INSTANCE}/data/<guid:element>/type/<str:dataType>",
        FormDataViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="element-of-type",
    ),
    path(f"{_INSTANCE}/data/<str:dataType>", _OF_TYPE, name="data-of-type-alias"),
]

_app = path("<org:org>/<app:app>", HomeViewSet.as_view({"get": "retrieve"}), name="app")

# On the org's own host the proposal's collection stands below the app alone.
on_org_host = [
    path(
        "<app:app>",
        ProposalAppViewSet.as_view({"get": "retrieve"}),
        name="proposal-app",
    ),
    path("<app:app>/", include(proposal)),
]
anywhere = [
    _app,
    path("<org:org>/<app:app>/", include(by_guid)),
    path("<org:org>/<app:app>/", include([*altinn3, *_aliases])),
]
# Each call once: OpenAPI shows the proposal's on the org's host only.
urlpatterns = [*on_org_host, _app, path("<org:org>/<app:app>/", include(altinn3))]
