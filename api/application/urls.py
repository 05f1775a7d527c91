"""Addresses of the application API.

``proposal`` stands below ``{app}`` on the org's host and below ``{org}/{app}`` on the
path fallback; ``altinn3`` below ``{org}/{app}`` everywhere. The urlconf is what OpenAPI
shows.
"""

from django.urls import include

from api.application.authentication import SessionViewSet
from api.application.data import DataViewSet
from api.application.instances import InstanceViewSet
from api.application.metadata import MetadataViewSet
from api.application.parties import CurrentPartyViewSet, PartyViewSet
from api.application.process import ProcessViewSet
from api.application.profile import ProfileViewSet
from api.application.v0 import (
    ProposalAppViewSet,
    ProposalDataViewSet,
    ProposalInstanceViewSet,
    ProposalProcessViewSet,
)
from api.routes import path

app_name = "application"

_INSTANCE = "instances/<party:party>/<guid:guid>"
_BY_GUID = "instances/<guid:guid>"

# What the proposal names by guid alone.
by_guid = [
    path(
        _BY_GUID,
        ProposalInstanceViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="proposal-instance",
    ),
    path(
        f"{_BY_GUID}/complete",
        ProposalInstanceViewSet.as_view({"post": "complete"}),
        name="proposal-complete",
    ),
    path(
        f"{_BY_GUID}/data",
        ProposalDataViewSet.as_view({"post": "create"}),
        name="proposal-data",
    ),
    path(
        f"{_BY_GUID}/data/<guid:element>",
        ProposalDataViewSet.as_view(
            {"get": "retrieve", "put": "update", "delete": "destroy"}
        ),
        name="proposal-element",
    ),
    path(
        f"{_BY_GUID}/data/<guid:element>/downloaded",
        ProposalDataViewSet.as_view({"post": "downloaded"}),
        name="proposal-downloaded",
    ),
    path(
        f"{_BY_GUID}/process",
        ProposalProcessViewSet.as_view({"get": "retrieve"}),
        name="proposal-process",
    ),
    path(
        f"{_BY_GUID}/process/next",
        ProposalProcessViewSet.as_view({"put": "advance"}),
        name="proposal-next",
    ),
    path(
        f"{_BY_GUID}/process/completeProcess",
        ProposalProcessViewSet.as_view({"put": "complete"}),
        name="proposal-complete-process",
    ),
    path(
        f"{_BY_GUID}/process/history",
        ProposalProcessViewSet.as_view({"get": "history"}),
        name="proposal-history",
    ),
    path(
        f"{_BY_GUID}/workflow/<str:state>",
        ProposalProcessViewSet.as_view({"put": "move_to"}),
        name="proposal-workflow",
    ),
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

altinn3 = [
    path(
        "api/v1/applicationmetadata",
        MetadataViewSet.as_view({"get": "retrieve"}),
        name="metadata",
    ),
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
        "api/v1/profile/user",
        ProfileViewSet.as_view({"get": "retrieve"}),
        name="profile",
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
    path("instances", InstanceViewSet.as_view({"post": "create"}), name="instances"),
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
        f"{_INSTANCE}/process",
        ProcessViewSet.as_view({"get": "retrieve"}),
        name="process",
    ),
    path(
        f"{_INSTANCE}/process/start",
        ProcessViewSet.as_view({"post": "start"}),
        name="process-start",
    ),
    path(
        f"{_INSTANCE}/process/next",
        ProcessViewSet.as_view({"get": "next_elements", "put": "advance"}),
        name="process-next",
    ),
    path(
        f"{_INSTANCE}/process/completeProcess",
        ProcessViewSet.as_view({"put": "complete"}),
        name="process-complete",
    ),
    path(
        f"{_INSTANCE}/process/history",
        ProcessViewSet.as_view({"get": "history"}),
        name="process-history",
    ),
]

_app = path(
    "<org:org>/<app:app>", MetadataViewSet.as_view({"get": "retrieve"}), name="app"
)

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
    path("<org:org>/<app:app>/", include(altinn3)),
]
# Each call once: OpenAPI shows the proposal's on the org's host only.
urlpatterns = [*on_org_host, _app, path("<org:org>/<app:app>/", include(altinn3))]
