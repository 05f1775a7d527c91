"""What anyone may read of an application: every file of every real one, and no more."""

from pathlib import Path
from typing import Any

import pytest

from api.cookies import TOKEN_COOKIE
from tests.api.application.real_apps import (
    FOLDERS,
    RealApp,
    address_of,
    bring_in,
    parsed,
)
from tests.api.test_statement_counts import statements
from tests.client import DOMAIN, Api, assert_problem
from tests.shared import APPS

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(not APPS.is_dir(), reason="the real folders are not beside us"),
]
_COMPUTED = {"features", "altinnNugetVersion", "externalApiIds", "onEntry", "logo"}


@pytest.fixture(params=FOLDERS)
def real_app(request: pytest.FixtureRequest, sandbox: None) -> RealApp:
    """One of the real applications."""
    return bring_in(request.param)


@pytest.fixture
def one_app(sandbox: None) -> RealApp:
    """The one with the most models, layout sets and languages."""
    return bring_in("multiple-datamodels-test")


def _served_as(path: str, content: bytes, answer: Any) -> None:
    """Assert that what is answered is what the file says."""
    if not path.endswith(".json"):
        assert answer.content == content
        return
    filled = content.replace(b"[APP]", b"template-v8").replace(b"[ORG]", b"ttd")
    said, document = parsed(filled), answer.json()
    if path.startswith("options/"):
        assert [{**option} for option in said] == document
    elif path.startswith("config/texts/"):
        assert document["language"] == path.split(".")[1]
        assert [(one["id"], one["value"]) for one in document["resources"]] == [
            (one["id"], one["value"]) for one in said["resources"]
        ]
        assert all("variables" in one for one in document["resources"])
    elif "/layouts/" in path:
        assert document[Path(path).stem] == said
    elif path == "config/applicationmetadata.json":
        own = said.keys() - _COMPUTED - {"id", "org", "versionId"}
        assert {name: document[name] for name in own} == {n: said[n] for n in own}
    else:
        assert document == said


def test_every_file_is_served_at_its_address(real_app: RealApp) -> None:
    """A-166, A-168, A-169, A-170, A-172, A-157: type, content, caching, 304"""
    files = real_app.files
    assert len(files) > 5
    api = real_app.api()
    for path, content in files.items():
        address, media = address_of(path)
        answer = api.get(real_app.base + address)
        assert answer.status_code == 200, (path, answer.content)
        assert answer["Content-Type"] == f"{media}; charset=utf-8", path
        assert answer["Cache-Control"] == "public,max-age=60", path
        _served_as(path, content, answer)
        known = {"If-None-Match": f'"else", W/{answer["ETag"]}'}
        again = api.get(real_app.base + address, headers=known)
        assert (again.status_code, again.content) == (304, b""), path
        assert again["ETag"] == answer["ETag"]
        assert again["Cache-Control"] == "public,max-age=60"


def test_pages_of_a_layout_set_are_one_document(real_app: RealApp) -> None:
    """A-169: all of them, by name"""
    pages: dict[str, set[str]] = {}
    for path in real_app.files:
        if "/layouts/" in path:
            pages.setdefault(path.split("/")[1], set()).add(Path(path).stem)
    for layout_set, names in pages.items():
        answer = real_app.api().get(f"{real_app.base}/api/layouts/{layout_set}")
        assert answer.json().keys() == names


def test_what_an_application_leaves_out_is_204(real_app: RealApp) -> None:
    """A-013, A-168: sets, settings, rules, footer and checks that it does not have"""
    files = real_app.files
    sets = {path.split("/")[1] for path in files if "/layouts/" in path}
    types = parsed(files["config/applicationmetadata.json"])["dataTypes"]
    missing = [
        *(p for p in ("ui/footer.json", "ui/layout-sets.json") if p not in files),
        *(p for p in ("ui/Settings.json",) if p not in files),
        *(
            path
            for one in types
            if (path := f"models/{one['id']}.validation.json") not in files
        ),
    ]
    addresses = [address_of(path)[0] for path in missing]
    for name in sets:
        addresses += [f"/api/rulehandler/{name}", f"/api/ruleconfiguration/{name}"]
    assert addresses
    for address in addresses:
        answer = real_app.api().get(real_app.base + address)
        assert (answer.status_code, answer.content) == (204, b""), address
        assert answer["Cache-Control"] == "public,max-age=60"


@pytest.mark.parametrize(
    "kind",
    [
        "jsonschema",
        "xsdschema",
        "validationconfig",
        "layouts",
        "layoutsettings",
        "rulehandler",
        "ruleconfiguration",
        "options",
    ],
)
@pytest.mark.parametrize(
    "name", ["nothing-of-this-name", "..", "%2e%2e", "..%5c..%5cconfig", "*"]
)
def test_an_unknown_id_is_404_and_names_what_exists(
    one_app: RealApp, kind: str, name: str
) -> None:
    """A-160, A-168, Z-093, T-17"""
    answer = one_app.api().get(f"{one_app.base}/api/{kind}/{name}")
    document = assert_problem(answer, 404, code="app-file-not-found")
    assert "it has: " in document["detail"]
    if name == "nothing-of-this-name":
        assert repr(name) in document["detail"]
    if kind == "jsonschema":
        assert document["detail"].endswith(
            "it has: modell1, modell2, modell3, sharedperson."
        )


