"""Lists that an application's own code makes, and other servers that it asks."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from api.application import openapi
from process.hooks import Option, OptionList
from tests import cast
from tests.cast import SOPHIE
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import make_instance
from tests.hooks.app_code import SECRET
from tests.hooks.app_lists import Lists

pytestmark = pytest.mark.usefixtures("sandbox")
APP = "/nav/app2018"


@pytest.fixture(autouse=True)
def lists(install: Callable[[str], None]) -> None:
    """The sample application has the code that makes lists."""
    install("tests.hooks.app_lists:Lists")


@pytest.fixture
def own() -> str:
    """The address of an instance."""
    return f"{APP}/instances/{make_instance().instance_id}"


def anyone() -> Api:
    return Api(APP_HOST)


def sophie() -> Api:
    return Api(APP_HOST, SOPHIE)


# --- options --------------------------------------------------------------------------
def test_options_of_code_are_for_anybody() -> None:
    """A-157, A-158, A-159: by any case of letters; kinds kept; told what made them"""
    answer = anyone().get(f"{APP}/api/options/CITIES?language=nn&x=1")
    assert answer.status_code == 200
    assert answer.json() == [
        {"value": "oslo", "label": "Cities of nobody for unknown"},
        {
            "value": None,
            "label": "nn",
            "description": "described",
            "helpText": "helped",
            "tags": {"a": "b"},
        },
        {"value": 1.5, "label": "a number"},
        {"value": True, "label": "a truth"},
    ]
    assert answer["Altinn-DownstreamParameters"] == "k%20a=v%2C%C3%A6,n="
    assert "max-age" not in answer["Cache-Control"]


def test_code_that_has_no_list_leaves_it_to_the_files() -> None:
    """A-157: the order is code, then file"""
    answer = anyone().get(f"{APP}/api/options/months")
    assert_problem(answer, 404, code="app-file-not-found")


def test_options_of_an_instance_are_made_for_it(own: str) -> None:
    """A-161: in Norwegian where nothing is asked for"""
    answer = sophie().get(f"{own}/options/cities")
    assert answer.status_code == 200
    first, second, *_ = answer.json()
    assert first["label"] == "cities of 500000 for user"
    assert second["label"] == "nb"
    assert sophie().get(f"{own}/options/cities?language=en").json()[1]["label"] == "en"


def test_an_instance_without_options_of_its_own_has_those_of_the_app(own: str) -> None:
    """A-161"""
    answer = sophie().get(f"{own}/options/cities?none=1")
    assert_problem(answer, 404, code="app-file-not-found")


def test_options_that_only_instances_have_are_told_so(own: str) -> None:
    """A-160: the original's own words"""
    answer = anyone().get(f"{APP}/api/options/own")
    problem = assert_problem(answer, 404, code="options-of-instance")
    assert problem["detail"].startswith("An instance app options provider was found.")
    assert sophie().get(f"{own}/options/own").status_code == 200
    assert_problem(
        anyone().get(f"{APP}/api/options/nowhere"), 404, code="app-file-not-found"
    )


# --- data lists and other servers -----------------------------------------------------
def test_a_data_list_has_pages() -> None:
    """A-164: with the original's spelling"""
    answer = anyone().get(f"{APP}/api/datalists/people?page=2&pageSize=1&search=o")
    assert answer.json() == {
        "listItems": [{"name": "Ola", "of": "nobody"}],
        "_metaData": {
            "page": 2,
            "pageCount": 3,
            "pageSize": 1,
            "totaltItemsCount": 3,
            "links": ["next"],
        },
    }


def test_a_data_list_of_an_instance_is_made_for_it(own: str) -> None:
    """A-164"""
    answer = sophie().get(f"{own}/datalists/PEOPLE")
    assert answer.json()["listItems"] == [{"name": "Ola", "of": 500000}]


@pytest.mark.parametrize("path", ["nobody", "people?none=1"])
def test_a_data_list_that_is_none_is_not_found(path: str, own: str) -> None:
    """A-164"""
    for answer in (
        anyone().get(f"{APP}/api/datalists/{path}"),
        sophie().get(f"{own}/datalists/{path}"),
    ):
        assert_problem(answer, 404, code="data-list-not-found")


