"""A mistyped address: a page for a person, the problem document for a program."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, STORAGE_HOST

pytestmark = pytest.mark.usefixtures("sandbox")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MISTYPED = [
    (BASE_HOST, "/nowhere", "route-not-found"),
    (BASE_HOST, "/nav/app2018/intances", "route-not-found"),
    (BASE_HOST, "/docs/aplication", "route-not-found"),
    (BASE_HOST, "/admin/nowhere", "route-not-found"),
    (PLATFORM_HOST, "/storage/api/v1/intances", "route-not-found"),
    (STORAGE_HOST, "/nowhere", "route-not-found"),
    (BASE_HOST, "/nav/ap2018", "app-not-found"),
    (APP_HOST, "/ap2018", "app-not-found"),
    (APP_HOST, "/nav/ap2018", "app-not-found"),
]


def asked(host: str, path: str, **headers: str) -> Any:
    return Client(headers={"host": f"{host}:8000", **headers}).get(path)


@pytest.mark.parametrize(("host", "path", "code"), MISTYPED)
def test_a_person_reads_a_page(host: str, path: str, code: str) -> None:
    answer = asked(host, path, accept=BROWSER)
    assert (answer.status_code, answer["Content-Type"]) == (
        404,
        "text/html; charset=utf-8",
    )
    page = answer.content.decode()
    assert "<h1>There is no such page</h1>" in page
    assert f"<pre>{host}:8000{path}</pre>" in page
    for link in ("/", "/docs", "/Home/Tokens", f"/problems/{code}"):
        assert f'<a href="{link}">' in page
    assert {"Accept", "Accept-Language"} <= set(re.split(", ?", answer["Vary"]))


@pytest.mark.parametrize(("host", "path", "code"), MISTYPED)
@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/json, text/plain, */*",
        "text/plain",
    ],
)
def test_a_program_gets_the_document(
    host: str, path: str, code: str, accept: str | None
) -> None:
    answer = asked(host, path, **({"accept": accept} if accept else {}))
    assert (answer.status_code, answer["Content-Type"]) == (
        404,
        "application/problem+json",
    )
    assert list(answer.json()) == [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "traceId",
        "code",
    ]
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        ("text/html", True),
        ("text/html, application/json;q=0.9", True),
        ("text/html;q=abc", True),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/htmlx", False),
        (";;;,,", False),
    ],
)
def test_who_takes_both_gets_what_he_likes_best(accept: str, is_page: bool) -> None:
    answer = asked(BASE_HOST, "/nowhere", accept=accept)
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html") == is_page


@pytest.mark.parametrize(
    ("wanted", "language", "title"),
    [
        ("nb-NO", "nb", "Siden finnes ikke"),
        ("nn", "nn", "Sida finst ikkje"),
        ("en-GB", "en", "There is no such page"),
        ("de", "en", "There is no such page"),
    ],
)
def test_the_page_is_in_the_language_of_the_browser(
    wanted: str, language: str, title: str
) -> None:
    headers = {"accept": BROWSER, "accept-language": wanted}
    answer = asked(BASE_HOST, "/nowhere", **headers)
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()
    assert f"<h1>{title}</h1>" in answer.content.decode()


def test_what_was_typed_is_text_and_no_more() -> None:
    answer = asked(BASE_HOST, "/<script>alert(1)</script>/%ff/%00", accept=BROWSER)
    assert answer.status_code == 404
    assert b"<script>" not in answer.content
    assert b"&lt;script&gt;alert(1)" in answer.content


def test_production_does_not_offer_test_identities(settings: Any) -> None:
    settings.ALTINN_SANDBOX = False
    answer = asked(BASE_HOST, "/nowhere", accept=BROWSER)
    assert answer.status_code == 404
    assert "/Home/Tokens" not in answer.content.decode()
