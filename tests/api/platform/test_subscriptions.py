"""Subscriptions at the platform: who may make which, and what is refused."""

import threading
from typing import Any

import pytest
from django.conf import LazySettings

from altinn import worker
from api.examples import EXAMPLES
from api.readable import readable
from authorization.models import RoleAssignment
from events import delivery
from events.models import Delivery, Subscription
from tests import cast
from tests.cast import ORG_PARTY
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.events.receiver import receiving
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
URL = "/events/api/v1/subscriptions"
RESOURCE = "urn:altinn:resource:app_nav_app2018"
SOURCE = "http://nav.apps.altinn.test:8000/nav/app2018"
RECEIVER = "https://receiver.example/events"
OF_PARTY = {"subjectFilter": f"/party/{ORG_PARTY}"}


@pytest.fixture
def owner() -> Api:
    return Api(PLATFORM_HOST, cast.OWNER)


@pytest.fixture
def sophie() -> Api:
    return Api(PLATFORM_HOST, cast.SOPHIE)


def wish(**members: object) -> dict[str, object]:
    """Return a subscription's body."""
    return {"endPoint": RECEIVER, "resourceFilter": RESOURCE, **members}


def refused(api: Api, body: object, status: int, code: str) -> Any:
    """Assert that the body is refused, and nothing made of it."""
    problem = assert_problem(api.post(URL, json=body), status, code=code)
    assert not Subscription.objects.exists()
    assert not Delivery.objects.exists()
    return problem


def test_an_owner_subscribes_to_his_application(owner: Api) -> None:
    """Z-084; the secret is told once"""
    answer = owner.post(URL, json=wish(typeFilter="app.instance.created"))
    assert answer.status_code == 201
    document = answer.json()
    assert document.pop("secret").startswith("whsec_")
    number = document["id"]
    assert answer["Location"].endswith(f"{URL}/{number}")
    assert document == {
        "id": number,
        "endPoint": RECEIVER,
        "sourceFilter": None,
        "resourceFilter": RESOURCE,
        "subjectFilter": None,
        "alternativeSubjectFilter": None,
        "typeFilter": "app.instance.created",
        "consumer": "/org/nav",
        "createdBy": "/org/nav",
        "created": document["created"],
        "validated": False,
        "state": "not validated",
    }
    read = owner.get(f"{URL}/{number}").json()
    assert "secret" not in read
    [question] = read.pop("deliveries")
    assert (question["event"], question["outcome"]) == (None, "waiting")
    assert read == document
    assert owner.get(URL).json() == {"count": 1, "subscriptions": [document]}
    secret = Subscription.objects.get().secret
    assert secret not in owner.get(URL).content.decode()


def test_the_same_again_is_the_same_subscription(owner: Api) -> None:
    first = owner.post(URL, json=wish())
    again = owner.post(URL, json=wish())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert "secret" not in again.json()
    assert Subscription.objects.count() == 1


def test_a_source_names_the_application_too(owner: Api) -> None:
    """With its last slash or without (wish 92)"""
    answer = owner.post(URL, json={"endPoint": RECEIVER, "sourceFilter": f"{SOURCE}/"})
    assert answer.status_code == 201
    assert answer.json()["sourceFilter"] == SOURCE
    assert answer.json()["resourceFilter"] == RESOURCE


@pytest.mark.parametrize(
    "subject",
    [
        OF_PARTY,
        {"alternativeSubjectFilter": "/org/353801961"},
        {**OF_PARTY, "alternativeSubjectFilter": "/org/353801961"},
    ],
    ids=str,
)
def test_a_user_subscribes_for_a_party_that_he_reads_for(
    sophie: Api, subject: dict[str, str]
) -> None:
    """EUS-12, Z-084"""
    answer = sophie.post(URL, json=wish(**subject))
    assert answer.status_code == 201
    assert answer.json()["consumer"] == "/user/1337"


@pytest.mark.parametrize(
    "subject",
    [
        {"subjectFilter": "/party/510004"},
        {"subjectFilter": "/party/999999"},
        {"alternativeSubjectFilter": "/org/111111111"},
        {"alternativeSubjectFilter": "/person/17919033037"},
        {**OF_PARTY, "alternativeSubjectFilter": "/org/310000000"},
    ],
    ids=str,
)
def test_for_nobody_else_and_not_for_who_does_not_exist(
    sophie: Api, subject: dict[str, str]
) -> None:
    """Z-084: whether a party exists is not told"""
    RoleAssignment.objects.filter(user_id=1337).exclude(party_id=ORG_PARTY).delete()
    refused(sophie, wish(**subject), 403, "not-permitted")


