"""Forms that mean harm, or are broken: refused with place and cure, and in time."""

import json
import time
from typing import Any

import pytest

from data_elements.models import DataElement
from instances.models import Instance
from tests.client import Api, assert_problem
from tests.factories import FORM, FORM_JSON, reread

pytestmark = pytest.mark.usefixtures("sandbox")

XML, JSON = "application/xml", "application/json"
_SECONDS = 20  # far more than it takes, on a machine that is busy
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a ['
    + b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(1, 10))
    + b'<!ENTITY a1 "ha">]><sykmelding>&a10;</sykmelding>'
)
_ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<sykmelding><tilrettelegging>&e;</tilrettelegging></sykmelding>"
)
_DEEP = b'{"arbeidsgiver":' * 10_000 + b"1" + b"}" * 10_000
_LISTS = b"[" * 10_000 + b"]" * 10_000
_NESTED = b"<sykmelding>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</sykmelding>"
_MANY = b", ".join(b'"a%d": 1' % number for number in range(60_000))
_IN_UTF_16 = FORM.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')


def grade(number: bytes) -> bytes:
    """Return a JSON form with this for a grade."""
    return b'{"periode": [{"grad": ' + number + b"}]}"


_REFUSED = {
    "XML bomb": (_BOMB, XML, "xml-doctype-refused", "DOCTYPE"),
    "external entity": (_ENTITY, XML, "xml-doctype-refused", "DOCTYPE"),
    "DOCTYPE in UTF-16": (
        _ENTITY.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"),
        XML,
        "xml-doctype-refused",
        "DOCTYPE",
    ),
    "deep XML": (_NESTED, XML, "xml-too-deep", "64"),
    "deep JSON": (_DEEP, JSON, "json-malformed", "deeper than 32"),
    "deep lists": (_LISTS, JSON, "json-malformed", "deeper than 32"),
    "Latin-1 in JSON": (b'{"tilrettelegging": "\xe6"}', JSON, "json-malformed", "21"),
    "Latin-1 in XML": (
        b"<sykmelding><tilrettelegging>\xe6</tilrettelegging></sykmelding>",
        XML,
        "xml-malformed",
        "line 1",
    ),
    "unknown encoding": (
        b'<?xml version="1.0" encoding="klingon"?><sykmelding/>',
        XML,
        "xml-malformed",
        "line 1",
    ),
    "UTF-16 in JSON": (
        FORM_JSON.decode().encode("utf-16"),
        JSON,
        "json-malformed",
        "byte 0",
    ),
    "half a surrogate": (
        b'{"tilrettelegging": "\\ud800"}',
        JSON,
        "json-malformed",
        "surrogate",
    ),
    "NaN": (grade(b"NaN"), JSON, "json-malformed", "NaN"),
    "infinity": (grade(b"1e999"), JSON, "json-malformed", "1e999"),
    "text that is infinite": (
        grade(b'"1' + b"0" * 400 + b'"'),
        JSON,
        "form-json-refused",
        "/periode/0/grad",
    ),
    "text of many digits": (
        grade(b'"' + b"9" * 5000 + b'"'),
        JSON,
        "form-json-refused",
        "/periode/0/grad",
    ),
    "number beyond 64 bits": (
        grade(b"123456789012345678901234567890"),
        JSON,
        "form-json-refused",
        "/periode/0/grad",
    ),
    "many digits in XML": (
        b"<sykmelding><periode><grad>"
        + b"9" * 5000
        + b"</grad></periode></sykmelding>",
        XML,
        "form-xml-refused",
        "<grad>",
    ),
    "a member twice": (
        b'{"tilrettelegging": "ja", "tilrettelegging": "nei"}',
        JSON,
        "json-malformed",
        "tilrettelegging",
    ),
    "a member twice, deep down": (
        b'{"periode": [{"grad": 1}, {"grad": 2, "grad": 3}]}',
        JSON,
        "json-malformed",
        "grad",
    ),
    "a member twice, after many": (
        b"{%s, %s}" % (_MANY, b'"twice": 1, "twice": 2'),
        JSON,
        "json-malformed",
        "twice",
    ),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_what_is_broken_is_refused_with_its_place(
    app: Api, element: DataElement, name: str
) -> None:
    """400 wherever a form comes in, in time, and nothing changes"""
    content, kind, code, told = _REFUSED[name]
    data = f"/nav/app2018/instances/{element.instance.instance_id}/data"
    before = bytes(reread(element).__dict__["sha256"])
    for method, url in (
        ("PUT", "/nav/app2018/validate?dataType=default"),
        ("PUT", f"{data}/{element.id}"),
        ("POST", f"{data}?dataType=default"),
        ("POST", "/nav/app2018/v1/data?dataType=default"),
    ):
        began = time.monotonic()
        answer = app.call(method, url, body=content, content_type=kind)
        assert time.monotonic() - began < _SECONDS
        assert told in assert_problem(answer, 400, code=code)["detail"], url
    assert bytes(reread(element).__dict__["sha256"]) == before
    assert DataElement.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xef\xbb\xbf" + FORM, XML),
        (b"\xef\xbb\xbf" + FORM_JSON, JSON),
        (_IN_UTF_16.encode("utf-16"), XML),
        (FORM.replace(b"UTF-8", b"ISO-8859-1"), XML),
    ],
    ids=["BOM in XML", "BOM in JSON", "UTF-16", "another encoding"],
)
def test_what_is_only_unusual_is_taken(
    app: Api, instance: Instance, content: bytes, kind: str
) -> None:
    """A BOM, or XML that says truly which encoding it is in"""
    url = f"/nav/app2018/instances/{instance.instance_id}/data?dataType=default"
    made = app.post(url, body=content, content_type=kind)
    assert made.status_code == 201, made.content
    answer = app.put(
        "/nav/app2018/validate?dataType=default", body=content, content_type=kind
    )
    assert (answer.status_code, answer.json()) == (200, [])


