"""Data elements at Altinn 3's addresses of one app: what is taken, what is refused."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from data_elements import services as data_elements
from data_elements.errors import DataElementLocked
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.application.form_calls import data_url
from tests.cast import SOPHIE_PRINCIPAL
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, FORM_JSON, PDF, make_element, make_instance, reread
from tests.stored import files_in

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize("suffix", ["?dataType=default", "/?DATATYPE=default"])
def test_form_data_is_kept_byte_for_byte(
    app: Api, instance: Instance, suffix: str
) -> None:
    """A-105, S-133, clients.md: trailing slash and case of names"""
    answer = app.post(
        data_url(instance, suffix), body=FORM, content_type="text/xml; charset=utf-8"
    )
    assert answer.status_code == 201
    element = answer.json()
    assert answer["Location"] == element["selfLinks"]["apps"]
    assert element["contentType"] == "text/xml; charset=utf-8"
    assert element["appOwner"] == {"downloaded": [], "downloadConfirmed": None}
    assert body_of(app.get(data_url(instance, f"/{element['id']}"))) == FORM


def test_json_form_data_is_taken_too(app: Api, instance: Instance) -> None:
    """Sample application: XML and JSON"""
    url = data_url(instance, "?dataType=default")
    answer = app.post(url, body=FORM_JSON, content_type="application/json")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('attachment; filename="blåbær og æøå.pdf"', "blåbær og æøå.pdf"),
        ("attachment; filename=enkel.pdf", "enkel.pdf"),
        ("attachment; filename*=UTF-8''bl%C3%A5.pdf", "blå.pdf"),
        ("attachment; filename=a.pdf; filename*=UTF-8''%C3%A6.pdf", "æ.pdf"),
        ("attachment; filename*=UTF-8''%C3%A6.pdf; filename=a.pdf", "æ.pdf"),
        ('attachment; filename="a%20b.pdf"', "a b.pdf"),
        ('attachment; filename="1+1.pdf"', "1+1.pdf"),
        ('attachment; filename="100%.pdf"', "100%.pdf"),
        ('attachment; filename="si \\"hei\\".pdf"', 'si "hei".pdf'),
        ('attachment; filename="../../etc/passwd.pdf"', ".._.._etc_passwd.pdf"),
        ('attachment; filename="a%2Fb.pdf"', "a_b.pdf"),
    ],
)
def test_file_names_come_back_as_they_were_sent(
    app: Api, instance: Instance, header: str, expected: str
) -> None:
    """A-097, A-276, S-149, S-152, Z-092: decoded once, made harmless last"""
    answer = app.post(
        data_url(instance, "?dataType=vedlegg"),
        body=PDF,
        content_type="application/pdf",
        headers={"Content-Disposition": header.encode().decode("latin-1")},
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["filename"] == expected
    download = app.get(data_url(instance, f"/{answer.json()['id']}"))
    assert _name_in(download["Content-Disposition"]) == expected


def _name_in(header: str) -> str:
    plain, _, whole = header.partition("; filename*=UTF-8''")
    name = unquote(whole)
    in_ascii = "".join(c if " " <= c <= "~" else "_" for c in name)
    escaped = in_ascii.replace("\\", "\\\\").replace('"', '\\"')
    assert plain == f'attachment; filename="{escaped}"'
    return name


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"<a><b></a>", "application/xml", 400, "xml-malformed"),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            "application/xml",
            400,
            "xml-doctype-refused",
        ),
        (b'{"a": 1', "application/json", 400, "json-malformed"),
        (b"", "application/xml", 400, "content-empty"),
        (b"x", "text/plain", 415, "form-content-type-unsupported"),
    ],
    ids=["A-092-xml", "Z-094-doctype", "A-092-json", "A-101-empty", "A-092-type"],
)
def test_form_data_that_cannot_be_read_is_refused(
    app: Api,
    instance: Instance,
    own_blobs: Path,
    body: bytes,
    content_type: str,
    status: int,
    code: str,
) -> None:
    """Bad input: nothing is stored"""
    url = data_url(instance, "?dataType=default")
    answer = app.post(url, body=body, content_type=content_type)
    problem = assert_problem(answer, status, code=code)
    if code.endswith("-malformed"):
        kind = code.partition("-")[0].upper()
        assert problem["title"] == f"Failed to deserialize {kind}"
    assert not DataElement.objects.exists()
    assert files_in(own_blobs) == []
    assert reread(instance).last_changed == instance.last_changed


def test_a_form_larger_than_its_type_allows_is_413(
    app: Api, instance: Instance, own_blobs: Path
) -> None:
    """A-100: maxSize of the sample's form is 5 MiB"""
    body = b"<a>" + b" " * (5 * 2**20) + b"</a>"
    url = data_url(instance, "?dataType=default")
    answer = app.post(url, body=body, content_type="application/xml")
    assert_problem(answer, 413, code="content-too-large")
    assert files_in(own_blobs) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "data-type-missing"), ("?dataType=ukjent", "data-type-unknown")],
)
def test_the_data_type_must_be_one_of_the_app(
    app: Api, instance: Instance, query: str, code: str
) -> None:
    """A-086, A-105"""
    answer = app.post(data_url(instance, query), body=FORM, content_type="text/xml")
    problem = assert_problem(answer, 400, code=code)
    if query:
        assert problem["title"] == "Data Type Not Found"
        assert problem["detail"] == (
            'Could not find the specified data type: "ukjent" in'
            " applicationmetadata.json"
        )
    assert not DataElement.objects.exists()


