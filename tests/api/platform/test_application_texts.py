"""Texts of applications in storage, a language at a time."""

from typing import Any

import pytest

from apps_registry.models import Deployment, DeploymentFile
from tests import cast
from tests.api.platform.registry_state import registry_state
from tests.api.test_statement_counts import statements
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

TEXTS = "/storage/api/v1/applications/nav/app2018/texts"
SERVED = "/nav/app2018/api/v1/texts"
RESOURCES = [
    {"id": "appName", "value": "  Ny {0}  "},
    {"id": "empty", "value": ""},
    {"id": "none", "value": None, "variables": None},
    {"id": "b", "value": "c", "variables": [{"key": "k", "dataSource": "text"}]},
]
ANSWERED = [
    {"id": "appName", "value": "  Ny {0}  ", "variables": None},
    {"id": "empty", "value": "", "variables": None},
    {"id": "none", "value": None, "variables": None},
    {
        "id": "b",
        "value": "c",
        "variables": [{"key": "k", "dataSource": "text", "defaultValue": None}],
    },
]


def designer() -> Api:
    return Api(PLATFORM_HOST, cast.DESIGNER)


def create(language: str = "se", resources: object = RESOURCES) -> Any:
    """Send the texts of a language in."""
    document = {"language": language, "resources": resources}
    return designer().post(TEXTS, json=document)


def served(language: str) -> Any:
    """Return what the application API says."""
    return Api(APP_HOST).get(f"{SERVED}/{language}").json()


def test_texts_are_added_and_served_at_once() -> None:
    """S-283, S-290: no time passes, though they were asked for before"""
    assert_problem(designer().get(f"{TEXTS}/se"), 404, code="app-file-not-found")
    assert served("se")["language"] == "nb"
    answer = create()
    assert answer.status_code == 200
    expected = {
        "id": "nav-app2018-se",
        "org": "nav",
        "language": "se",
        "resources": ANSWERED,
    }
    assert answer.json() == expected
    assert designer().get(f"{TEXTS}/se").json() == expected
    assert served("se") == expected


def test_adding_again_replaces() -> None:
    """S-284: all else of the application stays"""
    before = DeploymentFile.objects.contents_of(Deployment.objects.get())
    answer = create("nb", [{"id": "only", "value": "one"}])
    assert answer.status_code == 200
    assert [one["id"] for one in served("nb")["resources"]] == ["only"]
    after = DeploymentFile.objects.contents_of(Deployment.objects.get(number=2))
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"config/texts/resource.nb.json"}
    assert before.keys() == after.keys()
    create("nb", [{"id": "only", "value": "one"}])
    assert Deployment.objects.count() == 2


def test_replacing_takes_what_is_there() -> None:
    """S-286, S-289"""
    document = {"language": "nn", "resources": RESOURCES}
    answer = designer().put(f"{TEXTS}/nn", json=document)
    assert answer.status_code == 200
    assert served("nn")["resources"] == ANSWERED
    before = registry_state()
    gone = designer().put(f"{TEXTS}/se", json=document | {"language": "se"})
    assert_problem(gone, 404, code="app-file-not-found")
    assert registry_state() == before


def test_deleting_leaves_the_fall_back() -> None:
    """S-287"""
    answer = designer().delete(f"{TEXTS}/en")
    assert (answer.status_code, answer.content) == (200, b"")
    assert served("en")["language"] == "nb"
    languages = Api(APP_HOST).get("/nav/app2018/api/v1/applicationlanguages").json()
    assert [one["language"] for one in languages] == ["nb", "nn"]
    before = registry_state()
    again = designer().delete(f"{TEXTS}/en")
    document = assert_problem(again, 404, code="app-file-not-found")
    assert document["detail"].endswith("'en'; it has: nb, nn.")
    assert registry_state() == before


@pytest.mark.parametrize(
    "language", ["n", "nob", "n1", "åå", "..", "nb%2fx", "nb-NO", "n%0a"]
)
def test_a_language_is_two_letters(language: str) -> None:
    """S-285, T-17"""
    before = registry_state()
    text = "The language must be a two letter ISO language name."
    if "%2f" not in language:
        for call in (designer().get, designer().delete):
            answer = call(f"{TEXTS}/{language}")
            document = assert_problem(answer, 400, code="language-name-invalid")
            assert document["detail"] == text
    document = assert_problem(create(language), 400, code="language-name-invalid")
    assert document["detail"] == text
    assert registry_state() == before


def test_letters_of_a_language_may_be_large() -> None:
    """One file a language, however it is written"""
    assert create("SE").json()["language"] == "se"
    assert designer().get(f"{TEXTS}/Se").json()["language"] == "se"


def test_the_language_of_the_address_must_be_that_of_the_texts() -> None:
    """S-286"""
    before = registry_state()
    document = {"language": "nn", "resources": RESOURCES}
    answer = designer().put(f"{TEXTS}/nb", json=document)
    problem = assert_problem(answer, 400, code="language-mismatch")
    assert problem["detail"] == (
        "The language specified in the textResource nn does not match the api path: nb"
    )
    assert registry_state() == before


@pytest.mark.parametrize(
    "body",
    [
        {"resources": []},
        {"language": "nb"},
        {"language": "nb", "resources": "none"},
        {"language": "nb", "resources": ["text"]},
        {"language": "nb", "resources": [{"value": "no id"}]},
        {"language": "nb", "resources": [{"id": "a", "value": {}}]},
        {"language": "nb", "resources": [{"id": "a", "variables": [1]}]},
        [],
    ],
)
def test_what_is_no_text_resource_is_refused(body: object) -> None:
    """Bad input is a clear 400, and nothing changes"""
    before = registry_state()
    for method, url in (("POST", TEXTS), ("PUT", f"{TEXTS}/nb")):
        answer = designer().call(method, url, json=body)
        assert_problem(answer, 400, code="validation-failed")
    assert registry_state() == before


@pytest.mark.parametrize("app_id", ["nav/nothing", "NAV/app2018", "a/.."])
def test_texts_of_no_application(app_id: str) -> None:
    """S-287: 404, where Altinn fails"""
    before = registry_state()
    url = f"/storage/api/v1/applications/{app_id}/texts"
    body = {"language": "nb", "resources": []}
    for method, address in (
        ("POST", url),
        ("GET", f"{url}/nb"),
        ("PUT", f"{url}/nb"),
        ("DELETE", f"{url}/nb"),
    ):
        sent = body if method in ("POST", "PUT") else None
        answer = designer().call(method, address, json=sent)
        assert_problem(answer, 404, code="app-not-found")
    assert registry_state() == before


@pytest.mark.parametrize(
    "person", [cast.SOPHIE, cast.OWNER, cast.STRANGER, cast.SYSTEM_USER, cast.DESIGNER]
)
def test_whoever_is_known_reads_them(person: cast.Person) -> None:
    """S-288, M:P-03: kept by nobody but the caller, who may ask by entity tag"""
    api = Api(PLATFORM_HOST, person)
    answer = api.get(f"{TEXTS}/nb")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store,no-cache"
    again = api.get(f"{TEXTS}/nb", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert statements(lambda: api.get(f"{TEXTS}/nb")) == []


def test_nobody_reads_them_unknown() -> None:
    """S-288, M:P-03"""
    answer = Api(PLATFORM_HOST).get(f"{TEXTS}/nb")
    assert_problem(answer, 401, code="token-missing")