def patch(api: Api, element: DataElement, path: str, value: object) -> Any:
    """Replace a value by the present call."""
    operation = {"op": "replace", "path": path, "value": value}
    body = {"patches": [{"dataElementId": str(element.id), "patch": [operation]}]}
    url = f"/nav/app2018/instances/{element.instance.instance_id}/data"
    sent = json.dumps(body).encode()  # with numbers that no other writer writes
    return api.call("PATCH", url, body=sent, content_type=JSON)


@pytest.mark.parametrize("number", [10**30, -(10**30), "9" * 5000, 1e300])
def test_a_patch_with_a_number_out_of_range_is_refused(
    app: Api, element: DataElement, number: object
) -> None:
    """422 with the place, and nothing changes"""
    before = bytes(reread(element).__dict__["sha256"])
    answer = patch(app, element, "/periode/0/grad", number)
    problem = assert_problem(answer, 422, code="patch-result-refused")
    assert "/periode/0/grad" in problem["detail"]
    assert bytes(reread(element).__dict__["sha256"]) == before


def test_an_infinite_number_is_no_json(app: Api, element: DataElement) -> None:
    """400 wherever a form comes in as part of a JSON body, and nothing changes"""
    before = bytes(reread(element).__dict__["sha256"])
    operation = b'{"op": "replace", "path": "/periode/0/grad", "value": 1e999}'
    guid = str(element.id).encode()
    one = b'{"dataElementId": "%s", "patch": [%s]}' % (guid, operation)
    instance = f"/nav/app2018/instances/{element.instance.instance_id}"
    order = "/nav/app2018/v1/pages/order?dataTypeId=default"
    for method, url, body in (
        ("PATCH", f"{instance}/data", b'{"patches": [%s]}' % one),
        ("POST", order, grade(b"-1e999")),
    ):
        answer = app.call(method, url, body=body, content_type=JSON)
        problem = assert_problem(answer, 400, code="json-malformed")
        assert "1e999" in problem["detail"]
    assert bytes(reread(element).__dict__["sha256"]) == before


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "copy", "from": "/periode", "path": "/periode/-"}] * 30,
        [{"op": "copy", "from": "", "path": "/periode/0/grad"}] * 200,
        [{"op": "add", "path": "/x" * deep, "value": {}} for deep in range(1, 1200)]
        + [{"op": "copy", "from": "/x", "path": "/y"}],
        [
            operation
            for _ in range(30)
            for operation in (
                {"op": "move", "from": "/periode", "path": "/x"},
                *({"op": "add", "path": "/y" * n, "value": {}} for n in range(1, 60)),
                {"op": "move", "from": "/x", "path": "/y" * 60},
                {"op": "move", "from": "/y", "path": "/periode"},
            )
        ],
    ],
    ids=["rows that double", "form in itself", "deep", "deeper with each move"],
)
def test_a_patch_that_grows_without_bounds_is_refused(
    app: Api, element: DataElement, operations: list[dict[str, object]]
) -> None:
    """422 with the operation, and nothing changes"""
    before = bytes(reread(element).__dict__["sha256"])
    body = {"patches": [{"dataElementId": str(element.id), "patch": operations}]}
    url = f"/nav/app2018/instances/{element.instance.instance_id}/data"
    answer = app.call("PATCH", url, json=body)
    problem = assert_problem(answer, 422, code="patch-operation-failed")
    assert problem["patchOperationIndex"] > 0
    assert bytes(reread(element).__dict__["sha256"]) == before


@pytest.mark.parametrize(
    ("date", "is_date"),
    [
        ("2024-02-29", True),
        ("2023-02-29", False),
        ("2024-13-01", False),
        ("01.02.2024", False),
        ("2024-1-1", False),
        ("i dag", False),
    ],
)
def test_dates_that_are_none_are_told(
    app: Api, element: DataElement, date: str, is_date: bool
) -> None:
    """The place, and how a date is written"""
    answer = patch(app, element, "/periode/0/fom", date)
    assert answer.status_code == 200, answer.content
    [pair] = answer.json()["validationIssues"]
    assert [one["code"] for one in pair["issues"]] == [] if is_date else ["format"]
    for issue in pair["issues"]:
        assert issue["field"] == "periode[0].fom"
        assert date in issue["description"]
        assert "2030-12-31" in issue["description"]
