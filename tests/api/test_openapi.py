"""The committed OpenAPI documents are what the code says, and what is served."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from api.application.operations import OPERATIONS as APPLICATION
from api.examples import EXAMPLES
from api.operations import CONTENT, operation_of
from api.platform.operations import OPERATIONS as PLATFORM
from api.problems import problem_kinds, status_of_class
from tests import cast
from tests.api.routes import routes
from tests.client import (
    APP_HOST,
    BASE_HOST,
    PLATFORM_HOST,
    STORAGE_HOST,
    Api,
)
from tests.factories import make_instance
from tests.openapi import DOCS, document

FACES = ["application", "platform"]
HOSTS = [BASE_HOST, APP_HOST, PLATFORM_HOST, STORAGE_HOST]
URLCONFS = [
    "altinn.urls",
    "altinn.urlconf_application",
    "altinn.urlconf_platform",
    "altinn.urlconf_storage",
]
TABLE = {**APPLICATION, **PLATFORM}
METHODS = {"get", "post", "put", "patch", "delete"}


def operations(face: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of a document."""
    for path, methods in document(face)["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


# --- the files ------------------------------------------------------------------------
@pytest.mark.parametrize("face", FACES)
def test_regenerating_gives_the_committed_file(face: str, tmp_path: Path) -> None:
    """style.md §11"""
    made = tmp_path / f"{face}.yaml"
    call_command(
        "spectacular",
        urlconf=f"api.{face}.urls",
        custom_settings=f"api.schema.{face}_settings",
        validate=True,
        fail_on_warn=True,
        file=str(made),
    )
    committed = (DOCS / f"{face}.yaml").read_text("utf-8")
    assert made.read_text("utf-8") == committed, "run: make openapi"


@pytest.mark.parametrize("face", FACES)
def test_the_document_is_valid_openapi(face: str) -> None:
    """style.md §11"""
    loaded = document(face)
    assert loaded["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(loaded).validate()


@pytest.mark.parametrize("face", FACES)
def test_operation_ids_are_unique_and_name_resource_and_action(face: str) -> None:
    """style.md §11"""
    ids = [operation["operationId"] for _, _, operation in operations(face)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", one) for one in ids), ids


@pytest.mark.parametrize("face", FACES)
def test_every_operation_is_described(face: str) -> None:
    """style.md §7, §11"""
    for path, method, operation in operations(face):
        assert method in METHODS
        assert operation["description"].strip(), path
        assert operation["summary"] == operation["description"].splitlines()[0].rstrip(
            "."
        )
        assert operation["security"], path
        assert all(answer["description"] for answer in operation["responses"].values())


_FOR_ANYONE_WHERE_THE_APP_SAYS_SO = {
    "/{org}/{app}/v1/data/anonymous",
    "/{org}/{app}/api/v1/eventsreceiver",
    "/{org}/{app}/api/v1/notification-webhook-listener/{party}/{guid}",
    "/{org}/{app}/instances/{party}/{guid}/payment/nets-webhook-listener",
}


@pytest.mark.parametrize("face", FACES)
def test_problems_are_listed_by_code_below_their_status(face: str) -> None:
    """D-5, style.md §11"""
    statuses = {kind.code: status_of_class(kind) for kind in problem_kinds()}
    for path, method, operation in operations(face):
        listed = {int(status) for status in operation["responses"]}
        for_anyone = operation["security"] == [{}]
        for_some = path in _FOR_ANYONE_WHERE_THE_APP_SAYS_SO
        refuses = HTTPStatus.UNAUTHORIZED in listed
        assert refuses == (for_some or not for_anyone), (path, method)
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            schema = answer["content"]["application/problem+json"]["schema"]
            codes = schema["allOf"][1]["properties"]["code"]["enum"]
            assert codes
            assert {int(statuses[code]) for code in codes} == {int(status)}


@pytest.mark.parametrize("face", FACES)
def test_uploads_are_binary_and_required(face: str) -> None:
    """A client generated from the document sends bytes, and never none."""
    found = 0
    for _, _, operation in operations(face):
        body = operation.get("requestBody")
        if body and set(body["content"]) == set(CONTENT):
            assert body["content"]["*/*"]["schema"]["format"] == "binary"
            assert body["required"] is True
            found += 1
    # Create and update, at both generations' addresses, and create by its type; and
    # forms that are calculated with, for a party and for anybody, and that are tried.
    assert found == (8 if face == "application" else 4)


# --- the table ------------------------------------------------------------------------
@pytest.mark.parametrize("urlconf", URLCONFS)
def test_every_route_is_in_the_table(urlconf: str) -> None:
    """style.md §11: an undocumented endpoint fails"""
    found = list(routes(get_resolver(urlconf)))
    assert found
    for view, action in found:
        assert operation_of(TABLE, view, action)


def test_every_line_of_the_table_is_of_an_action() -> None:
    """What is gone from a view is gone from the table."""
    for view, lines in TABLE.items():
        for action in lines:
            assert hasattr(view, action), f"{view.__name__}.{action}"


def test_every_code_in_the_table_is_a_class() -> None:
    """D-5"""
    known = {kind.code for kind in problem_kinds()}
    for lines in TABLE.values():
        for operation in lines.values():
            assert set(operation.problems) <= known, operation.id


def test_a_code_has_one_status() -> None:
    """D-5: programs tell problems apart by the code alone"""
    statuses: dict[str, set[int]] = {}
    for kind in problem_kinds():
        statuses.setdefault(kind.code, set()).add(int(status_of_class(kind)))
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


# --- the examples ---------------------------------------------------------------------
@pytest.mark.parametrize("face", FACES)
def test_examples_fit_their_schemas(face: str) -> None:
    """style.md §11"""
    contents = document(face)
    root = Resource.from_contents(contents, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:face", root)
    shown = {
        f"urn:face#/components/schemas/{name}": schema["examples"]
        for name, schema in contents["components"]["schemas"].items()
        if "examples" in schema
    }
    assert shown
    for reference, examples in shown.items():
        validator = Draft202012Validator(
            {"$ref": reference}, registry=registry, format_checker=FormatChecker()
        )
        for example in examples:
            validator.validate(example)


def test_every_example_is_of_a_component() -> None:
    """An example that nothing shows is dead."""
    names = {name for face in FACES for name in document(face)["components"]["schemas"]}
    assert EXAMPLES.keys() <= names


def test_the_bodies_of_examples_are_accepted(app: Api, owner_app: Api) -> None:
    """style.md §11: examples are executed"""
    made = app.post("/app2018/instances", json=EXAMPLES["InstanceTemplateRequest"])
    assert made.status_code == 201
    address = f"/nav/app2018/instances/{made.json()['id']}"
    substatus = EXAMPLES["SubstatusRequest"]
    set_to = owner_app.put(f"{address}/substatus", json=substatus)
    assert set_to.json()["status"]["substatus"] == substatus
    form = app.post(f"{address}/data?dataType=default", json={})
    assert form.status_code == 201
    moved = app.put(f"{address}/process/next", json=EXAMPLES["ProcessNextRequest"])
    assert moved.json()["currentTask"]["elementId"] == "confirm"


@pytest.mark.usefixtures("sandbox")
def test_the_questions_of_examples_are_answered() -> None:
    """style.md §11: examples are executed"""
    explain = Api(PLATFORM_HOST, cast.OWNER).post(
        "/authorization/api/v1/explain", json=EXAMPLES["HypotheticalRequest"]
    )
    assert explain.json()["decision"] == "Permit"
    decision = Api(PLATFORM_HOST, headers=cast.platform_headers()).post(
        "/authorization/api/v1/decision", json=EXAMPLES["DecisionRequestRequest"]
    )
    assert decision.json()["Response"][0]["Decision"] == "Permit"


def test_the_bodies_of_storage_examples_are_accepted(storage: Api) -> None:
    """style.md §11: examples are executed"""
    template = EXAMPLES["InstanceTemplateRequest"]
    address = "/storage/api/v1/instances"
    made = storage.post(f"{address}?appId=nav/app2018", json=template)
    assert made.status_code == 201
    instance = make_instance(filled=True)
    address = f"{address}/{instance.instance_id}"
    element = storage.get(address).json()["data"][0]
    body = {
        **with_ids(EXAMPLES["DataElementMetadataRequest"]),
        "id": element["id"],
        "instanceGuid": str(instance.id),
    }
    described = storage.put(f"{address}/dataelements/{element['id']}", json=body)
    assert described.json()["tags"] == body["tags"]
    event = {
        **with_ids(EXAMPLES["StatedEventRequest"]),
        "instanceId": instance.instance_id,
    }
    assert storage.post(f"{address}/events", json=event).status_code == 201
    for tail, name in {
        "presentationtexts": "PresentationTextsRequest",
        "datavalues": "DataValuesRequest",
        "process": "StatedProcessRequest",
    }.items():
        answer = storage.put(f"{address}/{tail}", json=EXAMPLES[name])
        assert answer.status_code == 200, answer.content
    lock = storage.post(f"{address}/lock", json=EXAMPLES["InstanceLockRequest"])
    assert lock.json().keys() == EXAMPLES["LockToken"].keys()  # type: ignore[attr-defined]  # a document


def test_answers_have_the_members_of_the_examples(app: Api, storage: Api) -> None:
    """style.md §11: what an example shows is what is answered"""
    instance = make_instance(filled=True)
    address = f"/storage/api/v1/instances/{instance.instance_id}"
    read = storage.get(address).json()
    assert members(read) == members(EXAMPLES["Instance"])
    assert members(read["data"][0]) == members(EXAMPLES["DataElement"])
    listed = storage.get(f"{address}/dataelements").json()
    assert members(listed) == members(EXAMPLES["DataElementList"])
    events = storage.get(f"{address}/events").json()["instanceEvents"]
    assert members(events[0]) == members(EXAMPLES["InstanceEvent"])
    page = storage.get("/storage/api/v1/instances?instanceOwner.partyId=500000").json()
    assert members(page) == members(EXAMPLES["QueryResponse"])
    process = f"/nav/app2018/instances/{instance.instance_id}/process"
    state = app.get(process).json()
    assert members(state) == members(EXAMPLES["AppProcessState"])
    passed = app.get(f"{process}/history").json()["processHistory"]
    history = with_ids(EXAMPLES["ProcessHistory"])["processHistory"]
    assert members(passed[0]) == members(history[0])


def members(value: object) -> set[str]:
    """Return the names of a document's members."""
    assert isinstance(value, dict)
    return set(value)


def with_ids(value: object) -> dict[str, Any]:
    """Return an example as a document to change."""
    assert isinstance(value, dict)
    return dict(value)


# --- what is served -------------------------------------------------------------------
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("face", FACES)
def test_every_host_serves_the_committed_document(
    client: Any, host: str, face: str
) -> None:
    """D-18"""
    answer = client.get(f"/docs/{face}/openapi.yaml", headers={"host": f"{host}:8000"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/yaml"
    assert answer.content == (DOCS / f"{face}.yaml").read_bytes()


@pytest.mark.parametrize(
    "path", ["", "/application", "/platform", "/application/redoc", "/platform/redoc"]
)
@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_pages_of_documents_name_no_other_server(
    client: Any, path: str, accept: str
) -> None:
    """Nothing from a CDN, and no script in the page itself."""
    headers = {"host": f"{BASE_HOST}:8000", "accept": accept}
    answer = client.get(f"/docs{path}", headers=headers)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "https://" not in page
    assert "http://" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_the_script_of_redoc_asks_no_cdn(client: Any) -> None:
    """D-18: a sandbox works without the internet"""
    answer = client.get("/docs/redoc.js", headers={"host": f"{BASE_HOST}:8000"})
    assert answer["Content-Type"] == "text/javascript"
    assert b"cdn.redoc.ly" not in answer.content
    assert b"/static/altinn/icon.svg" in answer.content
