"""Fields that the application calculates whenever a task's data change."""

import json
from typing import Any

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from process import hook_registry
from process.hooks import AppHooks, DataWrite
from tests.client import Api, assert_problem
from tests.factories import FORM, FORM_JSON, PDF, make_element, make_instance, reread
from tests.redeployed import FILES, METADATA, redeploy

pytestmark = pytest.mark.usefixtures("sandbox")

FILE = "models/default.calculation.json"
JSON, XML = "application/json", "application/xml"


def calculations(**expressions: object) -> dict[str, object]:
    """Return a file of calculations; ``__`` stands for a dot."""
    named = {
        name.replace("__", "."): {"expression": one}
        for name, one in expressions.items()
    }
    return {"calculations": named}


TEXT = ["concat", ["dataModel", "arbeidsgiver.navn"], "!"]
SIMPLE: dict[str, object] = {FILE: calculations(tilrettelegging=TEXT)}


def url(instance: Instance, tail: str) -> str:
    """Return an address below an instance."""
    return f"/nav/app2018/instances/{instance.instance_id}/{tail}"


def held(app: Api, element_id: object, instance: Instance) -> dict[str, Any]:
    """Return what a form holds, asked for as JSON."""
    answer = app.get(url(instance, f"data/{element_id}"), headers={"Accept": JSON})
    document: dict[str, Any] = answer.json()
    return document


def saves(instance: Instance) -> int:
    """Return how often content of the instance was saved again."""
    events = InstanceEvent.objects.filter(instance_id=instance.pk, event_type="Saved")
    return events.count()


def with_second_form(**logic: object) -> dict[str, object]:
    """Return metadata with a second form of the task, of the same model."""
    metadata = json.loads(FILES[METADATA])
    first = metadata["dataTypes"][0]
    second = {**first, "id": "andre", "minCount": 0, **logic}
    metadata["dataTypes"].append(second)
    return {METADATA: metadata}


def test_a_new_form_is_calculated(app: Api, instance: Instance) -> None:
    """A-244: POST, before it is stored, once"""
    redeploy(SIMPLE)
    made = app.post(url(instance, "data?dataType=default"), body=FORM, content_type=XML)
    assert made.status_code == 201
    form = held(app, made.json()["id"], instance)
    assert form["tilrettelegging"] == "Grønn Rev Verksted AS!"
    assert saves(instance) == 0


def test_a_replaced_form_is_calculated_and_that_is_told(
    app: Api, instance: Instance, element: DataElement
) -> None:
    """A-244: PUT, as a change by the application; one line of history"""
    redeploy(SIMPLE)
    answer = app.put(
        url(instance, f"data/{element.id}"), body=FORM_JSON, content_type=JSON
    )
    assert answer.status_code == 200
    assert answer.json()["changedFields"] == {
        "tilrettelegging": "Grønn Rev Verksted AS!"
    }
    form = held(app, element.id, instance)
    assert form["tilrettelegging"] == "Grønn Rev Verksted AS!"
    assert saves(instance) == 1


def test_a_patched_form_is_calculated(
    app: Api, instance: Instance, element: DataElement
) -> None:
    """A-244, A-120: PATCH answers with the result"""
    redeploy(SIMPLE)
    patch = [{"op": "replace", "path": "/arbeidsgiver/navn", "value": "Ny AS"}]
    body = {"patches": [{"dataElementId": str(element.id), "patch": patch}]}
    answer = app.call("PATCH", url(instance, "data"), json=body)
    (changed,) = answer.json()["newDataModels"]
    assert changed["data"]["tilrettelegging"] == "Ny AS!"
    assert held(app, element.id, instance)["tilrettelegging"] == "Ny AS!"
    assert saves(instance) == 1


