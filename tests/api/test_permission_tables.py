"""Every action of every route says what right it takes: fail closed, failing test."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from api.permissions import ANYONE, AUTHENTICATED, PLATFORM
from api.views import FaceViewSet

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
    "read",
    "write",
    "delete",
    "complete",
    "instantiate",
}
_FOR_ANYONE = {
    ("MetadataViewSet", "retrieve"),
    ("ProposalAppViewSet", "retrieve"),
    ("ApplicationViewSet", "retrieve"),
    ("OpenIdViewSet", "discovery"),
    ("OpenIdViewSet", "keys"),
    ("LogoutViewSet", "logout"),
}


def routes(resolver: URLResolver) -> Iterator[tuple[type[FaceViewSet], str]]:
    """Yield the view and action of every route of the faces."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if view is not None and issubclass(view, FaceViewSet):
                for action in set(entry.callback.actions.values()):  # type: ignore[attr-defined]
                    yield view, action


@pytest.mark.parametrize("urlconf", URLCONFS)
def test_every_action_names_its_right(urlconf: str) -> None:
    """Z-087, style.md §8"""
    found = list(routes(get_resolver(urlconf)))
    assert found
    for view, action in found:
        assert view.actions.get(action) in _RIGHTS, f"{view.__name__}.{action}"
        assert hasattr(view, action)


@pytest.mark.parametrize("urlconf", URLCONFS)
def test_only_these_are_open_to_anyone(urlconf: str) -> None:
    """M:P-01, M:A-47"""
    opened = {
        (view.__name__, action)
        for view, action in routes(get_resolver(urlconf))
        if view.actions[action] == ANYONE
    }
    assert opened <= _FOR_ANYONE
