"""The lock of an instance: taking, keeping and giving it back."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

import orjson
import pytest

from instances import locks
from instances.errors import LockHeld, LockHolderUnknown
from instances.locks import LockToken
from instances.models import Instance, InstanceEvent
from parties.identity import Principal, PrincipalKind
from tests.cast import OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance, now, reread
from tests.instance_lock import HEADER, keep, lock_url, take

pytestmark = pytest.mark.usefixtures("sandbox")


def locked(instance: Instance) -> tuple[object, ...]:
    """Return what the row says of the lock."""
    row = reread(instance)
    secret = None if row.lock_secret is None else bytes(row.lock_secret)
    return row.lock_number, secret, row.lock_holder, row.locked_until


def token_of(document: object) -> str:
    """Return a token that says this."""
    return urlsafe_b64encode(orjson.dumps(document)).decode().rstrip("=")


def test_the_token_is_opaque_and_only_its_hash_is_kept(
    storage: Api, instance: Instance
) -> None:
    """S-206, S-219: base64url without padding; 160 random bits"""
    token = take(storage, instance)[HEADER]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    read = LockToken.read(token)
    assert len(read.secret) == 20
    row = reread(instance)
    assert bytes(row.lock_secret) == sha256(read.secret).digest()
    assert (row.lock_number, row.lock_holder) == (read.number, "user 1337")
    assert orjson.loads(urlsafe_b64decode(token + "==")).keys() == {"id", "secret"}


def test_taking_and_keeping_is_no_change_and_no_event(
    storage: Api, instance: Instance
) -> None:
    """S-206, S-213"""
    before, events = reread(instance), InstanceEvent.objects.count()
    token = take(storage, instance)
    assert keep(storage, instance, token, 90).status_code == 204
    after = reread(instance)
    assert after.last_changed == before.last_changed
    assert after.last_changed_by == before.last_changed_by
    assert InstanceEvent.objects.count() == events


@pytest.mark.parametrize("who", ["storage", "owner_storage"])
def test_a_held_lock_is_taken_by_nobody(
    request: pytest.FixtureRequest, storage: Api, instance: Instance, who: str
) -> None:
    """S-210: not by its holder either"""
    take(storage, instance)
    before = locked(instance)
    answer = request.getfixturevalue(who).post(
        lock_url(instance), json={"ttlSeconds": 60}
    )
    problem = assert_problem(answer, 409, code="instance-lock-held")
    assert problem["detail"] == "Lock is already held for this instance."
    assert locked(instance) == before


def test_a_lock_ends_at_its_very_time(instance: Instance) -> None:
    """S-211: at the boundary it is over, a moment before it is not"""
    begun = now()
    locks.acquire(SOPHIE_PRINCIPAL, instance=instance, seconds=60, now=begun)
    end = begun + timedelta(seconds=60)
    with pytest.raises(LockHeld):
        locks.acquire(
            OWNER_PRINCIPAL,
            instance=instance,
            seconds=60,
            now=end - timedelta(microseconds=1),
        )
    token = locks.acquire(OWNER_PRINCIPAL, instance=instance, seconds=60, now=end)
    assert reread(instance).lock_holder == "service-owner nav"
    assert token.number == 2


def test_no_seconds_at_all_give_a_lock_that_has_ended(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-211: also without a word about the time"""
    for body in ({"ttlSeconds": 0}, {}):
        assert storage.post(lock_url(instance), json=body).status_code == 200
    take(owner_storage, instance)


