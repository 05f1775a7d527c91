"""The lock of a data element in storage."""

from pathlib import Path
from uuid import uuid4

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.authorization.policies import import_with_policy, permit
from tests.client import Api, assert_problem
from tests.factories import FORM, make_element, make_instance, reread, submit

pytestmark = pytest.mark.usefixtures("sandbox")


def lock_url(element: DataElement, *, instance: Instance | None = None) -> str:
    """Return the address of the element's lock."""
    of = (instance or element.instance).instance_id
    return f"/storage/api/v1/instances/{of}/data/{element.id}/lock"


def test_the_first_lock_is_made_and_the_second_is_there(
    storage: Api, element: DataElement
) -> None:
    """S-198"""
    first = storage.put(lock_url(element))
    assert (first.status_code, first["Location"]) == (201, str(element.id))
    assert first.json()["locked"] is True
    before = reread(element)
    second = storage.put(lock_url(element))
    assert (second.status_code, second.json()["locked"]) == (200, True)
    assert reread(element).locked_at == before.locked_at
    assert before.locked_by == "1337"


def test_locked_content_is_not_replaced_until_it_is_unlocked(
    storage: Api, element: DataElement
) -> None:
    """S-198, S-203"""
    storage.put(lock_url(element))
    url = lock_url(element).removesuffix("/lock")
    answer = storage.put(url, body=FORM, content_type="application/xml")
    assert_problem(answer, 409, code="data-element-locked")
    assert storage.delete(lock_url(element)).json()["locked"] is False
    answer = storage.put(url, body=FORM, content_type="application/xml")
    assert answer.status_code == 200


def test_unlocking_what_is_not_locked_is_fine(
    storage: Api, element: DataElement
) -> None:
    """S-203"""
    answer = storage.delete(lock_url(element))
    assert (answer.status_code, answer.json()["locked"]) == (200, False)


def test_locks_are_no_change_and_no_event(storage: Api, element: DataElement) -> None:
    """S-205"""
    instance, events = reread(element.instance), InstanceEvent.objects.count()
    before = reread(element)
    storage.put(lock_url(element))
    storage.delete(lock_url(element))
    after = reread(element)
    assert (after.last_changed, after.last_changed_by) == (
        before.last_changed,
        before.last_changed_by,
    )
    assert reread(element.instance).last_changed == instance.last_changed
    assert InstanceEvent.objects.count() == events


def test_a_lock_takes_a_right_to_leave_the_task(
    stranger_storage: Api, element: DataElement
) -> None:
    """S-199: neither to lock nor to unlock is a stranger's"""
    assert_problem(stranger_storage.put(lock_url(element)), 403, code="not-permitted")
    assert reread(element).locked_at is None
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=element.created, locked_by="1337"
    )
    answer = stranger_storage.delete(lock_url(element))
    assert_problem(answer, 403, code="not-permitted")
    assert reread(element).is_locked


def test_a_right_on_another_task_locks_nothing(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-200: Sophie leaves tasks, and the end is none of hers"""
    submit(element.instance)
    DataElement.objects.update(locked_at=None, locked_by="")
    assert_problem(storage.put(lock_url(element)), 403, code="not-permitted")
    assert reread(element).locked_at is None
    assert owner_storage.put(lock_url(element)).status_code == 201


@pytest.mark.parametrize(
    ("right", "may_lock", "may_unlock"),
    [
        ("write", True, True),
        ("reject", True, True),
        ("unlock", False, True),
        ("confirm", False, False),
        ("delete", False, False),
    ],
)
def test_each_right_that_locks_or_unlocks(
    storage: Api,
    element: DataElement,
    tmp_path: Path,
    right: str,
    may_lock: bool,
    may_unlock: bool,
) -> None:
    """S-199, S-203, 6.3: in a task to fill in; reading alone is never enough"""
    rule = permit("read", right, to="dagl")
    import_with_policy(tmp_path / "app", rule, app_id="nav/app2018")
    answer = storage.put(lock_url(element))
    assert answer.status_code == (201 if may_lock else 403)
    assert reread(element).is_locked is may_lock
    DataElement.objects.update(locked_at=element.created, locked_by="1337")
    answer = storage.delete(lock_url(element))
    assert answer.status_code == (200 if may_unlock else 403)
    assert reread(element).is_locked is not may_unlock


def test_nothing_is_locked_on_an_instance_that_is_not_there(
    storage: Api, element: DataElement
) -> None:
    """S-201, S-204: unknown to lock, forbidden to unlock"""
    nowhere = f"500000/{uuid4()}"
    url = f"/storage/api/v1/instances/{nowhere}/data/{element.id}/lock"
    problem = assert_problem(storage.put(url), 404, code="instance-not-found")
    assert problem["detail"] == f"Unable to find any instance with id: {nowhere}."
    assert_problem(storage.delete(url), 403, code="not-permitted")
    assert reread(element).locked_at is None


def test_an_element_of_another_instance_is_not_found(
    storage: Api, element: DataElement
) -> None:
    """S-202, W1, W29: nor one that never was; nothing is made up"""
    other = make_element(instance=make_instance())
    url = lock_url(other, instance=element.instance)
    assert_problem(storage.put(url), 404, code="data-element-not-found")
    assert_problem(storage.delete(url), 404, code="data-element-not-found")
    assert reread(other).locked_at is None
    unknown = lock_url(element).replace(str(element.id), str(uuid4()))
    assert_problem(storage.put(unknown), 404, code="data-element-not-found")
    assert_problem(storage.delete(unknown), 404, code="data-element-not-found")
    assert DataElement.objects.count() == 2
