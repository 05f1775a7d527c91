"""What the tests of signing in by OpenID Connect share: a provider, and a browser."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.conf import LazySettings
from django.test import Client

from parties import oidc
from parties.models import Membership, User
from tests import openid_provider
from tests.client import BASE_HOST
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider

START = "/admin/login/openid/"
BACK = "/admin/login/openid/callback/"
RULES = [
    {"claim": "groups", "value": "nav-lesere", "org": "nav", "role": "viewer"},
    {
        "claim": "groups",
        "value": "nav-saksbehandlere",
        "org": "nav",
        "role": "case-worker",
    },
    {"claim": "dept", "value": "skd", "org": "skd", "role": "administrator"},
]


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    """A provider; each test puts it right again."""
    with openid_provider.serve() as provider:
        yield provider


@pytest.fixture
def provider(
    running: OpenIdProvider, settings: LazySettings
) -> Iterator[OpenIdProvider]:
    """The provider, configured and without faults."""
    first = running.published[0]
    settings.ALTINN_OIDC_ISSUER = running.issuer
    settings.ALTINN_INTERNAL_HOSTS = [f"127.0.0.1:{running.port}"]
    settings.ALTINN_OIDC_CLIENT_ID = CLIENT_ID
    settings.ALTINN_OIDC_CLIENT_SECRET = CLIENT_SECRET
    settings.ALTINN_OIDC_NAME = "NAV"
    settings.ALTINN_OIDC_MEMBERSHIPS = json.dumps(RULES)
    oidc._providers.clear()
    yield running
    running.claims, running.document = {}, {}
    running.shared_secret, running.status = b"", 200
    running.signing_key, running.published = first, [first]
    running.broken.clear()
    running.requests.clear()


@pytest.fixture
def browser() -> Client:
    """A browser on the base host."""
    return Client(headers={"host": f"{BASE_HOST}:8000"})


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        """Follow no redirect: it leads back to the test's own server."""


def at_provider(url: str) -> str:
    """Go to the provider as the browser does; return the path that it sends it to."""
    with pytest.raises(HTTPError) as sent:
        build_opener(_Stay).open(url, timeout=60)
    assert sent.value.code == 302
    parts = urlsplit(sent.value.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://altinn.test:8000"
    return f"{parts.path}?{parts.query}"


def start(browser: Client, next_page: str = "") -> str:
    """Press the button; return the address at the provider."""
    answer = browser.get(START, {"next": next_page} if next_page else {})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def sign_in(browser: Client, next_page: str = "") -> Any:
    """Sign in; return the answer to the browser that comes back."""
    return browser.get(at_provider(start(browser, next_page)))


def assert_refused(
    browser: Client, answer: Any, *words: str, status: int = 403
) -> None:
    """Assert that a page says why, that nobody is signed in and no account was made."""
    page = answer.content.decode()
    assert answer.status_code == status, page
    assert answer["Content-Type"].startswith("text/html")
    for word in words:
        assert word in page
    assert "_auth_user_id" not in browser.session
    assert browser.get("/admin/").status_code == 302
    assert not User.objects.exists()
    assert not Membership.objects.exists()
