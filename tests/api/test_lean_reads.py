"""Reads answer what the serializers declare: rows and objects give one document.

The serializers render objects of the models as DRF does, the answers are built from
rows by functions made from the same declaration. On a random corpus both are the same,
in both spellings and with the links of both ways in (D-13, D-21).
"""

import gc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import reads
from api.entity_tags import instance_tag
from api.links import Links
from api.list_statements import Asked
from api.rows import ElementRow, InstanceRow
from api.serializers.data_elements import DataElementSerializer
from api.serializers.instances import InstanceSerializer, instance_document
from api.serializers.process import process_document
from api.serializers.spelling import Spelling
from api.views import FaceViewSet
from common.ids import uuid7
from data_elements.models import DataElement
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from tests.cast import OWNER_PRINCIPAL
from tests.client import Api

pytestmark = pytest.mark.django_db
_PARTY = {"partyId": 500000, "name": "Bakeri AS", "ssn": None}

_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
_name = st.none() | _text
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_LAST_SECOND = int((datetime(9999, 12, 30, tzinfo=UTC) - _FIRST).total_seconds())
_moment = st.builds(
    lambda seconds, microseconds: (
        _FIRST + timedelta(seconds=seconds, microseconds=microseconds)
    ),
    st.integers(0, _LAST_SECOND),
    st.integers(0, 999_999),
) | st.sampled_from(
    [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 100, tzinfo=UTC)]
)
_time = st.none() | _moment
_wire_time = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T10:20:30.1234Z"])
_texts = st.none() | st.dictionaries(_text, _text, max_size=3)
_pairs = st.none() | st.lists(
    st.fixed_dictionaries({"key": _text, "value": _name}), max_size=2
)
_task = st.fixed_dictionaries(
    {"flow": st.integers(0, 9), "elementId": _text},
    optional={
        "started": _wire_time,
        "name": _name,  # null too: a process may have been stored by others
        "altinnTaskType": _text,
        "validated": st.fixed_dictionaries(
            {"timestamp": st.none() | _wire_time, "canCompleteTask": st.booleans()}
        ),
    },
)
_process = st.fixed_dictionaries(
    {},
    optional={
        "started": _wire_time,
        "startEvent": _text,
        "currentTask": st.none() | _task,
        "ended": _wire_time,
        "endEvent": _name,
    },
)
_changes = st.fixed_dictionaries(
    {
        "created": _moment,
        "created_by": _text,
        "last_changed_by": _text,
    }
)
_instance = st.fixed_dictionaries(
    {
        "owner_party_id": st.integers(-(2**31), 2**31 - 1),
        "owner_person_no": st.none() | st.just("01017012345"),
        "owner_org_no": st.none() | st.just("310000002"),
        "owner_username": _name,
        "owner_external_id": _name,
        "process": _process,
        "archived_at": _time,
        "read_status": st.integers(0, 2),
        "substatus": st.none()
        | st.fixed_dictionaries({"label": _text, "description": _name}),
        "confirmations": st.none()
        | st.lists(
            st.fixed_dictionaries({"stakeholderId": _text, "confirmedOn": _wire_time}),
            max_size=2,
        ),
        "due_before": _time,
        "visible_after": _time,
        "presentation_texts": _texts,
        "data_values": _texts,
        "external_reference": _name,
    }
)
_element = st.fixed_dictionaries(
    {
        "data_type": _text,
        "content_type": _name,
        "filename": _name,
        "size": st.integers(1, 2**40),
        "is_read": st.booleans(),
        "scan_result": st.integers(0, 3),
        "tags": st.lists(_text, max_size=3),
        "refs": st.none() | st.lists(st.uuids().map(str), max_size=2),
        "references": st.none()
        | st.lists(
            st.fixed_dictionaries(
                {
                    "value": _text,
                    "relation": st.sampled_from([None, "GeneratedFrom"]),
                    "valueType": st.sampled_from([None, "DataElement", "Task"]),
                }
            ),
            max_size=2,
        ),
        "metadata": _pairs,
        "user_defined_metadata": _pairs,
        "deleted_at": _time,
        "owner_downloads": st.lists(_wire_time, max_size=2),
    }
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(
    instance=_instance,
    changes=_changes,
    deletions=st.sampled_from(["none", "soft", "hard"]),
    elements=st.lists(st.tuples(_element, _changes, st.booleans()), max_size=3),
    links=st.sampled_from([Links(), Links("http://localhost:8000")]),
)
def test_rows_and_objects_give_one_document(
    db: None,
    instance: dict[str, Any],
    changes: dict[str, Any],
    deletions: str,
    elements: list[tuple[dict[str, Any], dict[str, Any], bool]],
    links: Links,
) -> None:
    """D-13, D-21, A-007, A-009, S-016, S-018"""
    Instance.objects.all().delete()
    made = stored_instance(instance, changes, deletions)
    kept = [stored_element(made, *element) for element in elements]
    kept.sort(key=lambda element: (element.created, element.id))

    alone = reads.instance_with_elements(made.id)
    assert alone is not None
    (listed,) = listed_rows(Instance.objects.all())
    listed.elements = reads.elements_of([listed.id]).get(listed.id, [])
    for spelling in Spelling:
        expected = declared(made, kept, links, spelling)
        process = process_document(made.process, spelling)
        assert expected.get("process") == process
        for row in (alone, listed):
            assert answered(row, row.elements, links, spelling) == expected
        assert answered(made, kept, links, spelling) == expected
    tags = {
        instance_tag(made, kept),
        instance_tag(alone, alone.elements),
        instance_tag(listed, listed.elements),
    }
    assert len(tags) == 1


def test_an_instance_that_is_not_there_has_no_row(db: None) -> None:
    """S-076"""
    assert reads.instance_with_elements(uuid7()) is None
    assert listed_rows(Instance.objects.none()) == []
    assert reads.elements_of([]) == {}


def listed_rows(instances: InstanceQuerySet) -> list[InstanceRow]:
    """Read these instances as a list does."""
    asked = Asked(OWNER_PRINCIPAL, datetime.now(UTC), None, None, [])
    return reads.instance_rows(asked, lambda _: instances, made_for=uuid7())


def stored_instance(
    values: dict[str, Any], changes: dict[str, Any], deletions: str
) -> Instance:
    """Store an instance of these columns and read it back as an object."""
    soft = changes["created"] if deletions != "none" else None
    hard = changes["created"] if deletions == "hard" else None
    made = Instance.objects.create(
        org="nav",
        app_id="nav/app2018",
        last_changed=changes["created"] + timedelta(microseconds=10),
        soft_deleted_at=soft,
        hard_deleted_at=hard,
        **values,
        **changes,
    )
    return Instance.objects.get(pk=made.pk)


def stored_element(
    instance: Instance, values: dict[str, Any], changes: dict[str, Any], locked: bool
) -> DataElement:
    """Store a data element of these columns and read it back as an object."""
    downloaded = changes["created"] if values["owner_downloads"] else None
    made = DataElement.objects.create(
        instance=instance,
        blob_key=str(uuid7()),
        last_changed=changes["created"],
        locked_at=changes["created"] if locked else None,
        locked_by="someone" if locked else "",
        first_downloaded_at=downloaded,
        owner_confirmed_at=downloaded,
        **values,
        **changes,
    )
    return DataElement.objects.get(pk=made.pk)


def declared(
    instance: Instance, elements: list[DataElement], links: Links, spelling: Spelling
) -> dict[str, Any]:
    """Return the document as the serializers render the objects."""
    given = {
        "spelling": spelling,
        "app_id": instance.app_id,
        "links": links.instance(instance),
    }
    data = [DataElementSerializer(context=given).to_representation(e) for e in elements]
    party = _PARTY if spelling is Spelling.APPLICATION else None
    whole = InstanceSerializer(
        context={**given, "elements": data, "owner_party": party}
    )
    document: dict[str, Any] = orjson.loads(
        orjson.dumps(whole.to_representation(instance))
    )
    return document


def answered(
    instance: Instance | InstanceRow,
    elements: Sequence[DataElement | ElementRow],
    links: Links,
    spelling: Spelling,
) -> dict[str, Any]:
    """Return the document as an answer has it."""
    party = _PARTY if spelling is Spelling.APPLICATION else None
    built = instance_document(instance, elements, links, spelling, owner_party=party)
    document: dict[str, Any] = orjson.loads(orjson.dumps(built))
    return document


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("address", ["/{instance}", "?appId={app}", "/0/{nowhere}"])
def test_what_an_answer_took_goes_with_it(
    owner_storage: Api, element: DataElement, instance: Instance, address: str
) -> None:
    """No view, nor a row of its answer, waits for the collector of cycles"""
    path = address.format(
        instance=instance.instance_id, app=instance.app_id, nowhere=uuid7()
    )

    def there() -> list[object]:
        return [
            one
            for one in gc.get_objects()
            if isinstance(one, InstanceRow | ElementRow)
            # A statement that is kept may know the view it was made for, emptied.
            or (isinstance(one, FaceViewSet) and vars(one))
        ]

    gc.collect()
    gc.disable()
    try:
        # Of other tests: an exception that is remembered holds what it passed.
        before = there()
        answer = owner_storage.get(f"/storage/api/v1/instances{path}")
        left = [one for one in there() if all(one is not other for other in before)]
    finally:
        gc.enable()
    assert answer.status_code in (200, 404)
    assert not left