def test_another_server_is_asked_by_the_apps_code(own: str) -> None:
    """A-165: JSON, or nothing; its id stands in the metadata"""
    answer = sophie().get(f"{own}/api/external/weather?place=Oslo")
    assert answer.json() == {"id": "Weather", "given": {"place": "Oslo"}}
    assert sophie().get(f"{own}/api/external/weather?none=1").status_code == 204
    metadata = anyone().get(f"{APP}/api/v1/applicationmetadata").json()
    assert metadata["externalApiIds"] == ["Weather"]
    unknown = assert_problem(
        sophie().get(f"{own}/api/external/tides"), 400, code="external-api-unknown"
    )
    assert unknown["detail"] == "External api with id 'tides' not found."


def test_the_document_of_the_app_names_its_lists() -> None:
    """A-199: made once a process, for code comes with its start"""
    openapi._documents.clear()
    paths = anyone().get(f"{APP}/v1/customOpenapi.json").json()["paths"]
    assert "/api/datalists/{listId}" in paths
    [parameter] = [
        one
        for one in paths["/api/options/{optionsId}"]["get"]["parameters"]
        if one["name"] == "optionsId"
    ]
    assert set(parameter["schema"]["enum"]) >= {"Cities", "months"}
    openapi._documents.clear()


# --- who may, and what goes wrong -----------------------------------------------------
def addresses(own: str) -> list[str]:
    return [
        f"{own}/options/cities",
        f"{own}/datalists/people",
        f"{own}/api/external/weather",
    ]


def test_lists_of_an_instance_are_for_whoever_may_read_it(own: str) -> None:
    """SEC: no code runs for anybody else"""
    for address in addresses(own):
        assert_problem(anyone().get(f"{address}?fail=1"), 401, code="token-missing")
        stranger = Api(APP_HOST, cast.STRANGER).get(f"{address}?fail=1")
        assert_problem(stranger, 403, code="not-permitted")


def test_code_that_fails_fails_the_call_alone(own: str) -> None:
    """500, and the log knows why"""
    public = [f"{APP}/api/options/cities", f"{APP}/api/datalists/people"]
    for address in [*addresses(own), *public]:
        with capture_logs() as logs:
            answer = sophie().get(f"{address}?fail=1")
        assert_problem(answer, 500, code="app-hook-failed")
        assert SECRET not in answer.content.decode()
        assert "app_hook_failed" in [one["event"] for one in logs]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid", 400),
        ("conflict", 409),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("not-found", 404),
        ("unavailable", 503),
    ],
)
def test_code_may_refuse(own: str, kind: str, status: int) -> None:
    """A-165: a list with 400; another server with the status that the kind says"""
    options, data, external = (
        sophie().get(f"{address}?refuse={kind}") for address in addresses(own)
    )
    for answer in (options, data):
        problem = assert_problem(answer, 400, code="app-refused-list")
        assert problem["appCode"] == "no-list"
    assert external.status_code == status
    assert external.json()["appCode"] == "no-list"


@pytest.mark.parametrize(
    "odd",
    [
        [],
        OptionList([Option({}, "no value")]),  # type: ignore[arg-type]
        OptionList([Option("a", None)]),  # type: ignore[arg-type]
        OptionList([Option("a", "b", tags={"c": object()})]),  # type: ignore[dict-item]
        OptionList([Option("a", "b")], {"c": 1}),  # type: ignore[dict-item]
    ],
)
def test_a_list_that_cannot_be_told_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    """And no broken answer"""
    monkeypatch.setattr(Lists, "odd", odd)
    answer = anyone().get(f"{APP}/api/options/odd")
    assert_problem(answer, 500, code="app-hook-failed")


@pytest.mark.parametrize("name", ["../months", "a\0b", "x" * 300, "<b>", "a/b"])
def test_an_odd_id_is_not_found(name: str) -> None:
    """Nothing but a name leads to a list"""
    for kind in ("options", "datalists"):
        answer = anyone().get(f"{APP}/api/{kind}/{quote(name, safe='')}")
        assert answer.status_code == 404
