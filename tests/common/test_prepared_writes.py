"""A prepared write does what the ORM's own does, for every form and value."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Model, Q
from django.test.utils import CaptureQueriesContext

from common import prepared_writes
from common.prepared import by_key
from data_elements.models import DataElement
from data_elements.rows import elements_of
from instances.models import Instance, InstanceEvent
from parties.models import Party
from tests.factories import make_element, make_instance, now, reread

pytestmark = pytest.mark.usefixtures("sandbox")
MOMENT = now()
CONDITIONS = [
    Q(),
    Q(current_task="formfilling"),
    Q(current_task="' OR 1=1 --"),
    Q(current_task=None),
    Q(current_task__isnull=False, confirmed=False),
    Q(confirmed=True),
    ~Q(current_task="confirm"),
    Q(locked_until__isnull=True) | Q(locked_until__lte=MOMENT),
    Q(locked_until__gt=MOMENT) | Q(lock_holder="user 1337") & ~Q(lock_number=0),
    Q(Q(archived_at__isnull=True), Q(), last_changed__lt=MOMENT + timedelta(days=1)),
    Q(last_changed__lt=MOMENT - timedelta(days=1)),
]
VALUES: list[dict[str, Any]] = [
    {"process": {"started": "é 'x' %s"}, "end_event": None, "read_status": 2},
    {"process": {}, "end_event": "slutt", "read_status": 0},
    {"lock_secret": b"\x00\xff", "data_values": None},
]


def columns_of(row: Model) -> dict[str, object]:
    """Return what stands in every column of a row."""
    fields = row._meta.concrete_fields
    values = {field.attname: getattr(row, field.attname) for field in fields}
    return {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in values.items()
    }


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("where", CONDITIONS)
def test_an_update_changes_the_rows_that_the_orms_changes(
    where: Q, values: dict[str, Any]
) -> None:
    """As many, and to the same; twice, for the second time uses the first one's text"""
    values = {"last_changed": MOMENT + timedelta(days=2), **values}
    for _ in range(2):
        instance = make_instance()
        with transaction.atomic():
            expected = Instance.objects.filter(where, pk=instance.pk).update(**values)
            by_the_orm = columns_of(reread(instance))
            transaction.set_rollback(True)
        found = prepared_writes.update(Instance, Q(where, pk=instance.pk), values)
        assert found == expected
        assert columns_of(reread(instance)) == by_the_orm


def test_another_form_is_another_statement() -> None:
    """What is compared may differ; a truth value or a null may not"""
    instance = make_instance()
    values = {"read_status": 1}
    assert prepared_writes.update(Instance, Q(pk=instance.pk, confirmed=False), values)
    assert not prepared_writes.update(
        Instance, Q(pk=instance.pk, confirmed=True), values
    )
    assert prepared_writes.update(Instance, Q(pk=instance.pk, end_event=None), values)
    assert not prepared_writes.update(
        Instance, Q(pk=instance.pk, end_event="end"), values
    )


@pytest.mark.parametrize("number", [0, 1, 3, 21])
def test_new_rows_are_as_the_orm_reads_them(number: int) -> None:
    """In one statement each time, few and many"""
    rows = [
        InstanceEvent(
            instance_id=uuid4(),
            owner_party_id=2**40 + place,
            created=MOMENT,
            event_type="Saved %s ''",
            data_id=uuid4() if place % 2 else None,
            actor={"userId": place, "name": "Bjørn"},
            process={"ended": None} if place % 2 else None,
        )
        for place in range(number)
    ]
    with CaptureQueriesContext(connection) as captured:
        prepared_writes.insert(rows)
    assert len(captured) == min(number, 1)
    for row in rows:
        stored = InstanceEvent.objects.get(pk=row.pk)
        assert columns_of(stored) == columns_of(row)
        assert not row._state.adding