def test_only_contributors_write_their_types(
    app: Api, owner_app: Api, instance: Instance
) -> None:
    """A-082, M:A-21, Z-085: kvittering is the owner's"""
    url = data_url(instance, "?dataType=kvittering")
    send = {"body": PDF, "content_type": "application/pdf", "filename": "k.pdf"}
    assert_problem(app.post(url, **send), 403, code="contributor-not-allowed")
    assert not DataElement.objects.exists()
    assert owner_app.post(url, **send).status_code == 201


def test_the_sixth_attachment_is_one_too_many(app: Api, instance: Instance) -> None:
    """A-083, Z-085"""
    send = {"body": PDF, "content_type": "application/pdf", "filename": "v.pdf"}
    url = data_url(instance, "?dataType=vedlegg")
    statuses = [app.post(url, **send).status_code for _ in range(6)]
    assert statuses == [201] * 5 + [409]
    assert DataElement.objects.count() == 5


@pytest.mark.parametrize(
    ("state", "of_user"),
    [
        ("submitted", (403, "not-permitted")),
        ("soft_deleted", (409, "instance-not-active")),
    ],
)
def test_an_instance_that_is_not_active_takes_no_data(
    app: Api, owner_app: Api, state: str, of_user: tuple[int, str]
) -> None:
    """A-081, M:A-20, Z-085: also from the owner"""
    instance = make_instance(**{state: True})  # type: ignore[arg-type]  # by name
    count = DataElement.objects.count()
    of_owner = (409, "instance-not-active")
    for api, type_id, (status, code) in (
        (app, "vedlegg", of_user),
        (owner_app, "kvittering", of_owner),
    ):
        answer = api.post(
            data_url(instance, f"?dataType={type_id}"),
            body=PDF,
            content_type="application/pdf",
            filename="v.pdf",
        )
        assert_problem(answer, status, code=code)
    assert DataElement.objects.count() == count


def test_a_stranger_reads_and_changes_nothing(
    stranger_app: Api, element: DataElement
) -> None:
    """M:A-15, M:A-17, M:A-18"""
    url = data_url(element.instance, f"/{element.id}")
    for method in ("GET", "PUT", "DELETE"):
        answer = stranger_app.call(method, url, body=FORM, content_type="text/xml")
        assert_problem(answer, 403, code="not-permitted")
    url = data_url(element.instance, "?dataType=vedlegg")
    assert_problem(
        stranger_app.post(
            url, body=PDF, content_type="application/pdf", filename="a.pdf"
        ),
        403,
        code="not-permitted",
    )
    assert reread(element).blob_key == element.blob_key
    assert DataElement.objects.count() == 1


def test_an_element_of_another_instance_is_unknown(
    app: Api, instance: Instance, element: DataElement
) -> None:
    """A-086, M:A-16, Z-083"""
    other = make_instance()
    url = data_url(other, f"/{element.id}")
    for method in ("GET", "PUT", "DELETE"):
        answer = app.call(method, url, body=FORM, content_type="text/xml")
        problem = assert_problem(answer, 404, code="data-element-not-found")
        assert problem["title"] == "Data Element Not Found"
        assert problem["detail"] == (
            f"Did not find data element {element.id} on instance {other.instance_id}"
        )
    assert reread(element).last_changed == element.last_changed


def test_replacing_gives_new_bytes_under_a_new_key(
    app: Api, element: DataElement, own_blobs: Path
) -> None:
    """A-110, D-10: the old bytes go once the row has committed"""
    url = data_url(element.instance, f"/{element.id}")
    answer = app.put(url, body=FORM_JSON, content_type="application/json")
    assert answer.status_code == 201
    assert answer["Location"] == answer.json()["selfLinks"]["apps"]
    got = app.get(url, headers={"Accept": "application/json"})
    assert got.json() == json.loads(FORM_JSON)
    assert reread(element).blob_key != element.blob_key
    event = InstanceEvent.objects.of(element.instance_id).last()
    assert (event.event_type, event.data_id) == ("Saved", element.id)


def test_a_bad_replacement_keeps_the_old_content(
    app: Api, element: DataElement
) -> None:
    """S-176: validate before replacing"""
    url = data_url(element.instance, f"/{element.id}")
    answer = app.put(url, body=b"<a>", content_type="application/xml")
    assert_problem(answer, 400, code="xml-malformed")
    assert body_of(app.get(url)) == FORM


def test_a_locked_element_is_neither_replaced_nor_deleted(
    app: Api, element: DataElement
) -> None:
    """Z-102, D-23, M:S-42"""
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=element.created, locked_by="1337"
    )
    url = data_url(element.instance, f"/{element.id}")
    answer = app.put(url, body=FORM, content_type="text/xml")
    assert_problem(answer, 409, code="data-element-locked")
    assert reread(element).blob_key == element.blob_key


def test_a_lock_set_meanwhile_wins_over_a_deletion(element: DataElement) -> None:
    """T-28: the write itself asks again"""
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=element.created, locked_by="1337"
    )
    with pytest.raises(DataElementLocked):
        data_elements.delete(SOPHIE_PRINCIPAL, element=element)
    assert DataElement.objects.filter(pk=element.pk).exists()


def test_the_main_form_is_replaced_and_never_deleted(
    app: Api, element: DataElement
) -> None:
    """A-085, Z-085"""
    url = data_url(element.instance, f"/{element.id}")
    assert_problem(app.delete(url), 400, code="main-element-kept")
    assert DataElement.objects.filter(pk=element.pk).exists()


def test_deleting_answers_what_remains(app: Api, instance: Instance) -> None:
    """A-124"""
    file = make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    )
    answer = app.delete(data_url(instance, f"/{file.id}"))
    assert answer.json()["instance"]["data"] == []
    assert answer.json()["validationIssues"] == []
