"""Form data by its model: held to it, and handed out as JSON or XML."""

import json
from pathlib import Path
from typing import Any

import pytest

from data_elements.models import DataElement
from instances.models import Instance
from tests.api.application.form_calls import (
    JSON,
    XML,
    as_json,
    data_url,
    element_url,
    patch,
    stored,
)
from tests.changed_app import deploy, form_type
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, FORM_JSON, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")


# --- in and out -----------------------------------------------------------------------
def test_xml_in_json_out_and_back(app: Api, instance: Instance) -> None:
    """A-106: by Accept, every member there"""
    made = app.post(
        data_url(instance, "?dataType=default"), body=FORM, content_type=XML
    )
    url = data_url(instance, f"/{made.json()['id']}")
    document = as_json(app, url)
    assert document.keys() == json.loads(FORM_JSON).keys()
    assert document["periode"][0]["grad"] == 100
    assert document["friskmeldtEtterPerioden"] is True
    for accept in ("", XML, "*/*", "text/html,application/json;q=0.9"):
        assert body_of(app.get(url, headers={"Accept": accept})) == FORM


def test_json_in_is_stored_as_the_first_type_that_is_allowed(
    app: Api, instance: Instance
) -> None:
    """A-250"""
    made = app.post(
        data_url(instance, "?dataType=default"), body=FORM_JSON, content_type=JSON
    )
    assert made.json()["contentType"] == XML
    url = data_url(instance, f"/{made.json()['id']}")
    assert as_json(app, url) == json.loads(FORM_JSON)
    xml = body_of(app.get(url, headers={"Accept": XML}))
    assert xml.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<sykmelding>")
    assert xml.index(b"<arbeidstaker>") < xml.index(b"<arbeidsgiver>")


@pytest.mark.parametrize(
    ("content", "content_type"), [(FORM_JSON, JSON), (FORM, "text/xml; charset=utf-8")]
)
def test_a_form_comes_as_either_and_is_kept_as_its_type_allows(
    app: Api, tmp_path: Path, content: bytes, content_type: str
) -> None:
    """A-092, A-110, A-250: allowed is XML alone, as in what Studio makes"""

    def xml_alone(metadata: dict[str, Any]) -> None:
        form_type(metadata)["allowedContentTypes"] = [XML]

    deploy(tmp_path, xml_alone)
    instance = make_instance()
    sent = {"body": content, "content_type": content_type}
    made = app.post(data_url(instance, "/type/default"), **sent)
    assert made.status_code == 200, made.content
    (told,) = made.json()["instance"]["data"]
    url = data_url(instance, f"/{told['id']}")
    replaced = app.put(url, **sent)
    assert replaced.status_code == 201, replaced.content
    assert told["contentType"] == replaced.json()["contentType"] == XML
    assert as_json(app, url) == json.loads(FORM_JSON)


def test_what_the_form_lacks_is_not_kept_and_order_is_mended(
    app: Api, instance: Instance
) -> None:
    """A-125, A-250"""
    content = (
        b"<sykmelding xmlns='urn:other'><ukjent/><friskmeldtEtterPerioden>true"
        b"</friskmeldtEtterPerioden><tilrettelegging>ja</tilrettelegging></sykmelding>"
    )
    made = app.post(
        data_url(instance, "?dataType=default"), body=content, content_type=XML
    )
    assert made.status_code == 201
    got = body_of(app.get(data_url(instance, f"/{made.json()['id']}")))
    assert b"ukjent" not in got
    assert got.index(b"tilrettelegging") < got.index(b"friskmeldtEtterPerioden")
    assert made.json()["size"] == len(got)


@pytest.mark.parametrize(
    ("content", "content_type", "code", "told"),
    [
        (b"<annet/>", XML, "form-xml-refused", "<annet>"),
        (
            b"<sykmelding><periode><grad>mye</grad></periode></sykmelding>",
            XML,
            "form-xml-refused",
            "<grad> is 'mye'",
        ),
        (b'{"periode": 1}', JSON, "form-json-refused", "/periode is 1"),
        (b'{"arbeidsgiver": []}', JSON, "form-json-refused", "/arbeidsgiver"),
        (b"[1]", JSON, "form-json-refused", "an object"),
        (b"", JSON, "content-empty", ""),
    ],
)
def test_what_is_no_form_is_refused(
    app: Api,
    element: DataElement,
    content: bytes,
    content_type: str,
    code: str,
    told: str,
) -> None:
    """A-092: with the place, and nothing changes"""
    before = stored(element)
    for method, url in (
        ("POST", data_url(element.instance, "?dataType=default")),
        ("PUT", element_url(element)),
    ):
        answer = app.call(method, url, body=content, content_type=content_type)
        assert told in assert_problem(answer, 400, code=code)["detail"]
    assert stored(element) == before
    assert DataElement.objects.count() == 1


