"""Presentation texts and data values in storage."""

from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from instances.models import Instance, InstanceEvent
from tests.cast import Person, service_owner
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_element, reread

pytestmark = pytest.mark.usefixtures("sandbox")

KINDS = [
    ("presentationtexts", "texts", "presentationTexts", "presentation_texts"),
    ("datavalues", "values", "dataValues", "data_values"),
]
kinds = pytest.mark.parametrize(("path", "member", "shown", "column"), KINDS)


def values_url(instance: Instance, path: str) -> str:
    """Return the address of the texts or the values."""
    return f"/storage/api/v1/instances/{instance.instance_id}/{path}"


@kinds
def test_keys_are_merged_and_others_stay(
    storage: Api, instance: Instance, path: str, member: str, shown: str, column: str
) -> None:
    """S-127: keys as they are given, in any case of letters"""
    url = values_url(instance, path)
    storage.put(url, json={member: {"Title": "A", "title": "a", "æ ø.å": "b"}})
    answer = storage.put(url, json={member: {"title": "c", "new": "d"}})
    after = {"Title": "A", "title": "c", "æ ø.å": "b", "new": "d"}
    assert answer.status_code == 200
    assert answer.json()[shown] == after
    assert getattr(reread(instance), column) == after


@kinds
def test_the_name_that_the_instance_has_will_do(
    storage: Api, instance: Instance, path: str, member: str, shown: str, column: str
) -> None:
    """OWN-7: as the journey prints it; Altinn's own name comes first"""
    url = values_url(instance, path)
    answer = storage.put(url, json={shown: {"a": "1", "b": "2"}})
    assert answer.status_code == 200
    assert answer.json()[shown] == {"a": "1", "b": "2"}
    storage.put(url, json={member: {"a": "3"}, shown: {"a": "4", "b": None}})
    assert getattr(reread(instance), column) == {"a": "3", "b": "2"}


@kinds
def test_empty_and_null_remove_a_key(
    storage: Api, instance: Instance, path: str, member: str, shown: str, column: str
) -> None:
    """S-128: really, and what is not there is no fault"""
    url = values_url(instance, path)
    storage.put(url, json={member: {"a": "1", "b": "2", "c": "3"}})
    answer = storage.put(url, json={member: {"a": None, "b": "", "unknown": None}})
    assert answer.json()[shown] == {"c": "3"}
    read = storage.get(f"/storage/api/v1/instances/{instance.instance_id}").json()
    assert read[shown] == {"c": "3"}
    assert getattr(reread(instance), column) == {"c": "3"}


@kinds
def test_blanks_are_part_of_a_value(
    storage: Api, instance: Instance, path: str, member: str, shown: str, column: str
) -> None:
    """S-127, S-128: what is empty removes a key, and a blank is not empty"""
    url = values_url(instance, path)
    given = {"a": " b ", "c": " ", "d": "\n"}
    answer = storage.put(url, json={member: given})
    assert answer.json()[shown] == given
    assert getattr(reread(instance), column) == given


@kinds
@pytest.mark.parametrize("nothing", [{}, None])
def test_no_values_at_all_are_refused(
    storage: Api,
    stranger_storage: Api,
    instance: Instance,
    path: str,
    member: str,
    shown: str,
    column: str,
    nothing: dict[str, Any] | None,
) -> None:
    """S-129, M:S-29: before the right is asked"""
    body = {} if nothing == {} else {member: None}
    for api in (storage, stranger_storage):
        problem = assert_problem(
            api.put(values_url(instance, path), json=body), 400, code="values-missing"
        )
        assert problem["detail"] == (
            f"Missing parameter value: {shown} is misformed or empty"
        )
    assert getattr(reread(instance), column) is None


