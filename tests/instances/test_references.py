"""externalReference: one for each app and owner party, and found by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps_registry.app_folder import POLICY
from instances.errors import ExternalReferenceTaken
from instances.models import Instance, InstanceEvent
from parties.models import Party
from process.instantiation import Template, instantiate
from tests import cast
from tests.apps_registry import policy_xml
from tests.authorization.policies import permit
from tests.client import APP_HOST, BASE_HOST, Api, assert_problem
from tests.crowds import crowd
from tests.factories import make_instance, sample_app
from tests.redeployed import redeploy

STORAGE = "/storage/api/v1/instances?appId=nav/app2018"
V3 = "/nav/app2018/instances"
V0 = "/app2018/instances"


def _create(way: str, reference: object, party: int = 500000) -> Any:
    body = {"instanceOwner": {"partyId": str(party)}, "externalReference": reference}
    user = cast.SOPHIE
    match way:
        case "storage":
            return Api(BASE_HOST, user).post(STORAGE, json=body)
        case "app":
            return Api(APP_HOST, user).post(V3, json=body)
        case "proposal":
            return Api(APP_HOST, user).post(V0, json=body)
        case _:
            query = f"instanceOwnerId={party}&externalReference={reference}"
            return Api(APP_HOST, user).post(f"{V0}?{query}")


WAYS = ["storage", "app", "proposal", "proposal-without-body"]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_takes_a_reference_and_refuses_a_second(
    sandbox: None, owner_storage: Api, way: str
) -> None:
    """Wishes 54, 55: a restarted job finds what it made instead of making another"""
    made = _create(way, "2026-11/A")
    assert made.status_code == 201, made.content
    document = made.json()
    assert document["externalReference"] == "2026-11/A"
    history = InstanceEvent.objects.count()
    for again in WAYS:
        problem = assert_problem(
            _create(again, "2026-11/A"), 409, code="external-reference-taken"
        )
        assert problem["existingInstance"]["id"] == document["id"]
        assert document["id"] in problem["existingInstance"]["source"]
    assert Instance.objects.count() == 1
    assert InstanceEvent.objects.count() == history
    query = f"{STORAGE}&externalReference=2026-11/A"
    (found,) = owner_storage.get(query).json()["instances"]
    assert found["id"] == document["id"]
    none = owner_storage.get(f"{STORAGE}&externalReference=2026-11/a").json()
    assert none["instances"] == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hidden", ["until-later", "from-who-may-not-read"])
def test_who_may_not_read_the_first_is_not_told_which_it_is(
    sandbox: None, way: str, hidden: str
) -> None:
    """The reference is taken, and that is all: neither its id nor its address"""
    first = make_instance()
    rows = Instance.objects.filter(pk=first.pk)
    rows.update(external_reference="A")
    if hidden == "until-later":
        rows.update(visible_after=timezone.now() + timedelta(days=1))
    else:
        policy = permit("instantiate", to="DAGL")
        redeploy({POLICY: policy_xml.policy(policy, policy_xml.obligation("2"))})
    history = InstanceEvent.objects.count()
    answer = _create(way, "A")
    problem = assert_problem(answer, 409, code="external-reference-taken")
    assert "existingInstance" not in problem
    assert str(first.pk) not in answer.content.decode()
    assert (Instance.objects.count(), InstanceEvent.objects.count()) == (1, history)


def test_another_owner_party_has_references_of_its_own(sandbox: None) -> None:
    """Unique for each app and owner"""
    assert _create("app", "A").status_code == 201
    assert _create("app", "A", party=12345).status_code == 201


def test_no_reference_is_none_and_as_many_as_one_likes(sandbox: None) -> None:
    """Null means none, however often"""
    for reference in (None, None):
        made = _create("storage", reference)
        assert made.status_code == 201
        assert "externalReference" not in made.json()


@pytest.mark.parametrize("reference", ["", "a\nb", "x" * 129, {"a": 1}, "\x7f"])
@pytest.mark.parametrize("way", ["storage", "app"])
def test_what_is_no_reference_is_refused(
    sandbox: None, way: str, reference: object
) -> None:
    """A clear 400, and nothing is made"""
    answer = _create(way, reference)
    assert_problem(answer, 400, code="validation-failed")
    assert not Instance.objects.exists()


def test_two_references_in_one_call_are_refused(app: Api) -> None:
    """Query and body must agree"""
    body = {"instanceOwner": {"partyId": "500000"}, "externalReference": "A"}
    answer = app.post(f"{V0}?externalReference=B", json=body)
    assert_problem(answer, 400, code="parameter-invalid")
    long = app.post(f"{V0}?instanceOwnerId=500000&externalReference={'x' * 129}")
    assert_problem(long, 400, code="parameter-invalid")
    assert not Instance.objects.exists()


def test_what_waits_for_the_purge_leaves_its_reference_free(sandbox: None) -> None:
    """A hard-deleted instance never comes back; a soft-deleted one may"""
    gone = make_instance(hard_deleted=True)
    Instance.objects.filter(pk=gone.pk).update(external_reference="A")
    assert _create("app", "A").status_code == 201
    soft = make_instance(soft_deleted=True)
    Instance.objects.filter(pk=soft.pk).update(external_reference="B")
    assert_problem(_create("app", "B"), 409, code="external-reference-taken")


def test_of_twenty_creates_at_once_one_makes_it(committed_sandbox: None) -> None:
    """Wishes 54, on real connections: the others are told which one exists"""
    owner = Party.objects.get(pk=500000)
    definition = sample_app()
    barrier = Barrier(20)

    def create(_: int) -> str:
        barrier.wait(timeout=60)
        try:
            made, _elements = instantiate(
                cast.SOPHIE_PRINCIPAL,
                definition=definition,
                owner=owner,
                template=Template(external_reference="once"),
            )
        except ExternalReferenceTaken as taken:
            return f"409 {taken.context['instance_id']}"
        finally:
            connection.close()
        return f"201 {made.instance_id}"

    with crowd(), ThreadPoolExecutor(20) as pool:
        told = list(pool.map(create, range(20)))
    (existing,) = Instance.objects.all()
    assert sorted(told) == [
        f"201 {existing.instance_id}",
        *[f"409 {existing.instance_id}"] * 19,
    ]
    created = InstanceEvent.objects.filter(event_type="Created")
    assert created.count() == 1
