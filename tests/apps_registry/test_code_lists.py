"""Code lists of the library: fetched once in a while, in the caller's language."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry import code_lists
from bench.ports import held_port
from tests.client import APP_HOST, Api, assert_problem
from tests.local_server import Counted, answer, port_of, serving

pytestmark = pytest.mark.usefixtures("sandbox")
LAND = {
    "codes": [
        {
            "value": "no",
            "label": {"nb": "Norge", "en": "Norway"},
            "description": {"se": "Norga"},
            "tags": ["NO", "Europe"],
        },
        {
            "value": 2,
            "label": {},
            "helpText": {"nn": "hjelp", "xx": "x"},
            "tags": ["a"],
        },
        {"value": None},
    ],
    "tagNames": ["iso", "continent"],
    "version": "2026-01",
}
_ANSWERS = {
    "/lib/ttd/code_lists/land/_latest.json": (200, json.dumps(LAND).encode()),
    "/lib/ttd/code_lists/land/1.0.json": (200, b'{"codes": []}'),
    "/lib/ttd/code_lists/broken/1.json": (200, b"{"),
    "/lib/ttd/code_lists/list/1.json": (200, b"[]"),
    "/lib/ttd/code_lists/odd/1.json": (200, b'{"codes": [1]}'),
    "/lib/ttd/code_lists/failing/1.json": (500, b"{}"),
}


def _reply(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, *_ANSWERS.get(handler.path, (404, b"{}")))


@pytest.fixture
def library(settings: LazySettings) -> Iterator[Counted]:
    """A library on this machine."""
    code_lists.forget()
    with serving(_reply) as server:
        place = f"127.0.0.1:{port_of(server)}"
        settings.ALTINN_INTERNAL_HOSTS = [place]
        settings.ALTINN_LIBRARY_URL = f"http://{place}/lib/"
        yield server
    code_lists.forget()


def options(reference: str, language: str = "") -> Any:
    query = f"?language={language}" if language else ""
    return Api(APP_HOST).get(f"/nav/app2018/api/options/{reference}{query}")


def test_a_list_is_told_in_the_language_that_is_asked_for(library: Counted) -> None:
    """A-162: nb, nn, en, the first; absent is null, and of nothing an empty text"""
    found = options("lib**ttd**land**latest", "en")
    assert found.status_code == 200
    assert found.json() == [
        {
            "value": "no",
            "label": "Norway",
            "description": "Norga",
            "tags": {"iso": "NO", "continent": "Europe"},
        },
        {"value": 2, "label": "", "helpText": "hjelp"},
        {"value": None, "label": None},
    ]
    assert found["Altinn-DownstreamParameters"] == "version=2026-01"
    norwegian = options("lib**ttd**land**_LATEST", "sv")
    assert norwegian.json()[0]["label"] == "Norge"


def test_a_list_is_fetched_once_in_a_quarter_of_an_hour(
    library: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-162"""
    for _ in range(3):
        options("lib**ttd**land**latest")
    options("lib**ttd**land**1.0")
    assert library.calls == 2
    monkeypatch.setattr(code_lists, "KEPT_SECONDS", -1.0)
    code_lists.forget()
    options("lib**ttd**land**1.0")
    options("lib**ttd**land**1.0")
    assert library.calls == 4


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        ("lib**ttd**none**1", 404, "code-list-not-found"),
        ("lib**ttd**broken**1", 503, "code-list-unavailable"),
        ("lib**ttd**list**1", 503, "code-list-unavailable"),
        ("lib**ttd**odd**1", 503, "code-list-unavailable"),
        ("lib**ttd**failing**1", 503, "code-list-unavailable"),
    ],
)
def test_what_is_no_list_is_a_problem_and_not_asked_for_again_at_once(
    library: Counted, reference: str, status: int, code: str
) -> None:
    """A-163: whoever asks"""
    for _ in range(3):
        problem = assert_problem(options(reference), status, code=code)
        assert problem["title"].startswith("Something went wrong while getting options")
        assert reference in problem["detail"]
    assert library.calls == 1


def test_a_library_that_does_not_answer_keeps_nobody_waiting(
    library: Counted, settings: LazySettings
) -> None:
    """A-163: one finds out, for every list"""
    with held_port() as unused:
        place = f"127.0.0.1:{unused}"
        settings.ALTINN_INTERNAL_HOSTS = [place]
        settings.ALTINN_LIBRARY_URL = f"http://{place}"
        for name in ("a", "b"):
            answered = options(f"lib**ttd**{name}**1")
            assert_problem(answered, 503, code="code-list-unavailable")
    assert len(code_lists._down_until) == 1


def test_without_a_library_there_are_no_lists(settings: LazySettings) -> None:
    """Nothing is called"""
    settings.ALTINN_LIBRARY_URL = ""
    answered = options("lib**ttd**land**latest")
    assert_problem(answered, 404, code="code-list-not-found")


@pytest.mark.parametrize(
    "reference",
    [
        "lib**ttd**la/nd**1",
        "lib**ttd**..**1",
        "lib**t-d**land**1",
        "xlib**ttd**land**1",
    ],
)
def test_what_names_no_list_is_none_of_the_library(
    library: Counted, reference: str
) -> None:
    """A-157: it is a file that the application does not have"""
    assert code_lists.reference_of(reference) is None
    assert library.calls == 0
