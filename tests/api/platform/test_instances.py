"""Instances in storage: create, read, delete, confirm, describe."""

import pytest

from instances import services as instances
from instances.errors import DeletionPrevented
from instances.models import Instance, InstanceEvent
from parties.models import Party
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_element, reread

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_storage_leaves_nulls_out_and_writes_names(
    storage: Api, instance: Instance
) -> None:
    """S-016, S-018, D-21"""
    document = storage.get(f"{ALL}/{instance.instance_id}").json()
    assert document["status"] == {
        "isArchived": False,
        "isSoftDeleted": False,
        "isHardDeleted": False,
        "readStatus": "Read",
    }
    assert "dueBefore" not in document
    assert "party" not in document["instanceOwner"]


@pytest.mark.parametrize("form", ["{}", "{{{}}}", "({})", "hex", "upper"])
def test_guids_are_read_in_every_form_and_written_in_one(
    storage: Api, instance: Instance, form: str
) -> None:
    """S-004"""
    given = {"hex": instance.id.hex, "upper": str(instance.id).upper()}.get(
        form, form.format(instance.id)
    )
    document = storage.get(f"{ALL}/{given}").json()
    assert document["id"] == f"500000/{instance.id}"


@pytest.mark.parametrize(
    "path",
    [f"{ALL}/500000/nei", f"{ALL}/abc/{UNKNOWN}", f"{ALL}/99999999999/{UNKNOWN}"],
    ids=["guid", "party", "party-64-bit"],
)
def test_what_is_no_id_is_no_route(storage: Api, path: str) -> None:
    """S-003, A-002"""
    assert_problem(storage.get(path), 404, code="route-not-found")


def test_an_unknown_instance_is_404_and_so_is_a_wrong_party(
    storage: Api, stranger_storage: Api, instance: Instance
) -> None:
    """M:S-12, M:S-13, S-076, S-083, Z-082: before any right is asked for"""
    for api in (storage, stranger_storage):
        for path in (f"500000/{UNKNOWN}", f"501337/{instance.id}", UNKNOWN):
            assert_problem(api.get(f"{ALL}/{path}"), 404, code="instance-not-found")


def test_creating_in_storage_starts_no_process(storage: Api) -> None:
    """S-085, S-086, S-091, S-092, S-093, S-097, D-21: no status or process of it"""
    body = {
        "instanceOwner": {"partyId": "500000", "organisationNumber": "310000000"},
        "process": {"ended": "2020-01-01T00:00:00Z"},
        "status": {"isHardDeleted": True},
        "dataValues": {"a": "b"},
        "id": "1/2",
        "org": "skd",
    }
    answer = storage.post(f"{ALL}?appId=nav%2Fapp2018", json=body)
    assert answer.status_code == 201
    document = answer.json()
    assert answer["Location"] == document["selfLinks"]["platform"]
    assert document["org"] == "nav"
    assert document["data"] == []
    assert "process" not in document
    assert "dataValues" not in document
    assert document["status"]["isHardDeleted"] is False
    (event,) = InstanceEvent.objects.all()
    assert event.event_type == "Created"


def test_who_makes_an_instance_names_its_owner_as_nobody_else(storage: Api) -> None:
    """T-26: the register's word, for receipts and signatures bear these numbers"""
    stated = {
        "partyId": "500000",
        "personNumber": "01857012345",
        "organisationNumber": "310000000",
        "username": "somebody",
        "externalIdentifier": "urn:altinn:person:idporten-email:a@example.no",
    }
    answer = storage.post(f"{ALL}?appId=nav/app2018", json={"instanceOwner": stated})
    assert answer.status_code == 201, answer.content
    owner = answer.json()["instanceOwner"]
    number = Party.objects.get(pk=500000).org_number
    assert owner == {"partyId": "500000", "organisationNumber": number}


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("?appId=nav/app2018", {}, 400, "instance-owner-invalid"),
        ("?appId=nav/app2018", {"instanceOwner": {}}, 400, "instance-owner-invalid"),
        (
            "?appId=nav/app2018",
            {"instanceOwner": {"partyId": "x"}},
            400,
            "instance-owner-invalid",
        ),
        ("", {"instanceOwner": {"partyId": "500000"}}, 400, "app-id-invalid"),
        ("?appId=nav", {"instanceOwner": {"partyId": "500000"}}, 400, "app-id-invalid"),
        (
            "?appId=nav/x",
            {"instanceOwner": {"partyId": "500000"}},
            404,
            "app-not-found",
        ),
    ],
    ids=["M:S-16", "no-party", "no-number", "no-app", "no-slash", "M:S-17"],
)
def test_mistakes_at_creation(
    storage: Api, query: str, body: object, status: int, code: str
) -> None:
    """S-087, S-088, S-089"""
    assert_problem(storage.post(ALL + query, json=body), status, code=code)
    assert not Instance.objects.exists()


def test_another_type_than_json_is_415(storage: Api) -> None:
    """S-006, S-099"""
    url = f"{ALL}?appId=nav/app2018"
    answer = storage.post(url, body=b"<a/>", content_type="text/xml")
    assert_problem(answer, 415, code="content-type-unsupported")
    assert not Instance.objects.exists()


def test_completing_in_storage(owner_storage: Api, submitted: Instance) -> None:
    """S-111, S-112, M:S-22: once for each stakeholder"""
    url = f"{ALL}/{submitted.instance_id}/complete"
    first = owner_storage.post(url, body=b"ignored", content_type="text/plain")
    second = owner_storage.post(url)
    confirmations = first.json()["completeConfirmations"]
    assert [c["stakeholderId"] for c in confirmations] == ["nav"]
    assert second.json()["completeConfirmations"] == confirmations


