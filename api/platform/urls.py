"""Addresses of the platform API; the urlconf is what OpenAPI shows.

``altinn3`` stands below the platform's host, ``proposal`` below ``{org}/{app}`` on the
storage host and below ``storage/{org}/{app}`` on the path fallback.
"""

from django.urls import include

from api.platform.authentication.exchange import ExchangeViewSet
from api.platform.authentication.openid import OpenIdViewSet
from api.platform.authentication.session import LogoutViewSet, SessionViewSet
from api.platform.v0 import (
    ApplicationViewSet,
    ProposalDataViewSet,
    ProposalInstanceViewSet,
)
from api.routes import path
from api.sandbox.urls import authentication as sandbox_tokens

app_name = "platform"

_BY_GUID = "instances/<guid:guid>"
_OPENID = "authentication/api/v1/openid/.well-known/openid-configuration"

altinn3 = [
    path("storage/api/v1/", include("api.platform.storage.urls")),
    path("register/api/v1/", include("api.platform.register.urls")),
    path("profile/api/v1/", include("api.platform.profile.urls")),
    path("authorization/api/v1/", include("api.platform.authorization.urls")),
    path("accessmanagement/api/v1/", include("api.platform.accessmanagement.urls")),
    path("events/api/v1/", include("api.platform.events.urls")),
    path("registry/api/v1/", include("api.platform.registry.urls")),
    path(_OPENID, OpenIdViewSet.as_view({"get": "discovery"}), name="openid-discovery"),
    path(f"{_OPENID}/jwks", OpenIdViewSet.as_view({"get": "keys"}), name="openid-keys"),
    path(
        "authentication/api/v1/openid/receipt-keys",
        OpenIdViewSet.as_view({"get": "receipt_keys"}),
        name="openid-receipt-keys",
    ),
    path("authentication/api/v1/", include((sandbox_tokens, "sandbox"))),
    path(
        "authentication/api/v1/refresh",
        SessionViewSet.as_view({"get": "refresh"}),
        name="refresh",
    ),
    path(
        "authentication/api/v1/exchange/<str:provider>",
        ExchangeViewSet.as_view({"get": "exchange"}),
        name="exchange",
    ),
    path(
        "authentication/api/v1/logout",
        LogoutViewSet.as_view({"get": "logout"}),
        name="logout",
    ),
]

_below_app = [
    path(
        "instances",
        ProposalInstanceViewSet.as_view({"get": "list"}),
        name="proposal-instances",
    ),
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
        f"{_BY_GUID}/dataelements",
        ProposalDataViewSet.as_view({"get": "list"}),
        name="proposal-elements",
    ),
    path(
        f"{_BY_GUID}/data/<guid:element>",
        ProposalDataViewSet.as_view(
            {"get": "retrieve", "put": "update", "delete": "destroy"}
        ),
        name="proposal-element",
    ),
]

proposal = [
    path(
        "<org:org>/<app:app>",
        ApplicationViewSet.as_view({"get": "retrieve"}),
        name="proposal-app",
    ),
    path("<org:org>/<app:app>/", include(_below_app)),
]

urlpatterns = [*altinn3, path("storage/", include(proposal))]