def test_a_lock_that_is_given_back_is_free_at_once(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-212"""
    token = take(storage, instance)
    answer = keep(storage, instance, token, 0)
    assert (answer.status_code, answer.content) == (204, b"")
    take(owner_storage, instance)


def test_the_new_end_counts_from_now(storage: Api, instance: Instance) -> None:
    """S-213: and not from the old end"""
    token = take(storage, instance, seconds=3600)
    called = now()
    assert keep(storage, instance, token, 30).status_code == 204
    until = reread(instance).locked_until
    assert called + timedelta(seconds=30) <= until <= now() + timedelta(seconds=30)


def test_whoever_has_the_token_may_keep_the_lock(
    storage: Api, stranger_storage: Api, instance: Instance
) -> None:
    """M:S-58: the token is the right, whoever bears it"""
    token = take(storage, instance)
    assert keep(stranger_storage, instance, token, 30).status_code == 204


@pytest.mark.parametrize("seconds", [-1, -(2**40)])
def test_a_negative_time_is_refused(
    storage: Api, instance: Instance, seconds: int
) -> None:
    """S-207"""
    answer = storage.post(lock_url(instance), json={"ttlSeconds": seconds})
    problem = assert_problem(answer, 400, code="lock-time-negative")
    assert problem["detail"] == "TtlSeconds cannot be negative."
    assert locked(instance) == (0, None, "", None)
    token = take(storage, instance)
    before = locked(instance)
    answer = keep(storage, instance, token, seconds)
    assert_problem(answer, 400, code="lock-time-negative")
    assert locked(instance) == before


@pytest.mark.parametrize("seconds", [86401, 2**63, 1e300, "soon", None, [], True])
def test_a_time_that_is_none_is_refused(
    storage: Api, instance: Instance, seconds: object
) -> None:
    """At most a day: a lock keeps everybody else from writing"""
    answer = storage.post(lock_url(instance), json={"ttlSeconds": seconds})
    assert_problem(answer, 400, code="validation-failed")
    assert locked(instance) == (0, None, "", None)


def test_nothing_is_locked_where_nothing_is(storage: Api, instance: Instance) -> None:
    """S-208: also with another's party id"""
    for address in (
        f"500005/{instance.id}",
        "500000/00000000-0000-4000-8000-000000000000",
    ):
        url = f"/storage/api/v1/instances/{address}/lock"
        answer = storage.post(url, json={"ttlSeconds": 60})
        problem = assert_problem(answer, 404, code="instance-not-found")
        assert problem["detail"] == "Instance not found."
        answer = storage.call(
            "PATCH", url, json={"ttlSeconds": 60}, headers=take(storage, instance, 0)
        )
        problem = assert_problem(answer, 404, code="instance-not-found")
        assert problem["detail"] == "Instance not found."


def test_a_stranger_takes_no_lock(stranger_storage: Api, instance: Instance) -> None:
    """S-209"""
    answer = stranger_storage.post(lock_url(instance), json={"ttlSeconds": 60})
    problem = assert_problem(answer, 403, code="lock-not-permitted")
    assert problem["detail"] == "Not authorized to acquire instance lock."
    assert problem["explanation"]
    assert locked(instance) == (0, None, "", None)


def test_a_call_without_a_token_keeps_no_lock(storage: Api, instance: Instance) -> None:
    """S-214"""
    take(storage, instance)
    before = locked(instance)
    problem = assert_problem(
        keep(storage, instance, {}, 60), 400, code="lock-token-missing"
    )
    assert problem["errors"] == {HEADER: ["The lockTokenHeader field is required."]}
    assert locked(instance) == before


_SECRET = "QUFBQUFBQUFBQUFBQUFBQUFBQUE="


@pytest.mark.parametrize(
    "token",
    [
        "no token",
        "æøå",
        "e30",
        "bnVsbA",
        "W10",
        "x" * 4000,
        token_of({"id": 0, "secret": _SECRET}),
        token_of({"id": -1, "secret": _SECRET}),
        token_of({"id": True, "secret": _SECRET}),
        token_of({"id": 1.5, "secret": _SECRET}),
        token_of({"id": "1", "secret": _SECRET}),
        token_of({"id": 2**63, "secret": _SECRET}),
        token_of({"id": 1, "secret": ""}),
        token_of({"id": 1, "secret": "*"}),
        token_of({"id": 1, "secret": 7}),
        token_of({"id": 1}),
    ],
)
def test_what_is_no_token_is_refused(
    storage: Api, instance: Instance, token: str
) -> None:
    """S-215"""
    take(storage, instance)
    before = locked(instance)
    answer = keep(storage, instance, {HEADER: token}, 0)
    problem = assert_problem(answer, 400, code="lock-token-malformed")
    assert problem["detail"] == "Could not parse lock token."
    assert locked(instance) == before


def test_a_lock_that_never_was_is_not_found(storage: Api, instance: Instance) -> None:
    """S-216: of another instance neither"""
    token = {HEADER: token_of({"id": 1, "secret": _SECRET})}
    answer = keep(storage, instance, token, 60)
    problem = assert_problem(answer, 404, code="instance-lock-not-found")
    assert problem["detail"] == "Lock not found."
    other = make_instance()
    take(storage, other, 0)
    foreign = take(storage, other)
    answer = keep(storage, instance, foreign, 60)
    assert_problem(answer, 404, code="instance-lock-not-found")
    assert locked(instance) == (0, None, "", None)


@pytest.mark.parametrize("seconds", [60, 0])
def test_a_false_secret_is_told_before_the_end(
    storage: Api, instance: Instance, seconds: int
) -> None:
    """S-217: also of a lock that has ended"""
    take(storage, instance, seconds)
    before = locked(instance)
    token = {HEADER: token_of({"id": 1, "secret": _SECRET})}
    problem = assert_problem(
        keep(storage, instance, token, 0), 403, code="lock-token-invalid"
    )
    assert problem["detail"] == "Lock token is invalid."
    assert locked(instance) == before


def test_a_lock_that_has_ended_is_not_kept(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-218: also once another was taken after it"""
    token = take(storage, instance, 0)
    problem = assert_problem(
        keep(storage, instance, token, 60), 422, code="instance-lock-expired"
    )
    assert problem["detail"] == "Lock has expired."
    take(owner_storage, instance)
    before = locked(instance)
    answer = keep(storage, instance, token, 0)
    assert_problem(answer, 422, code="instance-lock-expired")
    assert locked(instance) == before


def test_a_caller_without_a_name_holds_nothing(instance: Instance) -> None:
    """4.5.1: whose lock would it be"""
    nobody = Principal(PrincipalKind.UNKNOWN)
    with pytest.raises(LockHolderUnknown):
        locks.acquire(nobody, instance=instance, seconds=60, now=now())
    assert locked(instance) == (0, None, "", None)


def test_an_anonymous_caller_takes_and_keeps_nothing(instance: Instance) -> None:
    """M:S-55, M:S-58"""
    nobody = Api(PLATFORM_HOST)
    answer = nobody.post(lock_url(instance), json={"ttlSeconds": 60})
    assert_problem(answer, 401, code="token-missing")
    token = {HEADER: token_of({"id": 1, "secret": _SECRET})}
    assert_problem(keep(nobody, instance, token, 60), 401, code="token-missing")
    assert locked(instance) == (0, None, "", None)
