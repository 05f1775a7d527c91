"""Documents of storage as the checklist has them, and what bad bodies are told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.prepared_writes import Write, run
from common.times import wire_time
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import FORM, PDF, make_instance, now, reread

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
APP = f"{ALL}?appId=nav/app2018"
NEW = {"instanceOwner": {"partyId": "500000"}}
HOST = f"http://{PLATFORM_HOST}:8000"


def url_of(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance."""
    return f"{ALL}/{instance.instance_id}{tail}"


# --- documents ------------------------------------------------------------------------
def test_an_instance_and_its_elements_say_where_they_are(
    storage: Api, element: DataElement
) -> None:
    """S-057, S-058, S-059, S-075: absolute, and callable as they are given"""
    instance = element.instance
    document = storage.get(url_of(instance)).json()
    assert document["id"] == f"500000/{instance.id}"
    assert document["selfLinks"]["platform"] == f"{HOST}{url_of(instance)}"
    (data,) = document["data"]
    link = data["selfLinks"]["platform"]
    assert link == f"{HOST}{url_of(instance)}/data/{element.id}"
    assert body_of(storage.get(link.removeprefix(HOST))) == FORM


def test_a_new_element_has_all_that_is_always_there(
    storage: Api, instance: Instance
) -> None:
    """S-060, S-061, S-146, S-384: with defaults, and nothing that is null"""
    answer = storage.post(url_of(instance, "/data?dataType=vedlegg"), body=PDF)
    document = answer.json()
    assert answer["Location"] == document["selfLinks"]["platform"]
    always = {"locked": False, "isRead": True, "tags": [], "refs": []}
    assert document.items() >= {**always, "size": len(PDF)}.items()
    assert document["fileScanResult"] == "NotApplicable"
    path = f"nav/app2018/{instance.id}/data/{document['id']}"
    assert document["blobStoragePath"] == path
    for name in ("filename", "references", "metadata", "deleteStatus", "contentHash"):
        assert name not in document
    assert None not in document.values()


