"""A call with an Idempotency-Key is carried out once, and answered each time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from cleanup.pruning import prune
from data_elements.models import DataElement
from events.models import CloudEvent
from idempotency import services as idempotency
from idempotency.errors import IdempotencyKeyInUse
from idempotency.models import KeptAnswer
from idempotency.services import Answer, Claim, Kept
from instances.models import Instance, InstanceEvent
from parties.models import LookUpAttempt
from tests import cast
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.crowds import crowd
from tests.factories import FORM, make_element, make_instance, reread

STORAGE = "/storage/api/v1/instances"
V3 = "/nav/app2018/instances"
V0 = "/app2018/instances"
BODY = {"instanceOwner": {"partyId": "500000"}}
MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="instance"\r\n'
    b'Content-Type: application/json\r\n\r\n{"instanceOwner":{"partyId":"500000"}}\r\n'
    b'--B\r\nContent-Disposition: form-data; name="default"\r\n'
    b"Content-Type: application/xml\r\n\r\n" + FORM + b"\r\n--B--\r\n"
)


def key(text: str = "") -> dict[str, str]:
    """Return the header of a key."""
    return {"Idempotency-Key": text or str(uuid4())}


def counted() -> dict[str, int]:
    """Count all that calls write."""
    tables = (Instance, InstanceEvent, CloudEvent, DataElement)
    return {table.__name__: table.objects.count() for table in tables}  # type: ignore[attr-defined]  # models


def assert_replayed(first: Any, again: Any) -> None:
    """Assert that the second answer is the first, and says so."""
    assert again.status_code == first.status_code
    assert again.content == first.content
    for name in ("Content-Type", "Location", "ETag"):
        assert again.get(name) == first.get(name)
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first


def _creates(instance: Instance, element: DataElement) -> Iterator[tuple[Any, ...]]:
    at, guid = instance.instance_id, instance.id
    form = {"body": FORM, "content_type": "application/xml"}
    parts = {"body": MULTIPART, "content_type": "multipart/form-data; boundary=B"}
    yield "POST", APP_HOST, V3, {"json": BODY}
    yield "POST", APP_HOST, V3, parts
    yield "POST", APP_HOST, f"{V0}?instanceOwnerId=500000", {}
    yield "POST", PLATFORM_HOST, f"{STORAGE}?appId=nav/app2018", {"json": BODY}
    yield "POST", PLATFORM_HOST, f"{STORAGE}/{at}/data?dataType=vedlegg", form
    yield (
        "POST",
        APP_HOST,
        f"{V0}/{guid}/data?formId=vedlegg",
        form
        | {
            "content_type": "application/pdf",
            "filename": "a.pdf",
            "body": b"%PDF-1.4\n",
        },
    )
    yield "PUT", PLATFORM_HOST, f"{STORAGE}/{at}/data/{element.id}", form
    yield "PUT", APP_HOST, f"{V3}/{at}/data/{element.id}", form
    yield "PUT", APP_HOST, f"{V3}/{at}/process/next", {}
    yield "PUT", APP_HOST, f"{V0}/{guid}/process/next", {"json": {"action": "write"}}
    yield "PUT", PLATFORM_HOST, f"{STORAGE}/{at}/readstatus?status=Unread", {}


@pytest.mark.parametrize("number", range(11))
def test_a_call_is_carried_out_once(
    sandbox: None, element: DataElement, number: int
) -> None:
    """Wishes 54 to 57, on both faces: the same answer, and nothing twice"""
    method, host, path, sent = list(_creates(element.instance, element))[number]
    api, header = Api(host, cast.SOPHIE), key()
    first = api.call(method, path, headers=header, **sent)
    assert first.status_code in (200, 201), first.content
    before, rows = counted(), list(Instance.objects.order_by("id").values())
    for _ in range(2):
        assert_replayed(first, api.call(method, path, headers=header, **sent))
    assert counted() == before
    assert list(Instance.objects.order_by("id").values()) == rows


def test_a_replay_comes_before_what_would_be_refused_by_now(
    app: Api, element: DataElement
) -> None:
    """The step was taken; the retry is told so, whatever it read before"""
    path = f"{V3}/{element.instance.instance_id}"
    header = key() | {"If-Match": app.get(path)["ETag"]}
    first = app.put(f"{path}/process/next", headers=header)
    assert first.status_code == 200
    assert_replayed(first, app.put(f"{path}/process/next", headers=header))
    assert reread(element.instance).current_task == "confirm"  # type: ignore[union-attr]  # an instance


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (V3, {"json": {"instanceOwner": {"partyId": "12345"}}}),
        (f"{V3}?language=en", {"json": BODY}),
        (V3, {"json": BODY, "content_type": "text/json"}),
        (V3, {}),
    ],
    ids=["body", "query", "content-type", "no-body"],
)
def test_another_call_with_the_key_is_refused(
    app: Api, path: str, sent: dict[str, Any]
) -> None:
    """422, and nothing happens"""
    header = key()
    assert app.post(V3, json=BODY, headers=header).status_code == 201
    before = counted()
    answer = app.post(path, headers=header, **sent)
    assert_problem(answer, 422, code="idempotency-key-reused")
    assert counted() == before


def test_a_new_boundary_is_no_other_call(app: Api) -> None:
    """Clients make up a boundary for each attempt"""
    header = key()
    first = app.post(
        V3,
        body=MULTIPART,
        content_type="multipart/form-data; boundary=B",
        headers=header,
    )
    assert first.status_code == 201
    other = MULTIPART.replace(b"--B", b"--another-one")
    again = app.post(
        V3,
        body=other,
        content_type="multipart/form-data; boundary=another-one",
        headers=header,
    )
    assert_replayed(first, again)
    changed = other.replace(b"500000", b"012345")
    refused = app.post(
        V3,
        body=changed,
        content_type="multipart/form-data; boundary=another-one",
        headers=header,
    )
    assert_problem(refused, 422, code="idempotency-key-reused")


def test_a_key_is_of_one_caller_and_one_address(
    app: Api, owner_app: Api, storage: Api
) -> None:
    """Nobody gets another's answer, and one may use a key for each step"""
    header = key()
    made = {
        app.post(V3, json=BODY, headers=header).json()["id"],
        owner_app.post(V3, json=BODY, headers=header).json()["id"],
        app.post(V0, json=BODY, headers=header).json()["id"],
        storage.post(f"{STORAGE}?appId=nav/app2018", json=BODY, headers=header).json()[
            "id"
        ],
    }
    assert len(made) == Instance.objects.count() == 4


