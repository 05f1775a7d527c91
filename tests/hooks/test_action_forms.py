"""Forms that a user action changes, at its endpoint and in a step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_elements import blobs
from data_elements.models import DataElement
from instances.models import Instance
from tests.changed_app import deploy, form_type
from tests.client import Api, assert_problem, body_of
from tests.factories import PDF, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
REQUIRED = {"appsettings.json": {"AppSettings": {"RequiredValidation": True}}}


@pytest.fixture
def filled(sandbox: None) -> Instance:
    """An instance with its form and a file."""
    made = make_instance(filled=True)
    make_element(
        instance=made, type_id="vedlegg", content=PDF, content_type="application/pdf"
    )
    return reread(made)


def form_of(instance: Instance) -> DataElement:
    """Return the form."""
    return DataElement.objects.get(instance=instance, data_type="default")


def stored(instance: Instance) -> bytes:
    """Return the bytes of the form."""
    with blobs.open_blob(form_of(instance).blob_key) as content:
        return content.read()


def act(app: Api, instance: Instance, how: str = "", **more: object) -> Any:
    """Press the button."""
    url = f"/nav/app2018/instances/{instance.instance_id}/actions"
    return app.post(url, json={"action": "write", "metadata": {"how": how}, **more})


def test_an_action_changes_a_form_and_tells_what_it_holds(
    app: Api, filled: Instance, install: Callable[[str], None]
) -> None:
    """A-150, A-209: with ids of rows, and every member of the model"""
    install("FillsIn")
    before = form_of(filled)
    answer = act(app, filled)
    assert answer.status_code == 200, answer.content
    element = form_of(filled)
    assert element.blob_key != before.blob_key
    models = answer.json()["updatedDataModels"]
    assert models.keys() == {str(element.pk)}
    form = models[str(element.pk)]
    assert form["arbeidsgiver"]["stillingsprosent"] == 55
    assert [row["grad"] for row in form["periode"]] == [100, 50, 20]
    ids = {row["altinnRowId"] for row in form["periode"]}
    assert len(ids) == 3
    told = app.get(f"/nav/app2018/instances/{filled.instance_id}/data/{element.pk}")
    assert b"<stillingsprosent>55</stillingsprosent>" in body_of(told)
    assert reread(filled).last_changed > filled.last_changed
    assert answer.json()["instance"]["data"][0]["size"] == element.size


def test_what_is_amiss_after_it_is_told(
    app: Api, sandbox: None, tmp_path: Path, install: Callable[[str], None]
) -> None:
    """A-150: by element and source; an issue keeps nothing back at the endpoint"""
    deploy(tmp_path, files=REQUIRED)
    instance = make_instance(filled=True)
    install("FillsIn")
    answer = act(app, instance, "empty")
    assert answer.status_code == 200, answer.content
    found = answer.json()["updatedValidationIssues"][str(form_of(instance).pk)]
    assert [one["field"] for one in found["Required"]] == ["arbeidstaker.navn"]
    assert b"Astrid" not in stored(instance)
    ignoring = act(app, instance, "empty", ignoredValidators=["Required"])
    assert ignoring.json()["updatedValidationIssues"] == {}


def test_a_form_that_is_left_as_it_was_is_not_written(
    app: Api, filled: Instance, install: Callable[[str], None]
) -> None:
    """A-150: no model is new"""
    install("FillsIn")
    before = form_of(filled)
    answer = act(app, filled, "same")
    assert answer.status_code == 200, answer.content
    assert answer.json()["updatedDataModels"] is None
    assert form_of(filled).blob_key == before.blob_key


@pytest.mark.parametrize("how", ["foreign", "file", "large"])
def test_what_the_form_cannot_hold_is_the_codes_failure(
    app: Api,
    filled: Instance,
    install: Callable[[str], None],
    everything: Callable[[], object],
    how: str,
) -> None:
    """A-149, A-209: a member of no model's, an element that is none, too much"""
    install("FillsIn")
    before = everything()
    assert_problem(act(app, filled, how), 500, code="app-hook-failed")
    assert everything() == before


def test_a_locked_form_is_not_changed(
    app: Api,
    filled: Instance,
    install: Callable[[str], None],
    everything: Callable[[], object],
) -> None:
    """A-149: 409, and the action with it"""
    install("FillsIn")
    lock = {"locked_at": filled.created, "locked_by": "1337"}
    DataElement.objects.filter(pk=form_of(filled).pk).update(**lock)
    before = everything()
    assert_problem(act(app, filled), 409, code="data-element-locked")
    assert everything() == before


def test_calculations_follow(
    app: Api, sandbox: None, tmp_path: Path, install: Callable[[str], None]
) -> None:
    """A-150, A-244: of what the action has left"""
    share = ["dataModel", "arbeidsgiver.stillingsprosent"]
    rule = {"expression": ["concat", "Stilling: ", share]}
    calculation = {"calculations": {"tilrettelegging": rule}}
    deploy(tmp_path, files={"models/default.calculation.json": calculation})
    instance = make_instance(filled=True)
    install("FillsIn")
    answer = act(app, instance)
    assert answer.status_code == 200, answer.content
    [form] = answer.json()["updatedDataModels"].values()
    assert form["tilrettelegging"] == "Stilling: 55"
    assert b"<tilrettelegging>Stilling: 55</tilrettelegging>" in stored(instance)


def test_what_the_caller_may_not_read_is_not_told(
    app: Api, sandbox: None, tmp_path: Path, install: Callable[[str], None]
) -> None:
    """A-034, A-150: the code changes it all the same"""

    def restricted(metadata: dict[str, Any]) -> None:
        form_type(metadata)["actionRequiredToRead"] = "nobody-may"

    deploy(tmp_path, restricted)
    instance = make_instance(filled=True)
    install("FillsIn")
    answer = act(app, instance)
    assert answer.status_code == 200, answer.content
    assert answer.json()["updatedDataModels"] is None
    assert b"<stillingsprosent>55</stillingsprosent>" in stored(instance)


def test_a_step_goes_on_with_what_its_action_has_left(
    app: Api,
    sandbox: None,
    tmp_path: Path,
    install: Callable[[str], None],
    everything: Callable[[], object],
) -> None:
    """A-215: validation sees it; what it refuses takes the change with it"""
    deploy(tmp_path, files=REQUIRED)
    install("Empties")
    instance = make_instance(filled=True)
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    before = everything()
    refused = app.put(url, json={"action": "write"})
    problem = assert_problem(refused, 409, code="task-not-complete")
    fields = {one["field"] for one in problem["validationIssues"]}
    assert fields == {"arbeidstaker.navn"}
    assert everything() == before
    install("FillsIn")
    moved = app.put(url, json={"action": "write"})
    assert moved.status_code == 200, moved.content
    assert moved.json()["currentTask"]["elementId"] == "confirm"
    assert b"<stillingsprosent>55</stillingsprosent>" in stored(instance)
