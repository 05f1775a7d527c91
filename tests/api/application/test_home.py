"""An application's home page, and what a query fills its stateless form in with."""

import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings

from tests import cast
from tests.changed_app import deploy, form_type
from tests.client import APP_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
HOME = "/nav/app2018"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LOGIN = "https://login.example/authentication"
QUERY = {"QueryParameters": {"name": "arbeidstaker.navn", "job": "behandler.navn"}}


def as_browser(caller: cast.Person | None = cast.SOPHIE, **headers: str) -> Api:
    """Return a browser; of somebody, it has the token in a cookie."""
    sent = {**BROWSER, **headers}
    if caller is not None:
        sent["Cookie"] = f"AltinnStudioRuntime={caller.token()}"
    return Api(APP_HOST, headers=sent)


def begins_with_form(metadata: dict[str, Any]) -> None:
    """Let the application show its form first, without an instance."""
    metadata["onEntry"] = {"show": "form"}


def for_anybody(metadata: dict[str, Any]) -> None:
    """The same, for callers without a token."""
    begins_with_form(metadata)
    form_type(metadata)["appLogic"]["allowAnonymousOnStateless"] = True


# --- the home page --------------------------------------------------------------------
def test_programs_get_the_document_and_browsers_the_page(app: Api) -> None:
    """A-181, A-032: the page sets both anti-forgery cookies"""
    document = app.get(HOME)
    assert document.json()["id"] == "nav/app2018"
    assert not document.cookies
    for path in (HOME, f"{HOME}/"):
        page = as_browser(**{"Accept-Language": "nb"}).get(path)
        assert page.status_code == 200
        assert page["Content-Type"].startswith("text/html")
        assert page["Content-Language"] == "nb"
        assert "Accept-Language" in page["Vary"]
        assert "Sykmelding" in page.content.decode()
        assert page.cookies["XSRF-TOKEN"]["httponly"] == ""
        assert page.cookies["AS-XSRF-TOKEN"]["httponly"] is True


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", "Du er logga inn som"),
        ("nb", "Du er logget inn som"),
        ("en", "You are signed"),
    ],
)
def test_the_page_is_in_the_callers_language(language: str, words: str) -> None:
    """A-023: of the profile where the browser asks for none"""
    page = as_browser(**{"Accept-Language": language}).get(HOME)
    assert words in page.content.decode()
    assert "sophie" in page.content.decode()


def test_who_is_not_signed_in_is_sent_to_log_in(settings: LazySettings) -> None:
    """A-181: with where to come back to, the provider and the wish"""
    settings.ALTINN_LOGIN_URL = LOGIN
    answer = as_browser(None).get(HOME)
    assert answer.status_code == 302
    goto = f"http://{APP_HOST}:8000{HOME}"
    assert parse_qs(urlsplit(answer["Location"]).query) == {"goto": [goto]}
    assert answer["Location"].startswith(f"{LOGIN}?goto=http%3A%2F%2F")
    bad = Api(APP_HOST, headers={**BROWSER, "Cookie": "AltinnStudioRuntime=bad"})
    answer = bad.get(f"{HOME}?dontChooseReportee=true")
    assert answer["Location"].endswith("&DontChooseReportee=true")


def test_the_application_names_the_provider(
    tmp_path: Path, settings: LazySettings
) -> None:
    """A-181"""
    settings.ALTINN_LOGIN_URL = f"{LOGIN}?a=b"
    named = {"AppSettings": {"AppOidcProvider": "uidp"}}
    deploy(tmp_path, files={"appsettings.json": named})
    answer = as_browser(None).get(HOME)
    assert answer["Location"].startswith(f"{LOGIN}?a=b&goto=")
    assert answer["Location"].endswith("&iss=uidp")


def test_without_a_log_in_the_page_says_so(settings: LazySettings) -> None:
    """A-181: a sandbox has its test identities"""
    settings.ALTINN_SANDBOX = False
    page = as_browser(None).get(HOME)
    assert page.status_code == 200
    assert "Du er ikke logget inn" in page.content.decode()
    settings.ALTINN_SANDBOX = True
    answer = as_browser(None).get(HOME)
    assert answer["Location"] == "/Home/Tokens?next=%2Fnav%2Fapp2018"


def test_an_application_for_anybody_needs_no_log_in(
    tmp_path: Path, settings: LazySettings
) -> None:
    """A-181: where the form that is shown first is one for anybody"""
    settings.ALTINN_LOGIN_URL = LOGIN
    deploy(tmp_path, begins_with_form)
    assert as_browser(None).get(HOME).status_code == 302
    deploy(tmp_path, for_anybody)
    assert as_browser(None).get(HOME).status_code == 200


# --- set-query-params -----------------------------------------------------------------
def test_the_query_is_kept_for_the_form(tmp_path: Path) -> None:
    """A-182: by a page whose script alone may run"""
    files = {"models/default.prefill.json": QUERY}
    deploy(tmp_path, begins_with_form, files)
    answer = as_browser(None).get(f'{HOME}/set-query-params?name=A"<b>&other=x')
    assert answer.status_code == 200, answer.content
    page = answer.content.decode()
    (kept,) = re.findall(r'data-kept="([^"]*)"', page)
    (stored,) = json.loads(html.unescape(kept))
    assert stored.pop("created").endswith("Z")
    assert stored == {
        "dataModelName": "default",
        "appId": "nav/app2018",
        "prefillFields": {"arbeidstaker.navn": 'A"<b>'},
    }
    assert f'data-home="{HOME}"' in page
    (nonce,) = re.findall(r'<script nonce="([^"]+)">', page)
    policy = answer["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; script-src 'nonce-{nonce}'")
    again = as_browser(None).get(f"{HOME}/set-query-params?job=x").content.decode()
    assert nonce not in again


def test_only_stateless_applications_take_queries(tmp_path: Path) -> None:
    """A-182: and only the parameters that they name"""
    api = Api(APP_HOST)
    problem = assert_problem(
        api.get(f"{HOME}/set-query-params?name=A"), 400, code="app-not-stateless"
    )
    text = "You can only use query params with a stateless task."
    assert problem["detail"] == text
    deploy(tmp_path, begins_with_form, {"models/default.prefill.json": QUERY})
    problem = assert_problem(
        api.get(f"{HOME}/set-query-params?other=A"), 400, code="query-params-unknown"
    )
    assert problem["detail"] == "Found no valid query params."