def test_only_the_owner_is_told_of_everybody(sophie: Api) -> None:
    refused(sophie, wish(), 400, "subscription-invalid")
    refused(Api(PLATFORM_HOST, cast.OTHER_OWNER), wish(), 400, "subscription-invalid")
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    refused(other, wish(**OF_PARTY), 403, "not-permitted")


def test_nobody_subscribes_without_a_token() -> None:
    refused(Api(PLATFORM_HOST), wish(), 401, "token-missing")


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"endPoint": "http://receiver.example/events"}, "/endPoint"),
        ({"endPoint": "https://receiver.example:22/"}, "/endPoint"),
        ({"endPoint": "https://me:you@receiver.example/"}, "/endPoint"),
        ({"endPoint": "receiver.example"}, "/endPoint"),
        ({"endPoint": "https://169.254.169.254/latest"}, "/endPoint"),
        ({"endPoint": "https://[::ffff:127.0.0.1]/"}, "/endPoint"),
        ({"resourceFilter": None}, "/resourceFilter"),
        ({"sourceFilter": SOURCE, "resourceFilter": f"{RESOURCE}x"}, "/resourceFilter"),
        ({"subjectFilter": "500000"}, "/subjectFilter"),
        ({"subjectFilter": "/party/nobody"}, "/subjectFilter"),
        ({"alternativeSubjectFilter": "353801961"}, "/alternativeSubjectFilter"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_the_place(
    owner: Api, members: dict[str, object], pointer: str
) -> None:
    """Z-098, T-24 too: what could never be called is no receiver"""
    problem = refused(owner, wish(**members), 400, "subscription-invalid")
    assert [issue["pointer"] for issue in problem["issues"]] == [pointer]
    assert set(problem["errors"]) == {pointer.lstrip("/")}


def test_nobody_aims_the_server_at_what_is_open_to_it_alone(
    owner: Api, settings: LazySettings
) -> None:
    """T-24: in production a receiver in the house is named as one"""
    settings.ALTINN_ENVIRONMENT = "production"
    settings.ALTINN_INTERNAL_HOSTS = ["idp.internal"]
    body = wish(endPoint="http://idp.internal:8080/admin")
    problem = refused(owner, body, 400, "subscription-invalid")
    assert [issue["pointer"] for issue in problem["issues"]] == ["/endPoint"]
    settings.ALTINN_INTERNAL_RECEIVERS = ["idp.internal:8080"]
    assert owner.post(URL, json=body).status_code == 201


@pytest.mark.parametrize("member", ["typeFilter", "subjectFilter", "sourceFilter"])
def test_an_empty_filter_is_refused(owner: Api, member: str) -> None:
    """Wish 40: it would match nothing, silently"""
    problem = refused(owner, wish(**{member: ""}), 400, "validation-failed")
    assert problem["issues"][0]["pointer"] == f"/{member}"


@pytest.mark.parametrize(
    "source",
    [
        {"resourceFilter": "urn:altinn:resource:dagpenger"},
        {
            "resourceFilter": None,
            "sourceFilter": "https://elsewhere.example/nav/app2018",
        },
        {
            "resourceFilter": None,
            "sourceFilter": "https://elsewhere-altinn.test/nav/app2018",
        },
        {"resourceFilter": None, "sourceFilter": "https://[/nav/app2018"},
    ],
    ids=str,
)
def test_what_is_no_application_here_is_told_of_to_nobody(
    owner: Api, source: dict[str, object]
) -> None:
    """Z-084: a scope is asked for first"""
    refused(owner, wish(**source), 403, "scope-missing")
    scoped = cast.service_owner("nav", scope="altinn:events.subscribe")
    api = Api(PLATFORM_HOST, scoped)
    refused(api, wish(**source), 403, "event-source-not-served")


@pytest.mark.parametrize(
    ("member", "stated"),
    [
        ("resourceFilter", "urn:altinn:resource:app_nav_nothing"),
        ("resourceFilter", "urn:altinn:resource:app_nav"),
        ("sourceFilter", f"{SOURCE}x"),
        ("sourceFilter", "http://altinn.test:8000/nav/app2018"),
        ("sourceFilter", "http://ssb.apps.altinn.test:8000/nav/app2018"),
    ],
)
def test_a_slip_in_the_name_of_an_application_is_told(
    owner: Api, sophie: Api, member: str, stated: str
) -> None:
    """Which there are is public: no scope would help, and none is asked for"""
    scoped = Api(
        PLATFORM_HOST, cast.service_owner("nav", scope="altinn:events.subscribe")
    )
    for api in (owner, sophie, scoped):
        body = wish(**{"resourceFilter": None, member: stated}, **OF_PARTY)
        problem = refused(api, body, 400, "subscription-invalid")
        [issue] = problem["issues"]
        assert issue["pointer"] == f"/{member}"
        assert repr(stated) in issue["detail"]
        assert "/storage/api/v1/applications lists them" in issue["detail"]


@pytest.mark.parametrize(
    "stated",
    [
        "app.instance.creatd",
        "app.instance.Created",
        "app.instance.process.movedTo.Task_9",
        "app.instance.created,app.instance.process.completed",
        "platform.events.validatesubscription",
    ],
)
def test_a_type_that_no_event_has_is_refused(owner: Api, stated: str) -> None:
    """It would match nothing, silently; the types that there are stand in the answer"""
    problem = refused(owner, wish(typeFilter=stated), 400, "subscription-invalid")
    [issue] = problem["issues"]
    assert issue["pointer"] == "/typeFilter"
    assert repr(stated) in issue["detail"]
    for known in ("app.instance.created,", "app.instance.process.movedTo.confirm"):
        assert known in issue["detail"]


@pytest.mark.parametrize(
    "stated",
    [
        "app.instance.process.completed",
        "app.instance.process.movedTo.confirm",
        "app.instance.substatus.changed",
        "app.instance.signature.requested",
    ],
)
def test_each_type_that_the_application_has_is_taken(owner: Api, stated: str) -> None:
    answer = owner.post(URL, json=wish(typeFilter=stated))
    assert (answer.status_code, answer.json()["typeFilter"]) == (201, stated)


def test_who_did_not_make_it_neither_reads_nor_ends_it(owner: Api, sophie: Api) -> None:
    """Z-084: creator only, else 401"""
    number = owner.post(URL, json=wish()).json()["id"]
    for call in (sophie.get, sophie.delete):
        assert_problem(call(f"{URL}/{number}"), 401, code="subscription-of-another")
    assert sophie.get(URL).json() == {"count": 0, "subscriptions": []}
    assert Subscription.objects.get().deleted_at is None
    for call in (owner.get, owner.delete):
        assert_problem(call(f"{URL}/999999"), 404, code="subscription-not-found")


def test_its_maker_ends_it(owner: Api) -> None:
    number = owner.post(URL, json=wish()).json()["id"]
    assert owner.delete(f"{URL}/{number}").status_code == 200
    assert owner.get(URL).json()["count"] == 0
    gone = owner.delete(f"{URL}/{number}")
    assert_problem(gone, 404, code="subscription-not-found")
    assert not Delivery.objects.waiting().exists()


def test_the_body_of_the_example_is_accepted(owner: Api) -> None:
    """style.md §11: examples are executed"""
    body = EXAMPLES["SubscriptionRequestRequest"]
    assert owner.post(URL, json=body).status_code == 201


def test_its_maker_sees_how_the_last_deliveries_went(
    owner: Api, settings: LazySettings
) -> None:
    settings.ALTINN_INTERNAL_HOSTS = ["localhost"]
    kinds = delivery.work(readable)
    with receiving() as receiver:
        body = wish(endPoint=receiver.address)
        number = owner.post(URL, json=body).json()["id"]
        worker.run(kinds, stop=threading.Event(), once=True)
        receiver.answers = lambda event: 418
        make_instance()
        worker.run(kinds, stop=threading.Event(), once=True)
    document = owner.get(f"{URL}/{number}").json()
    assert (document["validated"], document["state"]) == (True, "active")
    event, question = document["deliveries"]
    assert question["outcome"] == "delivered"
    assert (event["outcome"], event["attempts"], event["lastStatus"]) == (
        "waiting",
        1,
        418,
    )
    assert event["lastError"] == "The receiver answered 418."
    assert event["nextAttempt"] > event["lastAttempt"]


def test_its_maker_is_not_told_which_names_there_are_inside(
    owner: Api, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-24: a name that only the server can resolve is told of as one of nobody"""

    def found(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host != "inside.example":
            raise OSError("Name or service not known")
        return [(None, None, None, "", ("10.0.0.1", 443))]

    monkeypatch.setattr("common.egress.socket.getaddrinfo", found)
    settings.ALTINN_INTERNAL_HOSTS = []
    told = []
    for host in ("inside.example", "nobody.example"):
        body = wish(endPoint=f"https://{host}/events")
        number = owner.post(URL, json=body).json()["id"]
        kinds = delivery.work(readable)
        worker.run(kinds, stop=threading.Event(), once=True)
        (question,) = owner.get(f"{URL}/{number}").json()["deliveries"]
        assert (question["attempts"], question["lastStatus"]) == (1, None)
        told.append(question["lastError"].replace(host, "{host}"))
    assert told == ["{host} cannot be reached"] * 2
