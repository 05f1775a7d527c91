"""Instances in storage, row by row of its checklist: what is stored, told and kept."""

from datetime import UTC, datetime

import pytest

from instances.choices import ReadStatus
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NEW = {"instanceOwner": {"partyId": "500000"}}


def url_of(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance."""
    return f"{ALL}/{instance.instance_id}{tail}"


def events_of(instance: Instance) -> list[str]:
    """Return the types of an instance's events, oldest first."""
    return [one.event_type for one in InstanceEvent.objects.of(instance.id)]


def create(api: Api, **members: object) -> Instance:
    """Create an instance in storage and return its row."""
    answer = api.post(f"{ALL}?appId=nav/app2018", json={**NEW, **members})
    assert answer.status_code == 201, answer.content
    return Instance.objects.get(pk=answer.json()["id"].split("/")[1])


# --- read -----------------------------------------------------------------------------
def test_a_read_by_guid_alone_is_the_same(storage: Api, instance: Instance) -> None:
    """S-079, S-082: elements in the order they were made"""
    made = [str(make_element(instance=instance).id) for _ in range(3)]
    document = storage.get(url_of(instance)).json()
    assert [one["id"] for one in document["data"]] == made
    assert storage.get(f"{ALL}/{instance.id}").json() == document


def test_what_cannot_be_read(
    storage: Api, stranger_storage: Api, instance: Instance
) -> None:
    """S-076, S-077, S-037: 404 for what is not there, 403 for what is not permitted"""
    unknown = storage.get(f"{ALL}/500000/{UNKNOWN}")
    assert UNKNOWN in assert_problem(unknown, 404, code="instance-not-found")["detail"]
    assert_problem(stranger_storage.get(url_of(instance)), 403, code="not-permitted")


# --- create ---------------------------------------------------------------------------
def test_a_new_instance_says_where_who_and_when(storage: Api) -> None:
    """S-085, S-086, S-091, S-094, S-096, S-097: id and times are the server's"""
    before = datetime.now(UTC)
    body = {**NEW, "id": f"1/{UNKNOWN}", "created": "2001-01-01T00:00:00Z"}
    answer = storage.post(f"{ALL}?appId=nav/app2018", json=body)
    document = answer.json()
    assert answer["Location"] == document["selfLinks"]["platform"]
    assert document["data"] == []
    assert UNKNOWN not in document["id"]
    row = Instance.objects.get(pk=document["id"].split("/")[1])
    assert row.created == row.last_changed == row.visible_after
    assert before <= row.created <= datetime.now(UTC)
    assert row.created_by == row.last_changed_by == "1337"
    (event,) = InstanceEvent.objects.of(row.id)
    assert (event.event_type, event.process) == ("Created", {})


def test_times_without_a_zone_are_utc(storage: Api) -> None:
    """S-095, S-017: and no more digits than they have"""
    row = create(storage, dueBefore="2030-01-31T12:00:00.120")
    assert row.due_before == datetime(2030, 1, 31, 12, 0, 0, 120_000, tzinfo=UTC)
    document = storage.get(url_of(row)).json()
    assert document["dueBefore"] == "2030-01-31T12:00:00.12Z"


@pytest.mark.parametrize(
    ("app", "body", "status", "code"),
    [
        ("nav/app2018", {}, 400, "instance-owner-invalid"),
        ("nav/app2018", {"instanceOwner": {}}, 400, "instance-owner-invalid"),
        (
            "nav/app2018",
            {"instanceOwner": {"partyId": " "}},
            400,
            "instance-owner-invalid",
        ),
        (
            "nav/app2018",
            {"instanceOwner": {"partyId": "ti"}},
            400,
            "instance-owner-invalid",
        ),
        ("nav", NEW, 400, "app-id-invalid"),
        ("nav/finnesikke", NEW, 404, "app-not-found"),
    ],
)
def test_mistakes_make_nothing(
    storage: Api, app: str, body: object, status: int, code: str
) -> None:
    """S-087, S-088, S-089: none of them a 500"""
    answer = storage.post(f"{ALL}?appId={app}", json=body)
    assert_problem(answer, status, code=code)
    assert not Instance.objects.exists()


def test_only_json_makes_an_instance(storage: Api) -> None:
    """S-099"""
    answer = storage.post(f"{ALL}?appId=nav/app2018", body=b"a=b", content_type="x/y")
    assert_problem(answer, 415, code="content-type-unsupported")
    assert not Instance.objects.exists()


# --- delete ---------------------------------------------------------------------------
def test_a_hard_deletion_keeps_when_it_was_softly_deleted(
    storage: Api, instance: Instance
) -> None:
    """S-101, S-102, S-103: 200 with the instance, without its elements"""
    make_element(instance=instance)
    softly = storage.delete(url_of(instance))
    assert softly.status_code == 200
    assert softly.json()["data"] == []
    first = reread(instance).soft_deleted_at
    storage.delete(url_of(instance, "?hard=true"))
    row = reread(instance)
    assert row.soft_deleted_at == first
    assert row.hard_deleted_at is not None and row.hard_deleted_at > first
    assert events_of(instance)[-2:] == ["Deleted", "Deleted"]


def test_a_hard_deletion_alone_sets_both(storage: Api, instance: Instance) -> None:
    """S-101"""
    storage.delete(url_of(instance, "?hard=true"))
    row = reread(instance)
    assert row.soft_deleted_at == row.hard_deleted_at is not None


def test_deletions_that_are_refused_change_nothing(
    storage: Api, stranger_storage: Api, instance: Instance
) -> None:
    """S-037, S-108, M:S-20"""
    answer = storage.delete(url_of(instance, "?hard=kanskje"))
    assert_problem(answer, 400, code="parameter-invalid")
    unknown = storage.delete(f"{ALL}/500000/{UNKNOWN}")
    assert_problem(unknown, 403, code="not-permitted")
    assert stranger_storage.delete(url_of(instance)).status_code == 403
    assert reread(instance).soft_deleted_at is None
    assert "Deleted" not in events_of(instance)


# --- complete -------------------------------------------------------------------------
def test_a_confirmation_is_stored_once(
    storage: Api, owner_storage: Api, submitted: Instance
) -> None:
    """S-111, S-112, S-113, S-114, S-116"""
    assert storage.post(url_of(submitted, "/complete")).status_code == 403
    assert not reread(submitted).confirmed
    first = owner_storage.post(url_of(submitted, "/complete"))
    (confirmation,) = first.json()["completeConfirmations"]
    assert confirmation["stakeholderId"] == "nav"
    assert first.json()["selfLinks"]["platform"].endswith(submitted.instance_id)
    row = reread(submitted)
    assert row.confirmed
    assert row.last_changed_by == cast.OWNER_PRINCIPAL.id
    again = owner_storage.post(url_of(submitted, "/complete"))
    assert again.json()["lastChanged"] == first.json()["lastChanged"]
    assert events_of(submitted).count("ConfirmedComplete") == 1
    listed = owner_storage.get(f"{ALL}?org=nav&confirmed=false").json()
    assert submitted.instance_id not in [one["id"] for one in listed["instances"]]


# --- read status and substatus --------------------------------------------------------
@pytest.mark.parametrize("given", ["read", "READ", "Read"])
def test_a_read_status_is_a_name_in_any_case(
    storage: Api, instance: Instance, given: str
) -> None:
    """S-117, S-119: no change of the instance, and no event"""
    Instance.objects.filter(pk=instance.pk).update(read_status=ReadStatus.UNREAD)
    before = events_of(instance)
    answer = storage.put(url_of(instance, f"/readstatus?status={given}"))
    assert answer.json()["status"]["readStatus"] == "Read"
    assert reread(instance).last_changed == instance.last_changed
    assert events_of(instance) == before


def test_reading_is_right_enough_for_a_read_status(
    storage: Api, submitted: Instance
) -> None:
    """S-120: at the end, where she may write no more"""
    texts = storage.put(
        url_of(submitted, "/presentationtexts"), json={"texts": {"a": "b"}}
    )
    assert_problem(texts, 403, code="not-permitted")
    answer = storage.put(url_of(submitted, "/readstatus?status=Unread"))
    assert answer.json()["status"]["readStatus"] == "Unread"
    assert reread(submitted).read_status == ReadStatus.UNREAD


def test_another_read_status_is_told_what_there_is(
    storage: Api, instance: Instance
) -> None:
    """S-118"""
    answer = storage.put(url_of(instance, "/readstatus?status=Lest"))
    detail = assert_problem(answer, 400, code="read-status-invalid")["detail"]
    for name in ("Unread", "Read", "UpdatedSinceLastReview"):
        assert name in detail
    assert reread(instance).read_status == instance.read_status


def test_the_same_read_status_writes_nothing(
    storage: Api, instance: Instance, django_assert_max_num_queries: object
) -> None:
    """S-121"""
    url = url_of(instance, "/readstatus?status=Read")
    storage.put(url)
    with django_assert_max_num_queries(8) as captured:  # type: ignore[operator]  # a fixture
        storage.put(url)
    statements = [one["sql"] for one in captured.captured_queries]
    assert not [one for one in statements if one.startswith("UPDATE")]


def test_a_substatus_is_replaced_whole_by_the_owner(
    owner_storage: Api, submitted: Instance
) -> None:
    """S-068, S-122, S-124, S-125"""
    url = url_of(submitted, "/substatus")
    owner_storage.put(url, json={"label": "Mottatt", "description": "Vi ser på den."})
    answer = owner_storage.put(url, json={"label": "Ferdig"})
    status = answer.json()["status"]
    assert status["substatus"] == {"label": "Ferdig", "description": None}
    assert status["isArchived"] is True
    assert reread(submitted).last_changed_by == cast.OWNER_PRINCIPAL.id
    assert events_of(submitted).count("SubstatusUpdated") == 2


def test_substatuses_that_are_refused(
    storage: Api, owner_storage: Api, submitted: Instance
) -> None:
    """S-122, S-123, S-126: nothing changes"""
    url = url_of(submitted, "/substatus")
    assert storage.put(url, json={"label": "Min"}).status_code == 403
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    assert other.put(url, json={"label": "Vår"}).status_code == 403
    answer = owner_storage.put(url, json={"description": "uten navn"})
    assert answer.status_code == 400
    unknown = owner_storage.put(
        f"{ALL}/500000/{UNKNOWN}/substatus", json={"label": "Mottatt"}
    )
    assert unknown.status_code == 404
    assert reread(submitted).substatus is None


# --- what holds throughout ------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "performer"),
    [
        (cast.SOPHIE, "1337"),
        (cast.OWNER, "310000000"),
        (cast.SYSTEM_USER, "353801961"),
    ],
    ids=["user", "owner", "system-user"],
)
def test_who_did_it_stands_on_the_row_and_in_the_event(
    person: cast.Person, performer: str
) -> None:
    """S-027, S-028, S-029, S-030, S-069, S-364: by kind of caller"""
    principal = person.principal()
    row = make_instance(by=principal)
    assert row.created_by == performer
    created = InstanceEvent.objects.of(row.id)[0]
    assert created.actor["authenticationLevel"] == principal.level
    expected = {
        "1337": {"userId": 1337},
        "310000000": {"orgId": "nav"},
        "353801961": {
            "systemUserId": principal.system_user_id,
            "systemUserOwnerOrgNo": "353801961",
            "systemId": "312009579_fakturaflyt",
        },
    }[performer]
    assert created.actor == {**expected, "authenticationLevel": principal.level}


def test_what_is_archived_stays_archived(
    storage: Api, owner_storage: Api, submitted: Instance
) -> None:
    """S-367: by the end of the process alone, and nothing takes it back"""
    archived = reread(submitted).archived_at
    assert archived is not None
    owner_storage.post(url_of(submitted, "/complete"))
    owner_storage.put(url_of(submitted, "/substatus"), json={"label": "Mottatt"})
    storage.put(url_of(submitted, "/readstatus?status=Unread"))
    assert reread(submitted).archived_at == archived


def test_a_time_on_the_wire_is_the_time_of_the_column(
    storage: Api, instance: Instance
) -> None:
    """S-363: to the microsecond, so that a filter by it finds the row"""
    stamp = storage.get(url_of(instance)).json()["lastChanged"]
    assert datetime.fromisoformat(stamp) == reread(instance).last_changed
    found = storage.get(
        f"{ALL}?instanceOwner.partyId=500000&lastChanged=eq:{stamp}"
    ).json()
    assert [one["id"] for one in found["instances"]] == [instance.instance_id]
