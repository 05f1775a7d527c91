"""What a task's forms are made into when it is completed."""

import json
from typing import Any
from uuid import uuid4

import pytest

from apps_registry.errors import AppFolderRefused
from data_elements import blobs
from data_elements.models import DataElement
from instances.choices import InstanceEventType
from instances.models import Instance, InstanceEvent
from tests.client import Api, assert_problem
from tests.factories import FORM, FORM_JSON, make_element, reread
from tests.forms.layout_app import Node, component, page, rows
from tests.redeployed import FILES, METADATA, redeploy, switched_on

pytestmark = pytest.mark.usefixtures("sandbox")

PAGES: dict[str, object] = {"ui/form/Settings.json": {"pages": {"order": ["arbeid"]}}}


def url(instance: Instance, tail: str) -> str:
    """Return an address below the instance's process."""
    return f"/nav/app2018/instances/{instance.instance_id}/{tail}"


def end_task(app: Api, instance: Instance) -> None:
    """Complete the task of the form."""
    answer = app.put(url(instance, "process/next"))
    assert answer.status_code == 200, answer.content


def row_of(element: DataElement) -> DataElement:
    """Return the element as it is now."""
    row = reread(element)
    assert isinstance(row, DataElement)
    return row


def bytes_of(element: DataElement) -> bytes:
    """Return what is stored of the element now."""
    with blobs.open_blob(row_of(element).blob_key) as content:
        return content.read()


def kept(element: DataElement) -> dict[str, Any]:
    """Return a JSON form as it is stored now."""
    document: dict[str, Any] = json.loads(bytes_of(element))
    return document


def make_form(instance: Instance, **changed: object) -> DataElement:
    """Add a form as JSON, with ids of its rows."""
    document = json.loads(FORM_JSON) | changed
    for row in document["periode"]:
        row["altinnRowId"] = str(uuid4())
    return make_element(
        instance=instance,
        content=json.dumps(document).encode(),
        content_type="application/json",
    )


def with_page(*components: Node, **data: object) -> dict[str, object]:
    """Return the files of a form of one page."""
    return {**PAGES, "ui/form/layouts/arbeid.json": page(*components, **data)}


def with_shadows(**shadow: str) -> dict[str, object]:
    """Return metadata with shadow fields, and a type beside the form's."""
    metadata = json.loads(FILES[METADATA])
    form, *_ = metadata["dataTypes"]
    form["appLogic"]["shadowFields"] = shadow
    clean = {"allowedContentTypes": ["application/json"], "maxCount": 1}
    logic = {"classRef": form["appLogic"]["classRef"]}
    metadata["dataTypes"].append({"id": "ren", "appLogic": logic, **clean})
    return {METADATA: metadata}


# --- ids of rows ----------------------------------------------------------------------
def test_ids_of_rows_go_when_the_task_is_completed(
    app: Api, instance: Instance
) -> None:
    """A-246: and the content is told as saved"""
    element = make_form(instance)
    before = row_of(element)
    end_task(app, instance)
    assert "altinnRowId" not in bytes_of(element).decode()
    assert kept(element) == json.loads(FORM_JSON)
    after = row_of(element)
    assert after.sha256 != before.sha256
    assert after.is_locked
    assert InstanceEvent.objects.filter(
        instance_id=instance.pk, event_type=InstanceEventType.SAVED, data_id=element.pk
    ).exists()


def test_a_form_that_loses_nothing_stays_byte_for_byte(
    app: Api, instance: Instance
) -> None:
    """A-246: its sender's hash stays true"""
    element = make_element(instance=instance, content=FORM)
    before = row_of(element)
    end_task(app, instance)
    assert bytes_of(element) == FORM
    assert row_of(element).blob_key == before.blob_key


def test_a_task_that_is_rejected_changes_no_form(app: Api, instance: Instance) -> None:
    """A-246, §17.4: the form stays as it is while its task is to be done again"""
    metadata = json.loads(FILES[METADATA])
    metadata["dataTypes"][0] |= {"taskId": "confirm", "minCount": 0}
    redeploy({METADATA: metadata})
    element = make_form(instance)
    before = bytes_of(element)
    end_task(app, instance)
    answer = app.put(url(instance, "process/next"), json={"action": "reject"})
    assert answer.status_code == 200
    assert Instance.objects.get(pk=instance.pk).current_task == "formfilling"
    assert bytes_of(element) == before
    end_task(app, instance)
    end_task(app, instance)
    assert "altinnRowId" not in bytes_of(element).decode()