@pytest.mark.parametrize("level", [1, 4])
def test_an_answer_is_for_the_login_that_it_was_made_for(app: Api, level: int) -> None:
    """T-11: a weaker login gets nothing by a key that its policy would refuse it"""
    header = key()
    assert app.post(V3, json=BODY, headers=header).status_code == 201
    before = counted()
    claims = {**cast.SOPHIE.claims, "urn:altinn:authlevel": level}
    again = Api(APP_HOST, cast.Person("Sophie", claims))
    answer = again.post(V3, json=BODY, headers=header)
    assert_problem(answer, 422, code="idempotency-key-reused")
    assert counted() == before


def test_what_was_refused_may_be_mended_and_sent_again(
    app: Api, stranger_app: Api
) -> None:
    """It changed nothing, so nothing of it is kept"""
    header = key()
    assert app.post(V3, json={}, headers=header).status_code == 400
    assert stranger_app.post(V3, json=BODY, headers=header).status_code == 403
    assert not KeptAnswer.objects.exists()
    assert app.post(V3, json=BODY, headers=header).status_code == 201


def test_guesses_count_with_a_key_too(app: Api) -> None:
    """T-36: what is rolled back is the work, not the count of look-ups"""
    body = {"instanceOwner": {"personNumber": "01857012345"}}
    assert app.post(V3, json=body, headers=key()).status_code == 404
    assert LookUpAttempt.objects.count() == 1


@pytest.mark.parametrize("text", ["x" * 256, "æ", "a\tb", '""', " "])
def test_what_is_no_key_is_refused(app: Api, text: str) -> None:
    """A clear 400"""
    answer = app.post(V3, json=BODY, headers=key(text))
    assert_problem(answer, 400, code="idempotency-key-invalid")
    assert not Instance.objects.exists()


def test_a_batch_of_the_queue_is_handed_out_again(
    owner_storage: Api, submitted: Instance
) -> None:
    """N3: who saw no answer is given the same lease, not the next instances"""
    make_instance(submitted=True)
    path, header = "/storage/api/v1/queues/nav/app2018/lease?max=1", key()
    first = owner_storage.post(path, headers=header)
    assert submitted.instance_id in first.content.decode()
    assert_replayed(first, owner_storage.post(path, headers=header))


def test_quotes_are_no_part_of_a_key(app: Api) -> None:
    """As the draft standard writes it, or plainly"""
    first = app.post(V3, json=BODY, headers=key('"abc"'))
    assert_replayed(first, app.post(V3, json=BODY, headers=key("abc")))


def test_what_only_reads_keeps_nothing(owner_storage: Api) -> None:
    """A search is answered anew, key or not"""
    make_instance()
    body, header = {"appId": "nav/app2018"}, key()
    assert owner_storage.post(f"{STORAGE}/search", json=body, headers=header).json()[
        "count"
    ]
    make_instance()
    again = owner_storage.post(f"{STORAGE}/search", json=body, headers=header)
    assert again.json()["count"] == 2
    assert not KeptAnswer.objects.exists()