@pytest.mark.parametrize(
    "climbing",
    [
        "jsonschema/../config/applicationmetadata",
        "jsonschema/..%2fconfig%2fapplicationmetadata",
        "options/..%2f..%2f..%2fetc%2fpasswd",
        "layouts/%2e%2e%2f%2e%2e%2fui%2fTask_1",
        "layouts/Task_1%2flayouts%2f..",
    ],
)
def test_no_id_climbs_out(one_app: RealApp, climbing: str) -> None:
    """Z-093, T-17: what has a slash is no id"""
    answer = one_app.api().get(f"{one_app.base}/api/{climbing}")
    assert_problem(answer, 404, code="route-not-found")


def test_names_are_compared_exactly(one_app: RealApp) -> None:
    """T-17: by the stored name; literals of the address are in any case"""
    api = one_app.api()
    assert api.get(f"{one_app.base}/API/JsonSchema/modell1").status_code == 200
    answer = api.get(f"{one_app.base}/api/jsonschema/Modell1")
    assert_problem(answer, 404, code="app-file-not-found")


def test_layouts_are_read_by_set(one_app: RealApp) -> None:
    """A-169: the original's own words"""
    answer = one_app.api().get(f"{one_app.base}/api/layouts")
    document = assert_problem(answer, 404, code="layout-set-missing")
    base = "/ttd/multiple-datamodels-test/api"
    assert document["detail"] == (
        f"This endpoint is no longer available. Use {base}/layoutsets to get available"
        f" layout sets and {base}/layouts/{{id}} to get layouts for a specific layout"
        " set."
    )


@pytest.mark.parametrize("language", ["en", "NB", "xx", "æø", ".."])
def test_other_languages_fall_back_to_nb(one_app: RealApp, language: str) -> None:
    """A-166, T-17"""
    answer = one_app.api().get(f"{one_app.base}/api/v1/texts/{language}")
    assert answer.json()["language"] == "nb"
    assert answer.json()["id"] == "ttd-multiple-datamodels-test-nb"


@pytest.mark.parametrize("language", ["n", "nob", "nn-NO", "resource.nb"])
def test_a_language_has_two_letters(one_app: RealApp, language: str) -> None:
    """A-166"""
    answer = one_app.api().get(f"{one_app.base}/api/v1/texts/{language}")
    document = assert_problem(answer, 400, code="language-invalid")
    assert document["detail"] == (
        f"Provided language {language} is invalid. Language code should consists of two"
        " characters."
    )


def test_languages_are_those_with_texts(anonymous_app: Api) -> None:
    """A-167"""
    base = "/nav/app2018/api/v1"
    answer = anonymous_app.get(f"{base}/applicationlanguages")
    assert answer.json() == [{"language": one} for one in ("en", "nb", "nn")]
    for one in ("en", "nb", "nn"):
        assert anonymous_app.get(f"{base}/texts/{one}").json()["language"] == one


def test_an_application_without_settings_has_none(one_app: RealApp) -> None:
    """A-173"""
    answer = one_app.api().get(f"{one_app.base}/api/v1/applicationsettings")
    assert answer.json() == {}


def test_metadata_says_what_the_server_can_do(one_app: RealApp) -> None:
    """A-170, A-171: computed members, and unknown ones as they are"""
    address = f"{one_app.base}/api/v1/applicationmetadata"
    document = one_app.api().get(f"{address}?checkOrgApp=true").json()
    assert document["features"] == {
        "footer": True,
        "processActions": True,
        "jsonObjectInDataResponse": False,
    }
    assert document["altinnNugetVersion"].count(".") == 3
    assert document["externalApiIds"] == []
    assert document["logo"] is None


def test_nobody_is_asked_who_he_is(one_app: RealApp) -> None:
    """A-001: a bad token is no reason to refuse what anyone may read"""
    for path in one_app.files:
        address, _ = address_of(path)
        stale = {"Authorization": "Bearer stale"}
        answer = one_app.api().get(one_app.base + address, headers=stale)
        assert answer.status_code == 200, path
        by_cookie = one_app.api()
        by_cookie._client.cookies[TOKEN_COOKIE] = "stale"
        assert by_cookie.get(one_app.base + address).status_code == 200, path


def test_no_file_takes_a_statement(one_app: RealApp) -> None:
    """What a process holds it does not ask the database for"""
    api = one_app.api()
    for path in one_app.files:
        url = one_app.base + address_of(path)[0]
        assert statements(lambda url=url: api.get(url)) == [], path  # type: ignore[misc]  # bound


def test_another_owners_host_has_none_of_it(one_app: RealApp) -> None:
    """D-18: an org in the path is the host's own"""
    other = Api(f"nav.apps.{DOMAIN}")
    answer = other.get(f"{one_app.base}/api/v1/footer")
    assert_problem(answer, 404, code="app-not-found")