def test_deletion_can_be_prevented_for_days(submitted: Instance) -> None:
    """S-105, M:S-21: while the app keeps archived instances"""
    with pytest.raises(DeletionPrevented):
        instances.delete(
            cast.SOPHIE_PRINCIPAL, instance=submitted, hard=False, prevent_days=30
        )
    assert reread(submitted).soft_deleted_at is None


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("Read", 200),
        ("unread", 200),
        ("UpdatedSinceLastReview", 200),
        ("1", 400),
        ("", 400),
    ],
)
def test_read_status(storage: Api, instance: Instance, value: str, status: int) -> None:
    """S-117, S-118, S-119, M:S-23, M:S-24: a name, and no change of the instance"""
    answer = storage.put(f"{ALL}/{instance.instance_id}/readstatus?status={value}")
    assert answer.status_code == status
    assert reread(instance).last_changed == instance.last_changed


def test_deleted_elements_are_there_for_the_owner_alone(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-080, S-138, M:S-36"""
    element = make_element(instance=instance)
    type(element).objects.filter(pk=element.pk).update(deleted_at=element.created)
    url = f"{ALL}/{instance.instance_id}"
    assert storage.get(url).json()["data"] == []
    (shown,) = owner_storage.get(url).json()["data"]
    assert shown["deleteStatus"]["isHardDeleted"] is True
    tail = f"{url}/data/{element.id}"
    assert_problem(storage.get(tail), 404, code="data-element-not-found")
    assert owner_storage.get(tail).status_code == 200


# --- the matrix of who may do what, for users, owners and strangers -------------------
_CALLERS = {
    "AN": None,
    "OA": cast.OWNER,
    "OB": cast.OWNER_WITHOUT_SCOPE,
    "OX": cast.OTHER_OWNER,
    "UW": cast.SOPHIE,
    "UN": cast.STRANGER,
    "weak": cast.WEAK_SOPHIE,
}
_ROWS = {
    # row: (method, path below the instance, {caller: status})
    "S-10": (
        "GET",
        "",
        {"AN": 401, "OA": 200, "OB": 200, "OX": 403, "UW": 200, "UN": 403},
    ),
    "S-19": ("DELETE", "", {"AN": 401, "OA": 403, "OX": 403, "UW": 200, "UN": 403}),
    "S-22": (
        "POST",
        "/complete",
        {"AN": 401, "OA": 200, "OB": 200, "OX": 403, "UW": 403},
    ),
    "S-23": (
        "PUT",
        "/readstatus?status=read",
        {"AN": 401, "OA": 200, "OX": 403, "UN": 403},
    ),
    "S-24": (
        "PUT",
        "/readstatus?status=bogus",
        {"AN": 401, "OA": 400, "UW": 400, "UN": 403},
    ),
    "S-32": (
        "GET",
        "/dataelements",
        {"AN": 401, "OA": 200, "OX": 403, "UW": 200, "UN": 403},
    ),
    "S-70": ("GET", "/events", {"AN": 401, "OA": 200, "OX": 403, "UW": 200, "UN": 403}),
    "level": ("GET", "", {"weak": 403}),
}
_CELLS = [
    pytest.param(method, path, caller, status, id=f"M:{row}-{caller}")
    for row, (method, path, cells) in _ROWS.items()
    for caller, status in cells.items()
]


@pytest.mark.parametrize(("method", "path", "caller", "status"), _CELLS)
def test_matrix(
    instance: Instance, method: str, path: str, caller: str, status: int
) -> None:
    """Authorization.md §6.2; a denial changes nothing"""
    api = Api(PLATFORM_HOST, _CALLERS[caller])
    answer = api.call(method, f"{ALL}/{instance.instance_id}{path}")
    assert answer.status_code == status
    if status >= 400:
        row = reread(instance)
        assert row.last_changed == instance.last_changed
        assert row.confirmations is None
        assert row.soft_deleted_at is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", ""),
        ("POST", "/complete"),
        ("PUT", "/readstatus?status=read"),
        ("POST", "/data?dataType=default"),
        ("GET", "/events"),
    ],
    ids=["M:S-20", "complete", "readstatus", "M:S-49", "M:S-74"],
)
def test_what_asks_the_policy_first_tells_no_unknown_from_a_forbidden_one(
    storage: Api, stranger_storage: Api, instance: Instance, method: str, path: str
) -> None:
    """Z-109, T-35: same status, code and detail"""
    unknown = storage.call(method, f"{ALL}/500000/{UNKNOWN}{path}", body=b"x")
    url = f"{ALL}/{instance.instance_id}{path}"
    forbidden = stranger_storage.call(method, url, body=b"x")
    one = assert_problem(unknown, 403, code="not-permitted")
    other = assert_problem(forbidden, 403, code="not-permitted")
    assert one["detail"] == other["detail"]


def test_a_level_below_the_policys_minimum_says_which_it_takes(
    instance: Instance,
) -> None:
    """S-038, A-018, Z-071"""
    api = Api(PLATFORM_HOST, cast.WEAK_SOPHIE)
    answer = api.get(f"{ALL}/{instance.instance_id}")
    document = assert_problem(answer, 403, code="authentication-level-too-low")
    assert document["RequiredAuthenticationLevel"] == "2"


def test_owner_party_of_another_is_refused(storage: Api) -> None:
    """M:S-18"""
    answer = storage.post(
        f"{ALL}?appId=nav/app2018", json={"instanceOwner": {"partyId": "510004"}}
    )
    assert_problem(answer, 403, code="not-permitted")
    assert not Instance.objects.exists()
    assert Party.objects.filter(pk=510004).exists()