def test_a_large_answer_is_not_kept_and_not_made_again(
    app: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is bounded; where to read it is told"""
    monkeypatch.setattr("idempotency.services.LARGEST_BODY", 10)
    header = key()
    first = app.post(V3, json=BODY, headers=header)
    answer = app.post(V3, json=BODY, headers=header)
    document = assert_problem(answer, 409, code="idempotent-answer-dropped")
    assert document["location"] == first["Location"]
    assert Instance.objects.count() == 1
    assert KeptAnswer.objects.get().body is None


# --- while one runs, and after --------------------------------------------------------
def _claim() -> Claim | Kept:
    return idempotency.claim(caller="a", address="POST /", key="k")


def test_while_the_first_runs_others_wait(db: None) -> None:
    """409 with Retry-After; a dead run is taken over, and then commits nothing"""
    first = _claim()
    assert isinstance(first, Claim)
    with pytest.raises(IdempotencyKeyInUse) as busy:
        _claim()
    assert 1 <= int(str(busy.value.context["retry_after"])) <= 5
    KeptAnswer.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    second = _claim()
    assert isinstance(second, Claim)
    assert second != first
    done = Answer(201, {}, b"{}")
    with pytest.raises(IdempotencyKeyInUse):
        idempotency.keep(first, fingerprint="f", answer=done)
    idempotency.release(first)  # takes nothing from who runs now
    idempotency.renew(first)
    idempotency.keep(second, fingerprint="f", answer=done)
    assert _claim() == Kept("f", done)
    idempotency.release(second)
    assert _claim() == Kept("f", done)


def test_the_answer_says_when_to_try_again(app: Api) -> None:
    """The header Retry-After"""
    header = key()
    assert app.post(V3, json=BODY, headers=header).status_code == 201
    until = timezone.now() + idempotency.LEASE  # as if it had begun this moment
    KeptAnswer.objects.update(status=None, body=None, leased_until=until)
    answer = app.post(V3, json=BODY, headers=header)
    assert_problem(answer, 409, code="idempotency-key-in-use")
    assert 1 <= int(answer["Retry-After"]) <= 5


def test_a_long_upload_keeps_its_claim(db: None) -> None:
    """While bytes come, the run is alive"""
    claim = _claim()
    assert isinstance(claim, Claim)
    KeptAnswer.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    idempotency.renew(claim)
    with pytest.raises(IdempotencyKeyInUse):
        _claim()


def test_answers_are_kept_for_a_day_and_then_pruned(app: Api) -> None:
    """24 hours; then the key is new, and the worker forgets the row"""
    header = key()
    first = app.post(V3, json=BODY, headers=header)
    left = KeptAnswer.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    assert prune(now=timezone.now(), execute=True).found["answers"] == 0
    KeptAnswer.objects.update(expires_at=timezone.now())
    second = app.post(V3, json=BODY, headers=header)
    assert second.json()["id"] != first.json()["id"]
    assert "Idempotency-Replayed" not in second
    for _ in range(3):
        app.post(V3, json=BODY, headers=key())
    later = timezone.now() + timedelta(hours=25)
    assert prune(now=later, execute=False).found["answers"] == 4
    assert KeptAnswer.objects.count() == 4
    assert prune(now=later, execute=True).found["answers"] == 4
    assert not KeptAnswer.objects.exists()


def test_a_taken_over_run_leaves_no_work_behind(
    app: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run has the key by the time of the commit: the work is rolled back"""

    def steal(*args: object, **kwargs: object) -> None:
        KeptAnswer.objects.update(holder=uuid4())

    monkeypatch.setattr("api.once._answer", lambda *_: steal() or Answer(201, {}, b""))
    before = counted()
    answer = app.post(V3, json=BODY, headers=key())
    assert_problem(answer, 409, code="idempotency-key-in-use")
    assert counted() == before


def test_of_twenty_calls_at_once_one_does_the_work(committed_sandbox: None) -> None:
    """On real connections: each is given the one answer, or told to wait"""
    header, barrier = key(), Barrier(20)

    def call(_: int) -> tuple[int, str]:
        api = Api(APP_HOST, cast.SOPHIE)
        barrier.wait(timeout=60)
        try:
            answer = api.post(V3, json=BODY, headers=header)
        finally:
            connections.close_all()
        assert answer.status_code != 409 or answer["Retry-After"]
        return answer.status_code, answer.json().get("id", "")

    with crowd(), ThreadPoolExecutor(20) as pool:
        told = set(pool.map(call, range(20)))
    (made,) = Instance.objects.all()
    assert told <= {(201, made.instance_id), (409, "")}
    assert (201, made.instance_id) in told
    assert InstanceEvent.objects.filter(event_type="Created").count() == 1
    again = Api(APP_HOST, cast.SOPHIE).post(V3, json=BODY, headers=header)
    assert again.json()["id"] == made.instance_id


def test_without_a_key_nothing_is_kept(app: Api, instance: Instance) -> None:
    """A key is the caller's choice"""
    make_element(instance=instance)
    assert app.post(V3, json=BODY).status_code == 201
    assert not KeptAnswer.objects.exists()
