"""The browsable API: a page for those who ask for HTML, the document for all others."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from api.cookies import TOKEN_COOKIE as COOKIE
from instances.models import Instance
from tests import cast
from tests.client import BASE_HOST
from tests.factories import FORM, make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OPERATIONS = {
    "storage/api/v1/instances",
    "storage/api/v1/instances/{id}",
    "storage/api/v1/instances/{id}/complete",
    "storage/api/v1/instances/{id}/data",
    "storage/api/v1/instances/{id}/dataelements",
    "storage/api/v1/instances/{id}/dataelements/{element}",
    "storage/api/v1/instances/{id}/events",
    "storage/api/v1/instances/{id}/readstatus",
    "storage/nav/app2018",
    "storage/nav/app2018/instances",
    "nav/app2018/api/v1/applicationmetadata",
    "nav/app2018/instances",
    "nav/app2018/instances/{id}",
    "nav/app2018/instances/{id}/data",
    "nav/app2018/instances/{id}/process",
    "nav/app2018/instances/{id}/process/history",
    "nav/app2018/instances/{id}/process/next",
    "nav/app2018/instances/{id}/substatus",
    "nav/app2018/instances/{guid}",
    "nav/app2018/instances/{guid}/workflow/confirm",
    "authentication/api/v1/openid/.well-known/openid-configuration",
}


@pytest.fixture
def browser() -> Client:
    """Sophie's browser: she has signed in, and it sends her token as a cookie."""
    client = Client(headers={"host": f"{BASE_HOST}:8000", "accept": BROWSER})
    client.cookies[COOKIE] = cast.SOPHIE.token()
    return client


@pytest.fixture
def strange_browser() -> Client:
    """A browser in which nobody has signed in."""
    return Client(headers={"host": f"{BASE_HOST}:8000", "accept": BROWSER})


def address(path: str, instance: Instance) -> str:
    """Fill an address in."""
    element = make_element(instance=instance, type_id="vedlegg", filename="a.pdf")
    return "/" + path.format(
        id=instance.instance_id, guid=instance.id, element=element.id
    )


@pytest.mark.parametrize("path", sorted(OPERATIONS))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("signed_in", [True, False], ids=["sophie", "nobody"])
def test_every_endpoint_has_a_page_for_every_outcome(
    browser: Client,
    strange_browser: Client,
    instance: Instance,
    path: str,
    method: str,
    signed_in: bool,
) -> None:
    """Problems, forms and all: no outcome is a crash."""
    client = browser if signed_in else strange_browser
    answer: Any = client.generic(method, address(path, instance))
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    page = answer.content.decode()
    assert f"HTTP {answer.status_code} " in page
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert "application/problem+json" in page
        assert "traceId" in page
    if not signed_in:
        assert "data-method" not in page.replace('data-method="OPTIONS"', "")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "", "application/pdf"])
def test_whoever_does_not_ask_for_html_gets_json(browser: Client, accept: str) -> None:
    """A program's answer never depends on what browsers can do."""
    path = f"/storage/api/v1/instances/{make_instance().instance_id}"
    answer: Any = browser.get(path, headers={"accept": accept})
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json()["appId"] == "nav/app2018"


def test_the_page_shows_the_document_and_says_who_is_signed_in(
    browser: Client, instance: Instance
) -> None:
    """Who reads it sees what a program gets, and as whom."""
    answer: Any = browser.get(f"/nav/app2018/instances/{instance.instance_id}")
    page = answer.content.decode()
    assert instance.instance_id in page
    assert ">sophie</a>" in page
    assert "application/json; charset=utf-8" in page


def test_text_from_outside_is_escaped(browser: Client, instance: Instance) -> None:
    """A browser never runs what was sent in."""
    name = "<script>alert(1)</script>.pdf"
    make_element(instance=instance, type_id="vedlegg", filename=name)
    answer: Any = browser.get(f"/storage/api/v1/instances/{instance.instance_id}")
    page = answer.content.decode()
    assert "alert(1)" in page
    assert "<script>alert" not in page


def test_a_change_by_cookie_without_the_header_is_refused_on_a_page(
    instance: Instance,
) -> None:
    """Z-010, A-033: the page of a refused form is a page too"""
    client = Client(
        enforce_csrf_checks=True,
        headers={"host": f"{BASE_HOST}:8000", "accept": BROWSER},
    )
    client.cookies[COOKIE] = cast.SOPHIE.token()
    answer: Any = client.delete(f"/nav/app2018/instances/{instance.instance_id}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "anti-forgery-failed" in answer.content.decode()
    instance.refresh_from_db()
    assert instance.soft_deleted_at is None


def test_a_multipart_body_comes_whole_with_a_cookie() -> None:
    """Z-010: looking for the token leaves the body to the view"""
    client = Client(enforce_csrf_checks=True, headers={"host": f"{BASE_HOST}:8000"})
    client.get("/Home/Tokens")
    token = client.cookies["XSRF-TOKEN"].value
    client.cookies[COOKIE] = cast.SOPHIE.token()
    template = BytesIO(b'{"instanceOwner": {"partyId": "500000"}}')
    parts = {"instance": template, "default": BytesIO(FORM)}
    parts["instance"].name, parts["default"].name = "i.json", "form.xml"
    answer: Any = client.post(
        "/nav/app2018/instances", parts, headers={"x-xsrf-token": token}
    )
    assert answer.status_code == 201, answer.content
    assert len(answer.json()["data"]) == 1