@pytest.mark.parametrize("number", [1, 3])
def test_rows_that_are_no_objects_are_stored_as_the_orms(number: int) -> None:
    """All that their objects would hold; a column that is forgotten is no null"""
    instance = make_instance()
    rows = [columns_of(event_of(instance)) for _ in range(number)]
    rows[-1] |= {"data_id": uuid4(), "actor": {"name": "Bjørn"}, "process": {}}
    prepared_writes.run(prepared_writes.insertion_of(InstanceEvent, *rows))
    for row in rows:
        assert columns_of(InstanceEvent.objects.get(pk=row["id"])) == row
    with pytest.raises(KeyError):
        prepared_writes.insertion_of(InstanceEvent, {"id": uuid4()})


def test_columns_that_no_row_fills_are_not_said() -> None:
    """They are null; what one row of several fills is said of each"""
    instance = make_instance()
    empty, filled = event_of(instance), event_of(instance)
    filled.additional_info = "why"
    alone, _ = prepared_writes.insertion([empty])
    assert '"event_type"' in alone
    assert '"additional_info"' not in alone
    assert '"data_id"' not in alone
    both, _ = prepared_writes.insertion([empty, filled])
    assert '"additional_info"' in both
    prepared_writes.insert([empty], [filled])
    assert InstanceEvent.objects.get(pk=empty.pk).additional_info is None
    assert InstanceEvent.objects.get(pk=filled.pk).additional_info == "why"


def test_several_writes_go_together_and_tell_what_the_first_changed() -> None:
    """One statement on PostgreSQL; the count is the first one's, none included"""
    instance = make_instance()
    for holds in (True, False):
        where = Q(pk=instance.pk, confirmed=not holds)
        lines = [event_of(instance) for _ in range(2)]
        along = [prepared_writes.insertion(lines)]
        with CaptureQueriesContext(connection) as captured:
            found = prepared_writes.update(
                Instance, where, {"read_status": 2}, along=along
            )
        assert found == int(holds)
        assert len(captured) == (1 if connection.vendor == "postgresql" else 2)
        stored = InstanceEvent.objects.filter(pk__in=[line.pk for line in lines])
        assert stored.count() == len(lines)


def event_of(instance: Instance) -> InstanceEvent:
    """Return a line of history that is not stored."""
    return InstanceEvent(
        instance_id=instance.pk,
        owner_party_id=instance.owner_party_id,
        created=MOMENT,
        event_type="Saved",
    )


def test_a_row_is_found_by_its_key() -> None:
    """With every column, and no other row's"""
    instance = make_instance()
    for model, key in ((Party, 500000), (Instance, instance.pk)):
        found = by_key(model, key)
        assert found is not None
        assert columns_of(found) == columns_of(model.objects.get(pk=key))
    assert by_key(Instance, uuid4()) is None
    found = by_key(Instance, instance.pk)
    assert found is not None
    found.save(update_fields=["end_event"])  # it is a row that is there


def test_the_elements_of_an_instance_are_found_in_order() -> None:
    """Those of another are not among them"""
    instance = make_instance()
    made = [make_element(instance=instance) for _ in range(3)]
    make_element(instance=make_instance())
    found = elements_of(instance.pk)
    assert found == list(DataElement.objects.of([instance.pk])) == made
    stored = DataElement.objects.of([instance.pk])
    assert [columns_of(one) for one in found] == [columns_of(one) for one in stored]


def test_more_rows_than_a_statement_takes_are_stored_in_several() -> None:
    """PostgreSQL takes 65,535 parameters: an archive of thousands of elements"""
    instance = make_instance()
    rows = [
        InstanceEvent(
            instance_id=instance.pk,
            owner_party_id=instance.owner_party_id,
            created=MOMENT,
            event_type="downloaded",
        )
        for _ in range(8_000)
    ]
    prepared_writes.insert(rows)
    assert InstanceEvent.objects.filter(event_type="downloaded").count() == 8_000
    assert not any(row._state.adding for row in rows)