@kinds
@pytest.mark.parametrize(
    "values",
    [
        ["a"],
        "a",
        7,
        {"a": {"b": "c"}},
        {"a": ["b"]},
        {"a": "x" * 4001},
        {"x" * 256: "a"},
        {str(number): "a" for number in range(101)},
    ],
)
def test_values_that_are_none_are_refused(
    storage: Api,
    instance: Instance,
    path: str,
    member: str,
    shown: str,
    column: str,
    values: object,
) -> None:
    """S-129"""
    answer = storage.put(values_url(instance, path), json={member: values})
    assert_problem(answer, 400, code="validation-failed")
    assert getattr(reread(instance), column) is None


@kinds
def test_an_instance_has_a_hundred_at_most(
    storage: Api, instance: Instance, path: str, member: str, shown: str, column: str
) -> None:
    """Lists show them, so there are not as many as anybody likes"""
    url = values_url(instance, path)
    full = {str(number): "a" for number in range(100)}
    assert storage.put(url, json={member: full}).status_code == 200
    answer = storage.put(url, json={member: {"more": "a"}})
    assert_problem(answer, 400, code="too-many-values")
    assert getattr(reread(instance), column) == full
    answer = storage.put(url, json={member: {"more": "a", "0": None}})
    assert answer.status_code == 200


@kinds
def test_it_is_no_change_and_no_event(
    storage: Api, instance: Instance, path: str, member: str, shown: str, column: str
) -> None:
    """S-130: and the document has the data; both links, as ours always have"""
    make_element(instance=instance)
    before, events = reread(instance), InstanceEvent.objects.count()
    answer = storage.put(values_url(instance, path), json={member: {"a": "b"}})
    assert len(answer.json()["data"]) == 1
    after = reread(instance)
    assert after.last_changed == before.last_changed
    assert after.last_changed_by == before.last_changed_by
    assert InstanceEvent.objects.count() == events


@kinds
def test_a_stranger_sets_nothing(
    stranger_storage: Api,
    storage: Api,
    instance: Instance,
    path: str,
    member: str,
    shown: str,
    column: str,
) -> None:
    """S-131, M:S-30: and nobody sets anything of what is not there"""
    body = {member: {"a": "b"}}
    answer = stranger_storage.put(values_url(instance, path), json=body)
    assert_problem(answer, 403, code="not-permitted")
    assert getattr(reread(instance), column) is None
    nowhere = values_url(instance, path).replace(str(instance.pk), str(uuid4()))
    assert_problem(storage.put(nowhere, json=body), 404, code="instance-not-found")


@kinds
def test_at_the_end_it_takes_write(
    storage: Api,
    owner_storage: Api,
    submitted: Instance,
    path: str,
    member: str,
    shown: str,
    column: str,
) -> None:
    """S-131: where there is no task, the policy's word on the end event counts"""
    body = {member: {"a": "b"}}
    answer = storage.put(values_url(submitted, path), json=body)
    assert_problem(answer, 403, code="not-permitted")
    assert getattr(reread(submitted), column) is None
    answer = owner_storage.put(values_url(submitted, path), json=body)
    assert answer.status_code == 200


def test_the_synchronisation_sets_values_and_no_texts(
    instance: Instance, settings: LazySettings
) -> None:
    """S-132"""
    scope = "altinn:storage/instances.syncadapter"
    made = service_owner("digdir", scope=scope, number="991825827")
    adapter = Person("adapter", {**made.claims, "client_id": "adapter"})
    api = Api(PLATFORM_HOST, adapter)
    values = values_url(instance, "datavalues"), {"values": {"a": "b"}}
    texts = values_url(instance, "presentationtexts"), {"texts": {"a": "b"}}
    assert_problem(api.put(values[0], json=values[1]), 403, code="not-permitted")
    settings.ALTINN_SYNC_ADAPTER_CLIENTS = ["adapter"]
    assert api.put(values[0], json=values[1]).json()["dataValues"] == {"a": "b"}
    assert_problem(api.put(texts[0], json=texts[1]), 403, code="not-permitted")
    assert reread(instance).presentation_texts is None
