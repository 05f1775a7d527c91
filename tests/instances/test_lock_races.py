"""Many callers at once, each with a connection of his own, at one instance's lock."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from data_elements import locking
from data_elements.models import DataElement
from instances import locks, values
from instances import services as instances
from instances.errors import InstanceChanged, InstanceLocked, LockExpired, LockHeld
from instances.locks import LockToken
from instances.models import Instance, InstanceEvent
from process import stated
from process.stated import StatedState
from tests.cast import OWNER_PRINCIPAL, SOPHIE, SOPHIE_PRINCIPAL
from tests.client import APP_HOST, PLATFORM_HOST, Api
from tests.factories import make_element, make_instance, now, reread, sample_app
from tests.process.test_concurrency import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_sandbox"),
]

CALLERS = 20
ROUNDS = 10


def taking(instance: Instance, seconds: int = 60) -> Callable[[], object]:
    """Return a call that takes the lock."""
    row = Instance.objects.get(pk=instance.pk)
    return lambda: locks.acquire(
        SOPHIE_PRINCIPAL, instance=row, seconds=seconds, now=now()
    )


def test_of_twenty_at_once_exactly_one_gets_the_lock() -> None:
    """S-221"""
    instance = make_instance()
    results = at_once(*(taking(instance) for _ in range(CALLERS)))
    won = [result for result in results if isinstance(result, LockToken)]
    assert [token.number for token in won] == [1]
    assert sum(isinstance(result, LockHeld) for result in results) == CALLERS - 1
    assert reread(instance).lock_number == 1


def test_of_twenty_at_once_exactly_one_gets_a_lock_that_has_ended() -> None:
    """S-211, S-221: also the one that a crashed holder left"""
    instance = make_instance()
    begun = now() - timedelta(seconds=90)
    locks.acquire(OWNER_PRINCIPAL, instance=instance, seconds=60, now=begun)
    results = at_once(*(taking(instance) for _ in range(CALLERS)))
    won = [result for result in results if isinstance(result, LockToken)]
    assert [token.number for token in won] == [2]


def test_of_keeping_and_taking_at_the_end_one_happens() -> None:
    """S-218, S-221: a lock is never held by two"""
    for _ in range(ROUNDS):
        instance = make_instance()
        token = locks.acquire(OWNER_PRINCIPAL, instance=instance, seconds=60, now=now())
        end = reread(instance).locked_until
        row = reread(instance)
        kept, taken = at_once(
            lambda token=token, row=row, end=end: locks.extend(
                token, instance=row, seconds=60, now=end - timedelta(microseconds=1)
            ),
            lambda row=row, end=end: locks.acquire(
                SOPHIE_PRINCIPAL, instance=row, seconds=60, now=end
            ),
        )
        if kept is None:
            assert isinstance(taken, LockHeld)
        else:
            assert isinstance(kept, LockExpired)
            assert isinstance(taken, LockToken)


def test_a_write_comes_before_the_lock_or_not_at_all() -> None:
    """D-25: once the lock is answered, nothing of another's is written any more"""
    for _ in range(ROUNDS):
        instance = make_instance()
        row = reread(instance)
        seen: list[object] = []

        def take_and_look(row: Instance = row, seen: list[object] = seen) -> object:
            token = locks.acquire(OWNER_PRINCIPAL, instance=row, seconds=60, now=now())
            seen.append(reread(row).substatus)
            return token

        def write(row: Instance = row) -> object:
            return instances.update_substatus(
                SOPHIE_PRINCIPAL, instance=row, label="a", description=None
            )

        taken, written = at_once(take_and_look, write)
        assert isinstance(taken, LockToken)
        there = reread(instance).substatus
        assert [there] == seen
        assert (written is None) == (there is not None)
        if written is not None:
            assert isinstance(written, InstanceLocked)


def test_an_element_is_locked_before_the_instance_or_not_at_all() -> None:
    """D-25: also where the write does not touch the instance's row"""
    for _ in range(ROUNDS):
        element = make_element(instance=make_instance())
        row = DataElement.objects.select_related("instance").get(pk=element.pk)
        seen: list[bool] = []

        def take_and_look(row: DataElement = row, seen: list[bool] = seen) -> object:
            token = locks.acquire(
                OWNER_PRINCIPAL, instance=row.instance, seconds=60, now=now()
            )
            seen.append(reread(row).is_locked)
            return token

        taken, locked = at_once(
            take_and_look,
            lambda row=row: locking.lock(SOPHIE_PRINCIPAL, element=row),
        )
        assert isinstance(taken, LockToken)
        assert [reread(element).is_locked] == seen
        assert (locked is True) == seen[0]


def test_of_many_locks_of_an_element_exactly_one_is_the_first() -> None:
    """S-198"""
    element = make_element(instance=make_instance())
    rows = [
        DataElement.objects.select_related("instance").get(pk=element.pk)
        for _ in range(8)
    ]
    results = at_once(
        *(lambda row=row: locking.lock(SOPHIE_PRINCIPAL, element=row) for row in rows)
    )
    assert sorted(map(bool, results)) == [False] * 7 + [True]


def test_values_that_are_set_at_once_are_all_kept() -> None:
    """S-127: none overwrites what another sets"""
    instance = make_instance()
    rows = [reread(instance) for _ in range(CALLERS)]
    at_once(
        *(
            lambda row=row, name=str(number): values.merge(
                SOPHIE_PRINCIPAL, instance=row, data_values={name: "a"}
            )
            for number, row in enumerate(rows)
        )
    )
    assert set(reread(instance).data_values) == {str(one) for one in range(CALLERS)}


def test_what_a_form_says_and_what_is_set_beside_it_are_both_kept() -> None:
    """S-127: a form's own text does not bring an old state of the others back"""
    app, storage = Api(APP_HOST, SOPHIE), Api(PLATFORM_HOST, SOPHIE)
    for _ in range(ROUNDS):
        instance = make_instance()
        element = make_element(instance=instance)
        change = {"op": "replace", "path": "/arbeidsgiver/navn", "value": "Ny AS"}
        form = f"/nav/app2018/instances/{instance.instance_id}/data/{element.pk}"
        texts = f"/storage/api/v1/instances/{instance.instance_id}/presentationtexts"

        def write_form(form: str = form, change: object = change) -> object:
            return app.call("PATCH", form, json={"patch": [change]}).status_code

        def set_text(texts: str = texts) -> object:
            return storage.put(texts, json={"texts": {"own": "a"}}).status_code

        assert at_once(write_form, set_text) == [200, 200]
        assert reread(instance).presentation_texts == {
            "arbeidsgiver": "Ny AS",
            "own": "a",
        }


def test_of_many_stated_steps_exactly_one_is_taken() -> None:
    """S-231: with its events, and those alone"""
    instance = make_instance()
    before = InstanceEvent.objects.of(instance.pk).count()
    rows = [reread(instance) for _ in range(8)]
    state = StatedState(
        {"currentTask": {"elementId": "confirm", "altinnTaskType": "signing"}},
        task="confirm",
        task_type="signing",
    )
    definition = sample_app()
    results = at_once(
        *(
            lambda row=row: stated.store(
                SOPHIE_PRINCIPAL, instance=row, definition=definition, stated=state
            )
            for row in rows
        )
    )
    assert results.count([]) == 1
    assert sum(isinstance(result, InstanceChanged) for result in results) == 7
    assert InstanceEvent.objects.of(instance.pk).count() == before + 1
