"""The OpenAPI document of each application: valid, and of its own data."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from api.application.openapi import document_of
from apps_registry import catalogue
from tests.api.application.real_apps import FOLDERS, bring_in, parsed
from tests.api.test_statement_counts import statements
from tests.client import APP_HOST, BASE_HOST, DOMAIN, Api, assert_problem
from tests.factories import FORM_JSON
from tests.shared import APPS

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(not APPS.is_dir(), reason="the real folders are not beside us"),
]
ADDRESS = "/v1/customOpenapi.json"
DATA = "/instances/{party}/{guid}/data"
SAMPLE = "/nav/app2018"


_ASKED_BY_QUERY = ("/api/v1/redirect", "/set-query-params", "/v1/data/anonymous")


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return path, method and operation of everything in a document."""
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def references(value: object) -> set[str]:
    """Return every reference in a document."""
    return set(
        re.findall(r'"\$ref":"([^"]*)"', json.dumps(value, separators=(",", ":")))
    )


def validator(document: dict[str, Any], schema: object) -> Draft202012Validator:
    """Return what checks form data against a schema of the document."""
    root = Resource.from_contents(document, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:app", root)
    text = json.dumps(schema).replace("#/components", "urn:app#/components")
    return Draft202012Validator(json.loads(text), registry=registry)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_document_of_every_real_application_is_valid(folder: str) -> None:
    """A-199: OpenAPI 3.1, typed, and nothing in it that leads elsewhere"""
    app = bring_in(folder)
    document = app.api().get(app.base + ADDRESS).json()
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    assert all(one.startswith("#/components/schemas/") for one in references(document))
    metadata = parsed(app.files["config/applicationmetadata.json"])
    types = [one["id"] for one in metadata["dataTypes"]]
    create = document["paths"][DATA]["post"]
    named = {one["name"]: one["schema"] for one in create["parameters"]}
    assert named["dataType"]["enum"] == sorted(types)
    with_schema = {
        Path(path).name.removesuffix(".schema.json")
        for path in app.files
        if path.endswith(".schema.json")
    }
    forms = {
        one["id"]
        for one in metadata["dataTypes"]
        if "classRef" in (one.get("appLogic") or {})
    }
    for one in forms & with_schema:
        assert f"data.{one}" in document["components"]["schemas"]
        assert f"#/components/schemas/data.{one}" in references(create["requestBody"])
    for one in types:
        assert f"| {one} |" in document["info"]["description"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_what_is_there_is_in_it(folder: str) -> None:
    """A client of it calls nothing in vain: every address of a file answers"""
    app = bring_in(folder)
    document = app.api().get(app.base + ADDRESS).json()
    asked = 0
    for path, method, operation in operations(document):
        if operation["security"] != [{}] or method != "get":
            continue
        # These answer about what their query names.
        if path in _ASKED_BY_QUERY:
            continue
        places = re.findall(r"\{(\w+)\}", path)
        if "guid" in places:
            continue  # about an instance, and there is none
        by_name = {one["name"]: one["schema"] for one in operation["parameters"]}
        known = by_name[places[0]].get("enum", ["nb"]) if places else [""]
        for value in known:
            answer = app.api().get(app.base + re.sub(r"\{\w+\}", value, path))
            assert answer.status_code in (200, 204), path
            asked += 1
    assert asked > 8


def test_the_document_is_that_of_the_application(anonymous_app: Api) -> None:
    """A-199: title, version, server, scheme; its own addresses alone"""
    document = anonymous_app.get(SAMPLE + ADDRESS).json()
    assert document["info"]["title"] == "Altinn 3 App API for Sykmelding"
    metadata = anonymous_app.get(f"{SAMPLE}/api/v1/applicationmetadata").json()
    assert document["info"]["version"] == metadata["versionId"]
    assert [one["url"] for one in document["servers"]] == [
        SAMPLE,
        f"http://nav.apps.{DOMAIN}:8000{SAMPLE}",
    ]
    assert document["components"]["securitySchemes"]["AltinnToken"] == {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
    }
    for path, _, operation in operations(document):
        assert "{org}" not in path
        assert "{app}" not in path
        names = {one["name"] for one in operation["parameters"]}
        assert names.isdisjoint({"org", "app"})
        assert "bearer" not in json.dumps(operation["security"])
    assert "/instances/{party}/{guid}/process/next" in document["paths"]
    assert "/api/layouts" not in document["paths"]  # it answers where to look alone
    assert [one["name"] for one in document["tags"]][:3] == [
        "Instances",
        "Data",
        "Process",
    ]


def test_form_data_that_fits_the_model_fits_the_document(anonymous_app: Api) -> None:
    """A-199: typed by the schema of the data type"""
    document = anonymous_app.get(SAMPLE + ADDRESS).json()
    element = document["paths"][f"{DATA}/{{element}}"]
    contents = [
        document["paths"][DATA]["post"]["requestBody"]["content"],
        element["put"]["requestBody"]["content"],
        element["get"]["responses"]["200"]["content"],
    ]
    multipart = document["paths"]["/instances"]["post"]["requestBody"]["content"]
    parts = multipart["multipart/form-data"]["schema"]
    assert parts["properties"].keys() == {
        "default",
        "vedlegg",
        "kvittering",
        "instance",
    }
    form = json.loads(FORM_JSON)
    typed = {"$ref": "#/components/schemas/data.sykmelding"}
    for one in contents:
        # One of its attachments may be JSON as well.
        assert one["application/json"]["schema"] == {
            "anyOf": [typed, {"title": "kvittering"}]
        }
    assert parts["properties"]["default"] == typed
    check = validator(document, typed)
    check.validate(form)
    assert not check.is_valid({**form, "periode": []})
    assert not check.is_valid({})
    assert contents[0]["application/pdf"]["schema"]["format"] == "binary"


# --- serving --------------------------------------------------------------------------
def test_every_process_makes_it_once(anonymous_app: Api) -> None:
    """It is made when it is first asked for, and held with the deployment"""
    app = catalogue.definition_of("nav", "app2018")
    assert document_of(app) is document_of(app)
    url = SAMPLE + ADDRESS
    first = anonymous_app.get(url)
    known = {"If-None-Match": first["ETag"]}
    assert anonymous_app.get(url, headers=known).status_code == 304
    assert first["Cache-Control"] == "public,max-age=60"
    assert statements(lambda: anonymous_app.get(url)) == []
    again = anonymous_app.get(f"{SAMPLE}/swagger/v1/swagger.json")
    assert again.content == first.content


@pytest.mark.parametrize("path", ["/swagger", "/swagger/", "/swagger/index.html"])
@pytest.mark.parametrize("host", [APP_HOST, BASE_HOST])
def test_the_page_shows_the_document_and_asks_no_other_server(
    host: str, path: str
) -> None:
    """A-199: Swagger UI without a CDN, and no script in the page itself"""
    answer = Api(host).get(SAMPLE + path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    page = answer.content.decode()
    assert f'data-document="{SAMPLE}{ADDRESS}"' in page
    assert "https://" not in page
    assert "http://" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert Api(host).get(SAMPLE + ADDRESS).status_code == 200


def test_there_is_no_page_of_an_unknown_application(anonymous_app: Api) -> None:
    """D-5"""
    for path in ("/swagger", ADDRESS, "/swagger/v1/swagger.json"):
        answer = anonymous_app.get(f"/nav/nothing{path}")
        assert_problem(answer, 404, code="app-not-found")


@pytest.mark.parametrize("folder", FOLDERS)
def test_forms_without_an_instance_are_in_it_where_there_are_any(folder: str) -> None:
    """A-156: the anonymous ones with the types that allow it, and not without"""
    app = bring_in(folder)
    document = app.api().get(app.base + ADDRESS).json()
    stated = app.api().get(f"{app.base}/api/v1/applicationmetadata").json()
    anonymous = [
        one["id"]
        for one in stated["dataTypes"]
        if (one.get("appLogic") or {}).get("allowAnonymousOnStateless")
    ]
    assert ("/v1/data/anonymous" in document["paths"]) == bool(anonymous)
    for one in anonymous:
        url = f"{app.base}/v1/data/anonymous?dataType={one}"
        assert app.api().get(url).status_code == 200
