"""Addresses below ``/accessmanagement/api/v1``; an instance has its party or not."""

from api.platform.accessmanagement.instance_delegations import (
    InstanceDelegationViewSet,
)
from api.routes import path

app_name = "accessmanagement"

_DELEGATE = InstanceDelegationViewSet.as_view({"post": "delegate"})
_REVOKE = InstanceDelegationViewSet.as_view({"post": "revoke"})
_BY_GUID = "resource/<resource>/instance/<guid:guid>"
_BY_PARTY = "resource/<resource>/instance/<party:party>/<guid:guid>"

urlpatterns = [
    path(f"app/delegations/{_BY_GUID}", _DELEGATE, name="delegate"),
    path(f"app/delegations/{_BY_PARTY}", _DELEGATE, name="delegate-by-party"),
    path(f"app/delegationrevoke/{_BY_GUID}", _REVOKE, name="revoke"),
    path(f"app/delegationrevoke/{_BY_PARTY}", _REVOKE, name="revoke-by-party"),
]
