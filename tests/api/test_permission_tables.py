"""Every action of every route says what right it takes: fail closed, failing test."""

import pytest
from django.urls import get_resolver

from api.permissions import (
    ANYONE,
    AUTHENTICATED,
    AUTHENTICATED_OR_PLATFORM,
    CURRENT_TASK,
    DESIGNER,
    PLATFORM,
    PLATFORM_ALONE,
)
from tests.api.routes import routes

URLCONFS = [
    "altinn.urls",
    "altinn.urlconf_application",
    "altinn.urlconf_platform",
    "altinn.urlconf_storage",
]
_RIGHTS = {
    ANYONE,
    AUTHENTICATED,
    PLATFORM,
    PLATFORM_ALONE,
    DESIGNER,
    AUTHENTICATED_OR_PLATFORM,
    CURRENT_TASK,
    "read",
    "write",
    "delete",
    "complete",
    "instantiate",
    "sign",
    ("write", "unlock", "reject"),
}
_FOR_ANYONE = {
    ("MetadataViewSet", "retrieve"),
    ("MetadataViewSet", "policy"),
    ("MetadataViewSet", "process"),
    ("MetadataViewSet", "front_end"),
    ("TextViewSet", "retrieve"),
    ("TextViewSet", "languages"),
    ("LayoutViewSet", "sets"),
    ("LayoutViewSet", "without_set"),
    ("LayoutViewSet", "layouts"),
    ("LayoutViewSet", "common_settings"),
    ("LayoutViewSet", "settings_of_set"),
    ("LayoutViewSet", "rule_handler"),
    ("LayoutViewSet", "rule_configuration"),
    ("LayoutViewSet", "footer"),
    ("SchemaViewSet", "json_schema"),
    ("SchemaViewSet", "xml_schema"),
    ("SchemaViewSet", "validation"),
    ("OptionViewSet", "retrieve"),
    ("DataListViewSet", "retrieve"),
    ("AppOpenApiViewSet", "document"),
    ("AppOpenApiViewSet", "page"),
    ("ProposalAppViewSet", "retrieve"),
    ("ApplicationViewSet", "retrieve"),
    ("StoredApplicationViewSet", "list"),
    ("StoredApplicationViewSet", "list_of_org"),
    ("StoredApplicationViewSet", "retrieve"),
    ("RedirectViewSet", "check"),
    ("MetricsViewSet", "instances"),
    ("FailureViewSet", "fail"),
    ("EventReceiverViewSet", "receive"),
    ("HomeViewSet", "retrieve"),
    ("HomeViewSet", "query_parameters"),
    ("PageOrderViewSet", "of_stateless"),
    ("StatelessDataViewSet", "retrieve_anonymously"),
    ("StatelessDataViewSet", "calculate_anonymously"),
    ("OpenIdViewSet", "discovery"),
    ("OpenIdViewSet", "keys"),
    ("OpenIdViewSet", "receipt_keys"),
    ("PaymentViewSet", "heard"),  # by a secret of the application's
    ("NotificationCallbackViewSet", "retrieve"),  # by a code that it signed
    ("ExchangeViewSet", "exchange"),
    ("LogoutViewSet", "logout"),
}


@pytest.mark.parametrize("urlconf", URLCONFS)
def test_every_action_names_its_right(urlconf: str) -> None:
    """Z-087, style.md §8"""
    found = list(routes(get_resolver(urlconf)))
    assert found
    for view, action in found:
        assert view.actions.get(action) in _RIGHTS, f"{view.__name__}.{action}"
        assert hasattr(view, action)


def test_these_are_open_to_anyone_and_no_others() -> None:
    """M:P-01, M:A-47"""
    opened = {
        (view.__name__, action)
        for urlconf in URLCONFS
        for view, action in routes(get_resolver(urlconf))
        if view.actions[action] == ANYONE
    }
    assert opened == _FOR_ANYONE
