"""An owner's queue over HTTP: lease, confirm, put back, renew, stuck (wish N3)."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from instances.models import Instance, InstanceEvent, QueueLease
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_element, make_instance

QUEUE = "/storage/api/v1/queues/nav/app2018"
LEASE = f"{QUEUE}/lease"
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that the test moves."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def ids(answer: object) -> list[str]:
    """Return the ids of the instances in an answer."""
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["instances"]]


def waiting(count: int) -> list[str]:
    """Make ended instances that nobody has confirmed; return their ids."""
    return [make_instance(submitted=True).instance_id for _ in range(count)]


def act(owner: Api, lease_id: object, verb: str, *instances: str) -> object:
    """Say something about a lease, or about some of its instances."""
    url = f"{QUEUE}/leases/{lease_id}/{verb}"
    guids = [one.partition("/")[2] for one in instances]
    return owner.post(url, json={"instances": guids}) if guids else owner.post(url)


def test_a_batch_is_nobody_elses_and_the_longest_waiting_come_first(
    owner_storage: Api,
) -> None:
    there = waiting(5)
    first = owner_storage.post(f"{LEASE}?max=3&visibility=60")
    assert ids(first) == there[:3]
    assert first.json()["count"] == 3
    second = owner_storage.post(LEASE)
    assert ids(second) == there[3:]
    assert first.json()["leaseId"] != second.json()["leaseId"]
    assert ids(owner_storage.post(LEASE)) == []


def test_only_what_is_ended_and_unconfirmed_is_in_the_queue(
    owner_storage: Api,
) -> None:
    """What its party has deleted is still to be received, as §6.7 keeps it for that"""
    make_instance()
    make_instance(confirmed=True)
    deleted = make_instance(submitted=True, hard_deleted=True)
    assert ids(owner_storage.post(LEASE)) == [deleted.instance_id]


def test_the_documents_have_the_data_unless_it_is_not_wanted(
    owner_storage: Api,
) -> None:
    waiting(2)
    (one,) = owner_storage.post(f"{LEASE}?max=1").json()["instances"]
    assert [element["dataType"] for element in one["data"]] == ["default"]
    bare = owner_storage.post(f"{LEASE}?includeDataElements=false").json()["instances"]
    assert [one["data"] for one in bare] == [[]]


def test_a_lease_that_ends_hands_its_instances_out_again(
    owner_storage: Api, clock: time_machine.Traveller
) -> None:
    there = waiting(1)
    owner_storage.post(f"{LEASE}?visibility=60")
    clock.shift(59)
    assert ids(owner_storage.post(LEASE)) == []
    clock.shift(2)
    assert ids(owner_storage.post(LEASE)) == there


def test_confirming_takes_out_of_the_queue_and_is_the_instances_own_confirmation(
    owner_storage: Api, clock: time_machine.Traveller
) -> None:
    there = waiting(3)
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    clock.shift(1)
    assert act(owner_storage, lease_id, "complete").json() == {"count": 3}
    for instance in Instance.objects.all():
        assert instance.confirmed
        assert instance.confirmed_by == " nav "
        assert [c["stakeholderId"] for c in instance.confirmations] == ["nav"]
        assert instance.last_changed == timezone.now()
        assert instance.last_changed_by == "310000000"
    lines = InstanceEvent.objects.filter(event_type="ConfirmedComplete")
    assert lines.count() == 3
    assert {line.actor["orgId"] for line in lines} == {"nav"}
    clock.shift(600)
    assert ids(owner_storage.post(LEASE)) == []
    # Said again, as after a lost answer, it changes nothing.
    before = list(Instance.objects.order_by("pk").values())
    assert act(owner_storage, lease_id, "complete").json() == {"count": 3}
    assert list(Instance.objects.order_by("pk").values()) == before
    assert lines.count() == 3
    assert len(there) == 3


def test_confirming_one_by_its_own_address_takes_it_out_too(owner_storage: Api) -> None:
    (one,) = waiting(1)
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    assert owner_storage.post(f"/storage/api/v1/instances/{one}/complete").json()
    assert act(owner_storage, lease_id, "complete").json() == {"count": 1}
    assert InstanceEvent.objects.filter(event_type="ConfirmedComplete").count() == 1


def test_another_stakeholders_confirmation_stays_beside_the_owners(
    owner_storage: Api,
) -> None:
    instance = make_instance(submitted=True)
    other = {"stakeholderId": "skd", "confirmedOn": "2026-01-01T00:00:00Z"}
    Instance.objects.update(confirmations=[other], confirmed_by=" skd ")
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    assert act(owner_storage, lease_id, "complete").json() == {"count": 1}
    instance.refresh_from_db()
    assert [c["stakeholderId"] for c in instance.confirmations] == ["skd", "nav"]
    assert instance.confirmed_by == " skd  nav "


def test_some_can_be_confirmed_and_the_rest_put_back(owner_storage: Api) -> None:
    there = waiting(3)
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    assert act(owner_storage, lease_id, "complete", there[0]).json() == {"count": 1}
    assert act(owner_storage, lease_id, "release", there[1]).json() == {"count": 1}
    assert ids(owner_storage.post(LEASE)) == [there[1]]
    assert Instance.objects.filter(confirmed=True).count() == 1


def test_a_renewed_lease_ends_later(
    owner_storage: Api, clock: time_machine.Traveller
) -> None:
    there = waiting(2)
    lease_id = owner_storage.post(f"{LEASE}?visibility=60").json()["leaseId"]
    clock.shift(50)
    url = f"{QUEUE}/leases/{lease_id}/renew?visibility=60"
    guid = there[0].partition("/")[2]
    renewed = owner_storage.post(url, json={"instances": [guid]})
    assert renewed.json()["count"] == 1
    clock.shift(50)
    assert ids(owner_storage.post(LEASE)) == there[1:]


@pytest.mark.parametrize("verb", ["complete", "release", "renew"])
def test_what_another_has_leased_since_is_lost_and_nothing_changes(
    owner_storage: Api, clock: time_machine.Traveller, verb: str
) -> None:
    there = waiting(2)
    late = owner_storage.post(f"{LEASE}?visibility=60").json()["leaseId"]
    clock.shift(61)
    owner_storage.post(f"{LEASE}?max=1")
    before = list(QueueLease.objects.order_by("pk").values())
    answer = act(owner_storage, late, verb, *there)
    assert there[0].partition("/")[2] in answer.json()["detail"]
    assert_problem(answer, 409, code="queue-lease-lost")
    assert list(QueueLease.objects.order_by("pk").values()) == before
    assert not Instance.objects.filter(confirmed=True).exists()
    # What nobody else has taken meanwhile is the first one's still.
    assert act(owner_storage, late, verb, there[1]).json()["count"] == 1


@pytest.mark.parametrize("verb", ["complete", "release", "renew"])
def test_a_lease_that_never_was_holds_nothing(owner_storage: Api, verb: str) -> None:
    waiting(1)
    answer = act(owner_storage, uuid4(), verb)
    assert_problem(answer, 409, code="queue-lease-lost")
    assert not QueueLease.objects.exists()


def test_a_lease_of_one_apps_queue_is_none_of_anothers(owner_storage: Api) -> None:
    waiting(1)
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    QueueLease.objects.update(app_id="nav/other")
    answer = act(owner_storage, lease_id, "release")
    assert_problem(answer, 409, code="queue-lease-lost")


def test_after_five_leases_an_instance_is_stuck_until_it_is_reset(
    owner_storage: Api, clock: time_machine.Traveller
) -> None:
    (there,) = waiting(1)
    for _ in range(5):
        assert ids(owner_storage.post(f"{LEASE}?visibility=60")) == [there]
        assert owner_storage.get(f"{QUEUE}/stuck").json()["count"] == 0
        clock.shift(61)
    assert ids(owner_storage.post(LEASE)) == []
    (stuck,) = owner_storage.get(f"{QUEUE}/stuck").json()["instances"]
    assert (stuck["id"], stuck["leases"]) == (there, 5)
    assert owner_storage.post(f"{QUEUE}/stuck/reset").json() == {"count": 1}
    assert owner_storage.get(f"{QUEUE}/stuck").json()["count"] == 0
    assert ids(owner_storage.post(LEASE)) == [there]


def test_what_is_stuck_comes_in_pages_and_leaves_when_it_is_confirmed(
    owner_storage: Api,
) -> None:
    there = waiting(5)
    owner_storage.post(LEASE)
    past = timezone.now() - timedelta(minutes=1)
    QueueLease.objects.update(leases=5, leased_until=past)
    owner_storage.post(f"/storage/api/v1/instances/{there[4]}/complete")
    found, url = [], f"{QUEUE}/stuck?size=2"
    while url:
        page = owner_storage.get(url.partition(":8000")[2] or url).json()
        found += [one["id"] for one in page["instances"]]
        url = page["next"]
    assert sorted(found) == sorted(there[:4])
    guid = there[0].partition("/")[2]
    url = f"{QUEUE}/stuck/reset"
    assert owner_storage.post(url, json={"instances": [guid]}).json() == {"count": 1}


@pytest.mark.parametrize(
    ("call", "query"),
    [
        ("lease", "max=0"),
        ("lease", "max=1001"),
        ("lease", "max=many"),
        ("lease", "visibility=0"),
        ("lease", "visibility=43201"),
        ("lease", "size=10"),
        ("stuck", "continuationToken=forged"),
        ("stuck", "size=0"),
    ],
)
def test_a_bad_parameter_is_refused_and_nothing_is_leased(
    owner_storage: Api, call: str, query: str
) -> None:
    waiting(1)
    method = "POST" if call == "lease" else "GET"
    assert owner_storage.call(method, f"{QUEUE}/{call}?{query}").status_code == 400
    assert not QueueLease.objects.exists()


@pytest.mark.parametrize("body", [[], {"instances": []}, {"instances": ["x"]}, "all"])
def test_a_bad_body_is_refused_and_nothing_is_confirmed(
    owner_storage: Api, body: object
) -> None:
    waiting(1)
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    answer = owner_storage.post(f"{QUEUE}/leases/{lease_id}/complete", json=body)
    assert answer.status_code == 400
    assert not Instance.objects.filter(confirmed=True).exists()


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.SOPHIE, 403, "owner-only"),
        (cast.OTHER_OWNER, 403, "owner-only"),
        (cast.SYSTEM_USER, 403, "owner-only"),
        (cast.OWNER_WITHOUT_SCOPE, 403, "scope-missing"),
    ],
    ids=str,
)
def test_nobody_but_the_owner_uses_the_queue(
    owner_storage: Api, who: cast.Person | None, status: int, code: str
) -> None:
    waiting(2)
    lease_id = owner_storage.post(f"{LEASE}?max=1").json()["leaseId"]
    before = list(QueueLease.objects.values())
    other = Api(PLATFORM_HOST, who)
    for url in (
        LEASE,
        f"{QUEUE}/stuck/reset",
        *(f"{QUEUE}/leases/{lease_id}/{verb}" for verb in _VERBS),
    ):
        assert_problem(other.post(url), status, code=code)
    assert_problem(other.get(f"{QUEUE}/stuck"), status, code=code)
    assert list(QueueLease.objects.values()) == before
    assert not Instance.objects.filter(confirmed=True).exists()


def test_an_app_that_is_not_served_has_no_queue(owner_storage: Api) -> None:
    answer = owner_storage.post("/storage/api/v1/queues/nav/nowhere/lease")
    assert_problem(answer, 404, code="app-not-found")


@pytest.mark.parametrize("count", [1, 10, 50])
def test_a_lease_and_its_confirmation_take_the_same_statements_for_any_number(
    owner_storage: Api, count: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(count):
        make_element(instance=make_instance(), type_id="default")
    Instance.objects.update(
        process_ended=timezone.now(), current_task=None, end_event="submitted"
    )
    with django_assert_max_num_queries(9):
        answer = owner_storage.post(LEASE)
    assert len(ids(answer)) == count
    with django_assert_max_num_queries(9):
        act(owner_storage, answer.json()["leaseId"], "complete")
    assert Instance.objects.filter(confirmed=True).count() == count


_VERBS = ("complete", "release", "renew")


def test_what_another_has_locked_is_not_confirmed_and_nothing_of_the_batch_is(
    owner_storage: Api,
) -> None:
    """D-25: a lock holds against the queue too; the owner's own does not"""
    there = waiting(3)
    lease_id = owner_storage.post(LEASE).json()["leaseId"]
    guid = there[1].partition("/")[2]
    held = Instance.objects.filter(pk=guid)
    until = timezone.now() + timedelta(minutes=5)
    held.update(
        lock_holder="user 1337",
        lock_number=1,
        lock_secret=b"secret",
        locked_until=until,
    )
    answer = act(owner_storage, lease_id, "complete")
    assert_problem(answer, 409, code="instance-locked")
    assert not Instance.objects.filter(confirmed=True).exists()
    assert act(owner_storage, lease_id, "complete", there[0]).json() == {"count": 1}
    held.update(lock_holder="service-owner nav")
    assert act(owner_storage, lease_id, "complete").json() == {"count": 3}
