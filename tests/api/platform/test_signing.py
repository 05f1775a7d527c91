"""Signing data elements in storage: what is signed, by whom, and once."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from data_elements import blobs
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from parties.models import Party
from tests.authorization.matrix.fixture import CALLERS, Names, deploy, populate
from tests.authorization.matrix.rows import APP2, P
from tests.client import PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import reread
from tests.instance_lock import take

pytestmark = pytest.mark.usefixtures("sandbox")

SYSTEM_USER = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
USER = {"userId": "1337"}


@pytest.fixture
def names(sandbox: None, tmp_path: Path) -> Names:
    """An instance with an attachment and a model, in its signing task."""
    deploy(tmp_path)
    deploy(tmp_path, app_id=APP2)
    populate()
    made = Names("Task_3")
    made.make("{attachment}", "{model}")
    made.settle()
    return made


@pytest.fixture
def director() -> Api:
    """Who may sign."""
    return Api(PLATFORM_HOST, CALLERS["UW"])


def address(names: Names, tail: str = "") -> str:
    """Return the address of the instance."""
    return f"/storage/api/v1/instances/{names.instance.instance_id}{tail}"


def body(names: Names, **change: object) -> dict[str, Any]:
    """Return a request to sign both elements, changed."""
    asked = {
        "signatureDocumentDataType": "signature",
        "generatedFromTask": "Task_3",
        "dataElementSignatures": [
            {"dataElementId": str(names["attachment"]), "signed": True},
            {"dataElementId": str(names["model"]), "signed": False},
        ],
        "signee": USER,
    }
    return {**asked, **change}


def signatures(names: Names) -> list[DataElement]:
    """Return the documents of the instance."""
    rows = DataElement.objects.of([names.instance.pk])
    return list(rows.filter(data_type="signature"))


def content_of(element: DataElement) -> bytes:
    """Return the stored bytes."""
    with blobs.open_blob(element.blob_key) as content:
        return content.read()


def told(names: Names) -> list[tuple[str, object]]:
    """Return the events, each with the element that it tells of."""
    rows = InstanceEvent.objects.of(names.instance.pk)
    return list(rows.values_list("event_type", "data_id"))


def state(names: Names) -> tuple[object, ...]:
    """Return what a refused call leaves as it was."""
    row = Instance.objects.values().get(pk=names.instance.pk)
    return row, list(DataElement.objects.values()), told(names)


def test_a_signature_says_who_signed_what_and_when(director: Api, names: Names) -> None:
    """S-259, S-264, S-265, S-266, S-269, Z-104"""
    before, events = reread(names.instance), told(names)
    answer = director.post(address(names, "/sign"), json=body(names))
    assert (answer.status_code, answer.json()) == (201, "SignDocument is created")
    assert "Location" not in answer
    (element,) = signatures(names)
    shown = director.get(address(names)).json()["data"][-1]
    assert shown["id"] == str(element.pk)
    assert shown["filename"] == "signature.json"
    assert shown["contentType"] == "application/json"
    assert (shown["locked"], shown["isRead"]) == (True, True)
    assert shown["fileScanResult"] == "NotApplicable"
    assert "refs" not in shown
    assert shown["references"] == [
        {"value": "Task_3", "relation": "GeneratedFrom", "valueType": "Task"}
    ]
    stored = content_of(element)
    assert stored.startswith(b'{\n  "id": ')
    document = orjson.loads(stored)
    assert document.pop("signedTime").endswith("Z")
    hashes = {
        name: hashlib.sha256(
            content_of(DataElement.objects.get(pk=names[name]))
        ).hexdigest()
        for name in ("attachment", "model")
    }
    assert document == {
        "id": str(element.pk),
        "instanceGuid": str(names.instance.pk),
        "signeeInfo": {
            "userId": "1337",
            "systemUserId": None,
            "personNumber": None,
            "organisationNumber": None,
        },
        "dataElementSignatures": [
            {
                "dataElementId": str(names["attachment"]),
                "sha256Hash": hashes["attachment"],
                "signed": True,
            },
            {
                "dataElementId": str(names["model"]),
                "sha256Hash": hashes["model"],
                "signed": False,
            },
        ],
    }
    assert element.size == len(stored)
    assert told(names) == [*events, ("Signed", None)]
    after = reread(names.instance)
    assert after.last_changed > before.last_changed
    assert after.last_changed_by == element.created_by == "1337"


def test_without_a_task_there_is_no_reference(director: Api, names: Names) -> None:
    """S-266"""
    director.post(address(names, "/sign"), json=body(names, generatedFromTask=""))
    assert signatures(names)[0].references is None


@pytest.mark.django_db(transaction=True)
def test_signing_again_takes_the_old_signatures_place(
    committed_sandbox: None, director: Api, names: Names
) -> None:
    """S-267: row, bytes and a line of history"""
    director.post(address(names, "/sign"), json=body(names))
    (old,) = signatures(names)
    events = told(names)
    assert director.post(address(names, "/sign"), json=body(names)).status_code == 201
    (new,) = signatures(names)
    assert new.pk != old.pk
    assert told(names) == [*events, ("Deleted", old.pk), ("Signed", None)]
    with pytest.raises(FileNotFoundError):
        blobs.open_blob(old.blob_key)
    assert content_of(new)


def test_of_another_signee_both_stay(director: Api, names: Names) -> None:
    """S-268: all four members make the signee, and a system user signs too"""
    organisation = {**USER, "organisationNumber": Party.objects.get(pk=P).org_number}
    system_user = Api(PLATFORM_HOST, CALLERS["SU"])
    assert director.post(address(names, "/sign"), json=body(names)).status_code == 201
    for api, signee in (
        (director, organisation),
        (system_user, {"systemUserId": SYSTEM_USER}),
    ):
        answer = api.post(address(names, "/sign"), json=body(names, signee=signee))
        assert answer.status_code == 201, answer.content
    assert len(signatures(names)) == 3
    told_of = [event for event, _ in told(names)]
    assert "Deleted" not in told_of


def test_what_is_no_signature_is_left_alone(director: Api, names: Names) -> None:
    """S-267: unreadable documents are skipped"""
    DataElement.objects.filter(pk=names["attachment"]).update(data_type="signature")
    asked = body(names)
    assert director.post(address(names, "/sign"), json=asked).status_code == 201
    assert len(signatures(names)) == 2


def test_what_somebody_uploads_is_left_alone_too(director: Api, names: Names) -> None:
    """S-267: it is no signature, whatever it says, so none takes its place"""
    forged = {
        "signedTime": "2026-01-01T00:00:00Z",
        "signeeInfo": USER,
        "dataElementSignatures": [],
    }
    sent = director.post(address(names, "/data?dataType=signature"), json=forged)
    assert sent.status_code == 201, sent.content
    for _ in range(2):
        answer = director.post(address(names, "/sign"), json=body(names))
        assert answer.status_code == 201, answer.content
    assert {str(one.pk) for one in signatures(names)} > {sent.json()["id"]}
    assert len(signatures(names)) == 2


@pytest.mark.parametrize("signee", [None, {}, {"userId": ""}, {"personNumber": "1"}])
def test_somebody_signs(director: Api, names: Names, signee: object) -> None:
    """S-260"""
    before = state(names)
    answer = director.post(address(names, "/sign"), json=body(names, signee=signee))
    problem = assert_problem(answer, 400, code="signee-missing")
    assert problem["detail"] == (
        "The 'UserId' or 'SystemUserId' parameter must be defined for signee."
    )
    assert state(names) == before


@pytest.mark.parametrize(
    "signee",
    [
        {"userId": "1002"},
        {"userId": "01337"},
        {"userId": "1337", "systemUserId": SYSTEM_USER},
        {"systemUserId": SYSTEM_USER},
        {"userId": "1337", "personNumber": "01017012345"},
        {"userId": "1337", "organisationNumber": "991825827"},
    ],
)
def test_nobody_signs_in_anothers_name(
    director: Api, names: Names, signee: dict[str, str]
) -> None:
    """D-13, Z-104, M:S-77: in no member of the signee"""
    before = state(names)
    answer = director.post(address(names, "/sign"), json=body(names, signee=signee))
    assert_problem(answer, 403, code="signee-not-the-caller")
    assert state(names) == before


def test_the_callers_own_number_is_true(director: Api, names: Names) -> None:
    """D-13: the register says whose it is"""
    own = Party.objects.get(pk=501337).ssn
    signee = {**USER, "personNumber": own}
    answer = director.post(address(names, "/sign"), json=body(names, signee=signee))
    assert answer.status_code == 201
    assert orjson.loads(content_of(signatures(names)[0]))["signeeInfo"] == {
        "userId": "1337",
        "systemUserId": None,
        "personNumber": own,
        "organisationNumber": None,
    }


@pytest.mark.parametrize("type_id", ["unknown", "model", ""])
def test_a_signature_is_of_a_type_for_it_in_this_task(
    director: Api, names: Names, type_id: str
) -> None:
    """S-262: undeclared, or of another task"""
    before = state(names)
    asked = body(names, signatureDocumentDataType=type_id)
    answer = director.post(address(names, "/sign"), json=asked)
    if not type_id:
        assert_problem(answer, 400, code="validation-failed")
    else:
        problem = assert_problem(answer, 405, code="signature-type-unfit")
        assert problem["detail"] == (
            f"DataType {type_id} is not declared in application metadata for app"
            " ttd/authz-matrix"
        )
    assert state(names) == before


def test_an_element_of_another_instance_is_not_signed(
    director: Api, names: Names
) -> None:
    """S-263, S-270: nor one that never was"""
    before = state(names)
    for element in (str(uuid4()), str(names["foreign"])):
        before = state(names)
        listed = [{"dataElementId": element, "signed": True}]
        asked = body(names, dataElementSignatures=listed)
        answer = director.post(address(names, "/sign"), json=asked)
        problem = assert_problem(answer, 404, code="signed-element-not-found")
        assert problem["detail"] == (f"DataElement not found, dataElementId: {element}")
        assert state(names) == before


@pytest.mark.parametrize("signed", [True, False])
def test_what_one_may_not_read_is_neither_signed_nor_named(
    director: Api, names: Names, signed: bool
) -> None:
    """The document would tell its hash, and a hash tells what can be guessed"""
    names.make("{secret}")
    listed = [{"dataElementId": str(names["secret"]), "signed": signed}]
    before = state(names)
    asked = body(names, dataElementSignatures=listed)
    answer = director.post(address(names, "/sign"), json=asked)
    problem = assert_problem(answer, 403, code="not-permitted")
    assert problem["explanation"]["action"] == "sensitiveRead"
    assert state(names) == before
    assert director.post(address(names, "/sign"), json=body(names)).status_code == 201


@pytest.mark.parametrize("fault", ["gone", "changed"])
def test_content_that_is_not_as_it_was_stored_is_not_signed(
    director: Api, names: Names, own_blobs: Path, fault: str
) -> None:
    """S-263: missing bytes, and others than were stored"""
    element = DataElement.objects.get(pk=names["attachment"])
    if fault == "gone":
        blobs.discard(element.blob_key)
    else:
        (own_blobs / element.blob_key).write_bytes(b"<b/>")
    before = state(names)
    answer = director.post(address(names, "/sign"), json=body(names))
    problem = assert_problem(answer, 404, code="signed-content-unreadable")
    assert problem["detail"] == f"Failed reading file, dataElementId: {element.pk}"
    assert state(names) == before


@pytest.mark.parametrize(
    "change",
    [
        {"dataElementSignatures": None},
        {"dataElementSignatures": [{"dataElementId": "no guid", "signed": True}]},
        {"dataElementSignatures": [{"signed": True}]},
        {"dataElementSignatures": [None]},
        {"signatureDocumentDataType": None},
        {"signee": {"systemUserId": "no guid"}},
        {"generatedFromTask": "x" * 129},
    ],
)
def test_a_request_that_is_none_is_refused(
    director: Api, names: Names, change: dict[str, object]
) -> None:
    """W28: where the original fails with 500"""
    before = state(names)
    answer = director.post(address(names, "/sign"), json=body(names, **change))
    assert_problem(answer, 400, code="validation-failed")
    assert state(names) == before


def test_nothing_is_signed_where_nothing_is(director: Api, names: Names) -> None:
    """S-261: the policy is asked first, and permits nothing on what is unknown"""
    nowhere = f"/storage/api/v1/instances/{P}/{uuid4()}/sign"
    answer = director.post(nowhere, json=body(names))
    assert_problem(answer, 403, code="not-permitted")
    assert signatures(names) == []


def test_nobody_signs_what_another_has_locked(director: Api, names: Names) -> None:
    """D-25"""
    token = take(Api(PLATFORM_HOST, CALLERS["OA"]), names.instance)
    before = state(names)
    answer = director.post(address(names, "/sign"), json=body(names))
    assert_problem(answer, 409, code="instance-locked")
    assert state(names) == before
    answer = director.post(address(names, "/sign"), json=body(names), headers=token)
    assert answer.status_code == 201


def test_a_signature_is_read_and_not_changed(director: Api, names: Names) -> None:
    """S-264"""
    director.post(address(names, "/sign"), json=body(names))
    (element,) = signatures(names)
    url = address(names, f"/data/{element.pk}")
    assert body_of(director.get(url)) == content_of(element)
    answer = director.put(url, body=b"{}", content_type="application/json")
    assert_problem(answer, 409, code="data-element-locked")
    assert_problem(director.delete(url), 409, code="data-element-locked")
    assert signatures(names) == [element]
