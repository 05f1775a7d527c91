"""Files that no real application has, and what becomes of them when they change."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps_registry.services import import_app
from tests import cast
from tests.api.application.real_apps import RealApp
from tests.client import DOMAIN, Api, assert_problem
from tests.shared import APPS

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(not APPS.is_dir(), reason="the real folders are not beside us"),
]


@pytest.fixture
def made_app(tmp_path: Path, sandbox: None) -> tuple[Path, Api]:
    """An application that can be given files before it is imported, and its host."""
    folder = tmp_path / "app"
    for path, content in RealApp("", APPS / "template_v8" / "App").files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder, Api(f"ttd.apps.{DOMAIN}")


def _import(folder: Path, files: dict[str, str]) -> str:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return f"/{import_app(folder, org='ttd', app='made').app_id}"


def test_without_texts_there_are_no_languages(made_app: tuple[Path, Api]) -> None:
    """A-166, A-167"""
    folder, api = made_app
    (folder / "config" / "texts" / "resource.nb.json").unlink()
    base = _import(folder, {})
    for address in ("texts/nb", "texts/en", "applicationlanguages"):
        answer = api.get(f"{base}/api/v1/{address}")
        document = assert_problem(answer, 404, code="app-file-not-found")
        assert document["detail"].endswith("it has: none.")


def test_rules_and_their_configuration(made_app: tuple[Path, Api]) -> None:
    """A-168: a script that a page can load, and that runs nowhere else"""
    folder, api = made_app
    script = "var ruleHandlerObject = { sum: (o) => o.a + o.b };\n"
    base = _import(
        folder,
        {
            "ui/form/RuleHandler.js": script,
            "ui/form/RuleConfiguration.json": '{"data": {"ruleConnection": {}}}',
        },
    )
    handler = api.get(f"{base}/api/rulehandler/form")
    assert handler.content.decode() == script
    assert handler["Content-Type"] == "text/javascript; charset=utf-8"
    assert handler["X-Content-Type-Options"] == "nosniff"
    assert handler["Content-Security-Policy"] == "sandbox; default-src 'none'"
    configuration = api.get(f"{base}/api/ruleconfiguration/form")
    assert configuration.json() == {"data": {"ruleConnection": {}}}
    assert configuration["Content-Type"] == "application/json; charset=utf-8"


def test_what_only_config_files_may_have_is_left_out(
    made_app: tuple[Path, Api],
) -> None:
    """A-168: comments and trailing commas; every client can read the answer"""
    folder, api = made_app
    lenient = '\ufeff{ // the footer\n "footer": [{"type": "Text", "big": 2e3,},], }'
    base = _import(folder, {"ui/footer.json": lenient})
    answer = api.get(f"{base}/api/v1/footer")
    assert json.loads(answer.content) == {"footer": [{"type": "Text", "big": 2000.0}]}


def test_options_keep_their_kinds(made_app: tuple[Path, Api]) -> None:
    """A-157, A-158, A-159: value always, what says nothing never"""
    folder, api = made_app
    listed = [
        {"value": None, "label": "nothing", "description": None, "own": 1},
        {"value": 3.5, "label": "number", "helpText": "help", "tags": {"a": "b"}},
        {"value": True, "label": "flag", "description": "text"},
    ]
    base = _import(
        folder, {"options/kinds.json": json.dumps(listed), "options/none.json": "[]"}
    )
    answer = api.get(f"{base}/api/options/kinds?language=en&any=thing")
    assert answer.json() == [
        {"value": None, "label": "nothing"},
        {"value": 3.5, "label": "number", "helpText": "help", "tags": {"a": "b"}},
        {"value": True, "label": "flag", "description": "text"},
    ]
    assert answer["Altinn-DownstreamParameters"] == ""
    assert api.get(f"{base}/api/options/none").json() == []


def test_options_of_an_instance_are_those_of_the_application(
    made_app: tuple[Path, Api],
) -> None:
    """A-160, A-161: for whoever may read it, and kept by nobody"""
    folder, anyone = made_app
    options = [{"value": 1, "label": "one"}]
    base = _import(folder, {"options/kinds.json": json.dumps(options)})
    person = Api(anyone.host, cast.user(1337, 501337, level=3))
    made = person.post(f"{base}/instances?instanceOwnerPartyId=501337")
    assert made.status_code == 201, made.content
    address = f"{base}/instances/{made.json()['id']}/options"
    answer = person.get(f"{address}/kinds?language=en")
    assert answer.json() == options
    assert answer["Altinn-DownstreamParameters"] == ""
    assert answer["Cache-Control"] == "no-store,no-cache"
    unknown = person.get(f"{address}/none")
    assert_problem(unknown, 404, code="app-file-not-found")
    assert_problem(anyone.get(f"{address}/kinds"), 401, code="token-missing")
    stranger = Api(anyone.host, cast.STRANGER)
    assert_problem(stranger.get(f"{address}/kinds"), 403, code="not-permitted")
    assert_problem(stranger.get(f"{address}/none"), 403, code="not-permitted")


def test_settings_for_the_user_interface(
    made_app: tuple[Path, Api], settings: LazySettings
) -> None:
    """A-173: one section, in camel case; nothing else of the file"""
    folder, api = made_app
    base = _import(
        folder,
        {
            "appsettings.json": json.dumps(
                {
                    "AppSettings": {"AppOidcProvider": "altinn", "Secret": "hush"},
                    "FrontEndSettings": {"ShowFee": True, "URLBase": "a", "x": None},
                    "NetsPaymentSettings": {"SecretApiKey": "hush"},
                }
            ),
            "appsettings.Staging.json": '{"frontendsettings": {"URLBase": "b"}}',
            "appsettings.Production.json": '{"FrontEndSettings": {"URLBase": "c"}}',
        },
    )
    address = f"{base}/api/v1/applicationsettings"
    for environment, url in (("development", "a"), ("test", "b"), ("production", "c")):
        settings.ALTINN_ENVIRONMENT = environment
        answer = api.get(address)
        assert answer.json() == {
            "appOidcProvider": "altinn",
            "showFee": "True",
            "urlBase": url,
            "x": "",
        }
        assert b"hush" not in answer.content


def test_a_new_deployment_is_served_at_once(made_app: tuple[Path, Api]) -> None:
    """D-2, D-23: and its files have other entity tags"""
    folder, api = made_app
    footers = [{"footer": [{"type": "Text", "title": one}]} for one in ("a", "b")]
    base = _import(folder, {"ui/footer.json": json.dumps(footers[0])})
    first = api.get(f"{base}/api/v1/footer")
    _import(folder, {"ui/footer.json": json.dumps(footers[1])})
    second = api.get(f"{base}/api/v1/footer", headers={"If-None-Match": first["ETag"]})
    assert second.json() == footers[1]
    assert second["ETag"] != first["ETag"]