# --- what is hidden -------------------------------------------------------------------
def test_what_is_hidden_goes_when_the_task_is_completed(
    app: Api, instance: Instance
) -> None:
    """A-248, A-208: fields, rows from the last, and what its instance tells of it"""
    half = ["equals", ["dataModel", "periode.grad"], 50]
    files = with_page(
        component("x", field="tilrettelegging", hidden=["equals", 1, 1]),
        component("y", field="arbeidsgiver.navn", hidden=True),
        component("z", field="arbeidstaker.navn", hidden=True, removeWhenHidden=False),
        rows("r", "periode", "grad", hiddenRow=half),
        component("grad", field="periode.grad"),
    )
    redeploy(files | switched_on("RemoveHiddenData"))
    made = app.post(
        url(instance, "data?dataType=default"),
        body=FORM,
        content_type="application/xml",
    )
    shown = Instance.objects.get(pk=instance.pk).presentation_texts
    assert shown == {"arbeidsgiver": "Grønn Rev Verksted AS"}
    end_task(app, instance)
    element = DataElement.objects.get(pk=made.json()["id"])
    content = bytes_of(element).decode()
    assert "tilrettelegging" not in content
    assert "Verksted" not in content
    assert "Astrid Fjordvik" in content
    assert content.count("<periode>") == 1
    assert "<grad>100</grad>" in content
    assert not Instance.objects.get(pk=instance.pk).presentation_texts


def test_nothing_goes_unless_the_application_says_so(
    app: Api, instance: Instance
) -> None:
    """A-208"""
    redeploy(with_page(component("x", field="tilrettelegging", hidden=True)))
    element = make_element(instance=instance, content=FORM)
    end_task(app, instance)
    assert bytes_of(element) == FORM


def test_a_page_that_cannot_be_evaluated_stops_the_step(
    app: Api, instance: Instance
) -> None:
    """A-248: 500 for the owner to read; state, form and history are as before"""
    files = with_page(component("x", field="behandler.navn", hidden=["ukjent"]))
    redeploy(files | switched_on("RemoveHiddenData"))
    element = make_form(instance)
    before, content = row_of(element), bytes_of(element)
    told = InstanceEvent.objects.filter(instance_id=instance.pk).count()
    answer = app.put(url(instance, "process/next"))
    problem = assert_problem(answer, 500, code="form-not-evaluable")
    assert "arbeid: x.hidden: Function 'ukjent' is not known" in problem["detail"]
    after = Instance.objects.get(pk=instance.pk)
    assert after.current_task == "formfilling"
    assert (row_of(element).blob_key, bytes_of(element)) == (before.blob_key, content)
    assert InstanceEvent.objects.filter(instance_id=instance.pk).count() == told


# --- shadow fields --------------------------------------------------------------------
def test_shadow_fields_go(app: Api, instance: Instance) -> None:
    """A-249: however deep"""
    redeploy(with_shadows(prefix="na"))
    element = make_form(instance)
    end_task(app, instance)
    form = kept(element)
    assert "navn" not in form["arbeidsgiver"]
    assert "navn" not in form["behandler"]
    assert form["arbeidsgiver"]["organisasjonsnummer"] == "353801961"


def test_shadow_fields_stay_where_another_type_gets_the_rest(
    app: Api, instance: Instance
) -> None:
    """A-249: a second time it replaces what the first made, where there may be one"""
    redeploy(with_shadows(prefix="na", saveToDataType="ren"))
    element = make_form(instance)
    end_task(app, instance)
    clean = DataElement.objects.get(instance=instance, data_type="ren")
    assert kept(element)["arbeidsgiver"]["navn"] == "Grønn Rev Verksted AS"
    assert "navn" not in kept(clean)["arbeidsgiver"]
    assert clean.content_type == "application/json"
    answer = app.put(url(instance, "process/next"), json={"action": "reject"})
    assert answer.status_code == 200
    end_task(app, instance)
    again = DataElement.objects.get(instance=instance, data_type="ren")
    assert again.pk == clean.pk


def test_shadow_fields_name_a_type_that_there_is() -> None:
    """A-249: found at import, where Altinn fails at the end of the task"""
    with pytest.raises(AppFolderRefused) as raised:
        redeploy(with_shadows(prefix="na", saveToDataType="borte"))
    assert "data-type-unknown" in raised.value.report.text()