def test_a_converted_form_has_an_entity_tag_of_its_own(
    app: Api, element: DataElement
) -> None:
    url = element_url(element)
    first = app.get(url, headers={"Accept": JSON})
    assert first["ETag"] != app.get(url)["ETag"]
    again = app.get(url, headers={"Accept": JSON, "If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "Accept" in first["Vary"]


@pytest.mark.parametrize("accept", [JSON, XML])
def test_the_tag_of_a_form_as_it_was_read_holds_a_write(
    app: Api, element: DataElement, accept: str
) -> None:
    """D-27: a 412, and nothing changes, once it is another"""
    url = element_url(element)
    read = app.get(f"{url}?includeRowId=true", headers={"Accept": accept})["ETag"]
    changed = FORM.replace(b"100</grad>", b"50</grad>")
    sent = {"content_type": XML, "headers": {"If-Match": read}}
    assert app.put(url, body=changed, **sent).status_code == 201
    before = stored(element)
    refused = app.put(url, body=FORM, **sent)
    assert_problem(refused, 412, code="precondition-failed")
    assert stored(element) == before


# --- making by type -------------------------------------------------------------------
@pytest.mark.parametrize("tail", ["/type/default", "/default"])
def test_making_with_the_type_in_the_address(
    app: Api, instance: Instance, tail: str
) -> None:
    """A-093, D-07: 200 with the instance and the new form"""
    made = app.post(data_url(instance, tail), body=FORM, content_type=XML)
    assert made.status_code == 200
    document = made.json()
    (form,) = document["newDataModels"]
    assert form["dataElementId"] == document["newDataElementId"]
    assert form["data"]["arbeidsgiver"]["navn"]
    assert [one["id"] for one in document["instance"]["data"]] == [
        document["newDataElementId"]
    ]


def test_the_type_in_the_address_must_be_the_elements(
    app: Api, element: DataElement
) -> None:
    """A-088"""
    assert app.get(element_url(element, "/type/default")).status_code == 200
    before = stored(element)
    wrong = element_url(element, "/type/vedlegg")
    for answer in (app.get(wrong), app.put(wrong, body=FORM, content_type=XML)):
        problem = assert_problem(answer, 400, code="data-type-mismatch")
        assert problem["detail"] == (
            f"Data type vedlegg does not match data element {element.id}, which is of"
            " type default"
        )
    assert stored(element) == before


# --- what stands on the instance ------------------------------------------------------
def test_presentation_fields_follow_the_form(app: Api, instance: Instance) -> None:
    """A-247, §18.5: put by making, changed by replacing, gone when there is no value"""
    made = app.post(
        data_url(instance, "?dataType=default"), body=FORM, content_type=XML
    )
    name = json.loads(FORM_JSON)["arbeidsgiver"]["navn"]
    assert reread(instance).presentation_texts == {"arbeidsgiver": name}
    element = DataElement.objects.get(pk=made.json()["id"])
    replace = {"op": "replace", "path": "/arbeidsgiver/navn", "value": "Ny AS"}
    assert patch(app, element, replace).status_code == 200
    assert reread(instance).presentation_texts == {"arbeidsgiver": "Ny AS"}
    remove = {"op": "replace", "path": "/arbeidsgiver", "value": None}
    assert patch(app, element, remove).status_code == 200
    assert reread(instance).presentation_texts is None


def test_a_text_that_is_projected_is_as_long_as_one_may_be(
    app: Api, instance: Instance
) -> None:
    """§18.5: lists show it of a thousand instances at once"""
    form = {**json.loads(FORM_JSON), "arbeidsgiver": {"navn": "Æ" * 1_000_000}}
    url = data_url(instance, "?dataType=default")
    assert app.post(url, json=form).status_code == 201
    assert reread(instance).presentation_texts == {"arbeidsgiver": "Æ" * 4000}


# --- what it costs --------------------------------------------------------------------
def test_a_form_is_not_loaded_where_metadata_is_asked_for(
    app: Api, element: DataElement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue: form data never loaded where only metadata is asked for"""

    def refuse(*args: object) -> None:
        raise AssertionError("the form was read")

    monkeypatch.setattr("process.form_data._bytes_of", refuse)
    url = f"/nav/app2018/instances/{element.instance.instance_id}"
    assert app.get(url).status_code == 200
    assert app.get(f"{url}/process").status_code == 200


@pytest.mark.parametrize("count", [100_000])
def test_many_rows_pass(app: Api, element: DataElement, count: int) -> None:
    """Issue: arrays of 100,000 rows"""
    body = {**json.loads(FORM_JSON), "periode": [{"grad": 1}] * count}
    content = json.dumps(body).encode()
    answer = app.put(element_url(element), body=content, content_type=JSON)
    assert answer.status_code == 201, answer.content[:200]