def test_small_parts_of_documents_write_nulls(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-068: a value, a relation and a description that nobody gave"""
    url = url_of(element.instance, f"/dataelements/{element.id}")
    ids = {"id": str(element.id), "instanceGuid": str(element.instance_id)}
    body = {
        **ids,
        "metadata": [{"key": "a"}],
        "userDefinedMetadata": [{"key": "b", "value": None}],
        "references": [
            {"value": "c"},
            {"value": "d", "relation": 0, "valueType": "task"},
        ],
    }
    document = storage.put(url, json=body).json()
    assert document["metadata"] == [{"key": "a", "value": None}]
    assert document["userDefinedMetadata"] == [{"key": "b", "value": None}]
    assert document["references"] == [
        {"value": "c", "relation": None, "valueType": None},
        {"value": "d", "relation": "GeneratedFrom", "valueType": "Task"},
    ]
    assert storage.get(url).json() == document
    substatus = {"label": "x", "description": None}
    answer = owner_storage.put(
        url_of(element.instance, "/substatus"), json={"label": "x"}
    )
    assert answer.json()["status"]["substatus"] == substatus


@pytest.mark.parametrize("description", ["", " ", " a b "])
def test_texts_are_kept_as_they_are_given(
    storage: Api, owner_storage: Api, element: DataElement, description: str
) -> None:
    """S-124, S-188: with their blanks, and also when there is nothing else"""
    given = {"label": " x ", "description": description}
    url = url_of(element.instance, "/substatus")
    answer = owner_storage.put(url, json=given)
    assert answer.status_code == 200
    assert answer.json()["status"]["substatus"] == given
    assert reread(element.instance).substatus == given
    values = [{"key": "k", "value": description}]
    ids = {"id": str(element.id), "instanceGuid": str(element.instance_id)}
    body = {**ids, "metadata": values, "userDefinedMetadata": values}
    url = url_of(element.instance, f"/dataelements/{element.id}")
    document = storage.put(url, json=body).json()
    assert document["metadata"] == document["userDefinedMetadata"] == values


def test_a_page_writes_its_nulls(storage: Api, instance: Instance) -> None:
    """S-071, S-303: of the last page, and where a user asks for what is gone"""
    query = f"{ALL}?instanceOwner.partyId=500000"
    page = storage.get(query).json()
    assert page.keys() == {"count", "self", "next", "instances"}
    assert (page["count"], page["next"]) == (1, None)
    assert page["self"] == f"{HOST}{query}"
    Instance.objects.update(hard_deleted_at=now(), soft_deleted_at=now())
    asked = f"{query}&status.isHardDeleted=true"
    assert storage.get(asked).json() == {
        "count": 0,
        "self": f"{HOST}{asked}",
        "next": None,
        "instances": [],
    }


def test_a_line_of_studio_has_the_first_confirmation(submitted: Instance) -> None:
    """S-073: the earliest, whatever their order"""
    first, later = now() - timedelta(days=2), now() - timedelta(days=1)
    confirmations = [
        {"stakeholderId": "nav", "confirmedOn": wire_time(later)},
        {"stakeholderId": "skd", "confirmedOn": wire_time(first)},
    ]
    Instance.objects.filter(pk=submitted.pk).update(confirmations=confirmations)
    url = "/storage/api/v1/studio/instances/nav/app2018"
    (line,) = Api(PLATFORM_HOST, cast.DESIGNER).get(url).json()["instances"]
    assert line["confirmedAt"] == wire_time(first)


def test_what_is_deleted_is_read_all_the_same(storage: Api) -> None:
    """S-081: softly or for good, as long as it is there"""
    for states in ({"soft_deleted": True}, {"hard_deleted": True}):
        gone = make_instance(**states)  # type: ignore[arg-type]  # flags
        document = storage.get(url_of(gone)).json()
        assert document["status"]["isSoftDeleted"] is True
        assert document["status"]["isHardDeleted"] is ("hard_deleted" in states)


def test_the_newest_change_comes_first_unless_asked(owner_storage: Api) -> None:
    """S-329: in any case of letters, with the field or without"""
    made = [make_instance().instance_id for _ in range(3)]
    for order, expected in (
        ("", made[::-1]),
        ("&order=DESC:lastChanged", made[::-1]),
        ("&order=asc:lastChanged", made),
        ("&order=ASC", made),
    ):
        page = owner_storage.get(f"{APP}{order}").json()
        assert [one["id"] for one in page["instances"]] == expected, order
    for order in ("asc:created", "desc:created", "newest"):
        answer = owner_storage.get(f"{APP}&order={order}")
        assert_problem(answer, 400, code="parameter-invalid")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("visibleAfter", "visible_after"),
        ("dueBefore", "due_before"),
        ("process.ended", "process_ended"),
    ],
)
def test_times_of_the_document_are_compared_as_times(
    owner_storage: Api, name: str, column: str
) -> None:
    """S-320: with offsets, and however many digits they have; what lacks one is none"""
    moment = now().replace(microsecond=500_000) - timedelta(days=1)
    made = make_instance(submitted=True)
    Instance.objects.filter(pk=made.pk).update(**{column: moment})
    other = make_instance()
    Instance.objects.filter(pk=other.pk).update(
        visible_after=moment + timedelta(hours=1)
    )
    text = wire_time(moment)
    offset = text.replace("Z", "%2B00:00")
    for query in (
        f"{name}=eq:{text}",
        f"{name}=eq:{text.replace('.5Z', '.5000000Z')}",
        f"{name}=eq:{offset}",
        f"{name}=lte:{text}",
        f"{name}=gte:{text}&{name}=lt:{text.replace('.5Z', '.6Z')}",
    ):
        found = owner_storage.get(f"{APP}&{query}").json()["instances"]
        assert [one["id"] for one in found] == [made.instance_id], query


# --- creating -------------------------------------------------------------------------
def test_only_the_named_members_of_a_template_are_copied(owner_storage: Api) -> None:
    """S-092, S-093: and neither status nor process, which are the server's"""
    body = {
        "instanceOwner": {
            "partyId": 500000,
            "organisationNumber": 897069650,
            "username": "u",
            "externalIdentifier": "urn:x",
        },
        "appId": "skd/other",
        "org": "skd",
        "dueBefore": "2030-01-31T12:00:00+01:00",
        "visibleAfter": "2020-01-31",
        "dataValues": {"a": "b"},
        "presentationTexts": {"c": "d"},
        "completeConfirmations": [{"stakeholderId": "nav"}],
        "data": [{"id": "x"}],
        "status": {"isArchived": True},
        "process": {"ended": "2020-01-01T00:00:00Z"},
    }
    document = owner_storage.post(APP, json=body).json()
    assert document["instanceOwner"] == {
        "partyId": "500000",
        "organisationNumber": "897069650",
        "username": "u",
        "externalIdentifier": "urn:x",
    }
    assert (document["appId"], document["org"]) == ("nav/app2018", "nav")
    assert document["dueBefore"] == "2030-01-31T11:00:00Z"
    assert document["visibleAfter"] == "2020-01-31T00:00:00Z"
    assert document["dataValues"] == {"a": "b"}
    assert document["data"] == []
    for name in ("presentationTexts", "completeConfirmations", "process"):
        assert name not in document
    assert document["status"]["isArchived"] is False


def test_nothing_is_left_of_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """S-098: neither row nor event, and the answer says nothing of what failed"""

    written: list[bool] = []

    def failing(*writes: Write) -> int:
        run(*writes)
        written.extend([Instance.objects.exists(), InstanceEvent.objects.exists()])
        raise RuntimeError("a secret of the database")

    monkeypatch.setattr("instances.references.run", failing)
    answer = Client(raise_request_exception=False).post(
        APP,
        NEW,
        content_type="application/json",
        headers={
            "Host": f"{PLATFORM_HOST}:8000",
            "Authorization": f"Bearer {cast.SOPHIE.token()}",
        },
    )
    problem = assert_problem(answer, 500, code="internal-error")
    assert "secret" not in str(problem)
    assert written == [True, True]
    assert not Instance.objects.exists()
    assert not InstanceEvent.objects.exists()


def test_a_failure_tells_nothing_of_the_server(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-020, S-084: a problem like any other, and the trace is in the log"""

    def failing(*args: object) -> None:
        raise RuntimeError("a secret of the database")

    monkeypatch.setattr("api.reads.instance_with_elements", failing)
    answer = Client(raise_request_exception=False).get(
        url_of(instance),
        headers={
            "Host": f"{PLATFORM_HOST}:8000",
            "Authorization": f"Bearer {cast.SOPHIE.token()}",
        },
    )
    problem = assert_problem(answer, 500, code="internal-error")
    assert problem.keys() == {
        "type", "title", "status", "detail", "instance", "traceId", "code",
    }  # fmt: skip
    assert "secret" not in str(problem)
    assert "Traceback" not in str(problem)


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (cast.STRANGER, "not-permitted"),
        (cast.OTHER_OWNER, "not-permitted"),
        (cast.WEAK_SOPHIE, "authentication-level-too-low"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_who_may_not_create(person: cast.Person, code: str) -> None:
    """S-090, S-038: by right and by level"""
    answer = Api(PLATFORM_HOST, person).post(APP, json=NEW)
    assert_problem(answer, 403, code=code)
    assert not Instance.objects.exists()


# --- bad bodies and nobody ------------------------------------------------------------
@pytest.mark.parametrize("body", [b"", b"null", b" \n"])
@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("PUT", "/substatus"),
        ("PUT", "/presentationtexts"),
        ("PUT", "/datavalues"),
        ("PUT", "/process"),
        ("PUT", "/process/instanceandevents"),
        ("POST", "/lock"),
        ("POST", "/events"),
    ],
)
def test_a_body_is_wanted(
    owner_storage: Api, instance: Instance, method: str, tail: str, body: bytes
) -> None:
    """S-010, S-011: under no member's name, with Altinn's title"""
    answer = owner_storage.call(
        method, url_of(instance, tail), body=body, content_type="application/json"
    )
    problem = assert_problem(answer, 400, code="body-missing")
    assert problem["title"] == "One or more validation errors occurred."
    assert problem["errors"] == {"": ["A non-empty request body is required."]}
    assert reread(instance).last_changed == instance.last_changed


@pytest.mark.parametrize(
    ("tail", "name"),
    [
        ("?hard=maybe", "hard"),
        ("/data?dataType=default&refs=x", "refs"),
        ("/process/instanceandevents?deleteGeneratedElements=x", None),
    ],
)
def test_a_parameter_that_is_none_is_named(
    storage: Api, instance: Instance, tail: str, name: str | None
) -> None:
    """S-010, S-108, S-156, S-239: what is wrong, by parameter"""
    method = {"?": "DELETE", "/": "POST" if "/data" in tail else "PUT"}[tail[0]]
    body = b"x" if "/data" in tail else b"{}"
    answer = storage.call(
        method, url_of(instance, tail), body=body, content_type="application/json"
    )
    problem = assert_problem(answer, 400, code="parameter-invalid")
    assert problem["title"] == "One or more validation errors occurred."
    assert list(problem["errors"]) == [name or "deleteGeneratedElements"]


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/complete"),
        ("PUT", "/readstatus?status=read"),
        ("POST", "/data?dataType=default"),
        ("PUT", "/process"),
        ("POST", "/sign"),
        ("GET", "/events"),
    ],
)
def test_nobody_is_refused_before_anything_is_looked_up(
    instance: Instance, method: str, tail: str
) -> None:
    """S-056: no statement, whether the instance is there or not"""
    api = Api(PLATFORM_HOST)
    with CaptureQueriesContext(connection) as captured:
        answer = api.call(method, url_of(instance, tail), body=b"x")
    assert_problem(answer, 401, code="token-missing")
    assert not captured.captured_queries
