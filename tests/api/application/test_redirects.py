"""Where an application may lead its user back to."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from tests.client import APP_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
REDIRECT = "/nav/app2018/api/v1/redirect"


def check(url: str | bytes) -> Any:
    """Ask about an address, as anybody."""
    encoded = b64encode(url.encode() if isinstance(url, str) else url).decode()
    return Api(APP_HOST).get(f"{REDIRECT}?url={quote(encoded, safe='')}")


@pytest.mark.parametrize(
    "url",
    [
        "https://altinn.test/",
        "https://ALTINN.test/a?b=c#d",
        "http://nav.apps.altinn.test:8000/nav/app2018/#/instance/1/2",
        "https://a.b.altinn.test/ui/messagebox?æ=ø",
    ],
)
def test_an_address_of_this_domain_is_answered(url: str) -> None:
    """A-183: as text, to anybody; nobody is redirected"""
    answer = check(url)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://evilaltinn.test/",
        "https://altinn.test.evil.example/",
        "https://altinn.test@evil.example/",
        "https://evil.example\\@altinn.test/",
        "https://user:word@altinn.test/",
        "https://altinn.test\\.evil.example/",
        "https://altinn.test/\r\nSet-Cookie: a=b",
        "https://altinn.test/ a",
        "javascript://altinn.test/%0aalert(1)",
        "ftp://altinn.test/",
        "https://altinn.test./",
    ],
)
def test_any_other_is_refused(url: str) -> None:
    """A-183, Z-090, T-14"""
    problem = assert_problem(check(url), 400, code="parameter-invalid")
    text = "Invalid domain from query parameter url."
    assert problem["errors"] == {"url": [text]}


@pytest.mark.parametrize(
    "url",
    [b"\xff", "", "altinn.test", "/ui", "//altinn.test/", "https://", "https://[::1",
     "https://altinn.test:x/", "https://altinn.test/" + "a" * 4096],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str | bytes) -> None:
    """A-183: the literal texts"""
    code = "redirect-url-unreadable" if url else "redirect-url-empty"
    problem = assert_problem(check(url), 400, code=code)
    assert "query parameter url must" in problem["detail"]


def test_what_is_no_base64_or_not_there_is_refused() -> None:
    """A-183"""
    anybody = Api(APP_HOST)
    for text in ("?", "a", "aHR0cHM6Ly9hbHRpbm4udGVzdA", "%C3%A6"):
        answer = anybody.get(f"{REDIRECT}?url={text}")
        assert_problem(answer, 400, code="redirect-url-unreadable")
    problem = assert_problem(anybody.get(REDIRECT), 400, code="parameter-invalid")
    assert problem["errors"].keys() == {"url"}
    missing = anybody.get("/nav/other/api/v1/redirect?url=a")
    assert_problem(missing, 404, code="app-not-found")