def test_data_that_come_with_a_new_instance_are_calculated(app: Api) -> None:
    """A-244: multipart instantiation"""
    redeploy(SIMPLE)
    owner = b'{"instanceOwner": {"partyId": "500000"}}'
    parts = [("instance", JSON, owner), ("default", XML, FORM)]
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\nContent-Type: %s\r\n\r\n'
        b"%s\r\n" % (name.encode(), type_.encode(), content)
        for name, type_, content in parts
    )
    made = app.post(
        "/nav/app2018/instances",
        body=body + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert made.status_code == 201, made.content
    element = DataElement.objects.get(
        data_type="default", instance=made.json()["id"][-36:]
    )
    form = held(app, element.id, element.instance)
    assert form["tilrettelegging"] == "Grønn Rev Verksted AS!"


class Renaming(AppHooks):
    """Changes a name in what is sent."""

    def on_data_write(self, write: DataWrite) -> bytes:
        """Return the form with another name."""
        with write.content.open() as stream:
            return stream.read().replace("Grønn Rev".encode(), b"Blaa Rev")


def test_calculations_come_after_the_applications_code(
    app: Api, instance: Instance, settings: Any
) -> None:
    """A-122"""
    hook_registry._places.cache_clear()
    hook_registry._loaded.cache_clear()
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:Renaming"]
    redeploy(SIMPLE)
    made = app.post(url(instance, "data?dataType=default"), body=FORM, content_type=XML)
    form = held(app, made.json()["id"], instance)
    assert form["tilrettelegging"] == "Blaa Rev Verksted AS!"
    hook_registry._places.cache_clear()
    hook_registry._loaded.cache_clear()


COUNTING = {
    "models/andre.calculation.json": calculations(
        tilrettelegging=[
            "concat",
            ["dataModel", "arbeidsgiver.navn", "default"],
            " ",
            ["countDataElements", "vedlegg"],
        ]
    )
}


def test_other_forms_of_the_task_are_calculated_too(
    app: Api, instance: Instance, element: DataElement
) -> None:
    """A-244, A-120, A-246: told among what changed, with the ids that rows have then"""
    redeploy(with_second_form() | COUNTING)
    other = make_element(instance=instance, type_id="andre")
    patch = [{"op": "replace", "path": "/arbeidsgiver/navn", "value": "Ny AS"}]
    body = {"patches": [{"dataElementId": str(element.id), "patch": patch}]}
    answer = app.call("PATCH", url(instance, "data"), json=body)
    told = {one["dataElementId"]: one["data"] for one in answer.json()["newDataModels"]}
    assert told.keys() == {str(element.id), str(other.id)}
    assert told[str(other.id)]["tilrettelegging"] == "Ny AS 0"
    now = held(app, f"{other.id}?includeRowId=true", instance)
    assert now == told[str(other.id)]


def test_attachments_that_come_and_go_calculate_forms(
    app: Api, instance: Instance, element: DataElement
) -> None:
    """A-244: POST and DELETE of data of other types"""
    redeploy(with_second_form() | COUNTING)
    other = make_element(instance=instance, type_id="andre")
    made = app.post(
        url(instance, "data/vedlegg"),
        body=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    )
    assert made.status_code == 200, made.content
    told = made.json()["newDataModels"]
    assert [one["dataElementId"] for one in told] == [str(other.id)]
    assert held(app, other.id, instance)["tilrettelegging"].endswith(" 1")
    gone = app.delete(url(instance, f"data/{made.json()['newDataElementId']}"))
    (changed,) = gone.json()["newDataModels"]
    assert changed["data"]["tilrettelegging"].endswith(" 0")
    assert held(app, other.id, instance)["tilrettelegging"].endswith(" 0")


def test_forms_that_the_caller_may_not_read_are_left_alone(
    app: Api, instance: Instance, element: DataElement
) -> None:
    """A-244"""
    redeploy(with_second_form(actionRequiredToRead="hemmelig") | COUNTING)
    other = make_element(instance=instance, type_id="andre")
    before = reread(other)
    made = app.post(
        url(instance, "data/vedlegg"),
        body=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    )
    assert made.status_code == 200
    assert made.json()["newDataModels"] == []
    after = reread(other)
    assert isinstance(before, DataElement)
    assert isinstance(after, DataElement)
    assert after.blob_key == before.blob_key


def test_a_calculation_that_fails_leaves_the_field(
    app: Api, instance: Instance
) -> None:
    """A-244"""
    redeploy({FILE: calculations(tilrettelegging=["divide", 1, 0])})
    made = app.post(url(instance, "data?dataType=default"), body=FORM, content_type=XML)
    form = held(app, made.json()["id"], instance)
    assert form["tilrettelegging"] == "Kan arbeide hjemmefra noen timer om dagen."


def test_a_write_that_is_refused_calculates_nothing(
    app: Api, element: DataElement
) -> None:
    """A-244: nothing is written beside it"""
    instance = make_instance()
    redeploy(with_second_form() | COUNTING)
    other = make_element(instance=instance, type_id="andre")
    before = reread(other)
    answer = app.post(
        url(instance, "data?dataType=default"), body=b"<annet/>", content_type=XML
    )
    assert_problem(answer, 400, code="form-xml-refused")
    after = reread(other)
    assert isinstance(before, DataElement)
    assert isinstance(after, DataElement)
    assert after.blob_key == before.blob_key
