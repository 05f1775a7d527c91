"""What a stated step takes: the actions of which task (storage-api.md §6.2a)."""

from dataclasses import replace

import pytest

from apps_registry.definition import AppDefinition
from instances.models import Instance
from process.positions import actions_in_task
from process.stated import FlowNotJudged, NoTaskToLeave, StatedState, asked_of
from tests.factories import sample_app

COMPLETE, ABANDON = "CompleteCurrentMoveToNext", "AbandonCurrentMoveToNext"
TYPES = [
    *((kind, ("write",)) for kind in ("data", "feedback", "pdf", "eFormidling")),
    *((kind, ("write",)) for kind in ("fiksArkiv", "subformPdf")),
    ("payment", ("pay", "write")),
    ("confirmation", ("confirm",)),
    ("signing", ("sign", "write")),
    ("inspect", ("inspect",)),
]


@pytest.fixture
def definition(sandbox: None) -> AppDefinition:
    """The sample application."""
    return sample_app()


def with_type(definition: AppDefinition, task: str, task_type: str) -> AppDefinition:
    """Return the application with another type of a task."""
    elements = dict(definition.process.elements)
    elements[task] = replace(elements[task], task_type=task_type)  # type: ignore[call-arg]  # a Task
    return replace(definition, process=replace(definition.process, elements=elements))


def in_task(task: str, task_type: str) -> Instance:
    """Return an instance that stands there, as it was stated once."""
    state = {"currentTask": {"elementId": task, "altinnTaskType": task_type}}
    return Instance(org="nav", app_id="nav/app2018", current_task=task, process=state)


@pytest.mark.parametrize("flow", ["", COMPLETE])
@pytest.mark.parametrize(("task_type", "actions"), TYPES)
def test_completing_takes_the_actions_of_the_task_that_is_left(
    definition: AppDefinition, flow: str, task_type: str, actions: tuple[str, ...]
) -> None:
    """S-225, S-226: wherever it leads, by the application's word on the type"""
    app = with_type(definition, "formfilling", task_type)
    stated = StatedState({}, task="confirm", task_type="read", flow_type=flow)
    resource, asked = asked_of(app, in_task("formfilling", "read"), stated)
    assert (resource.task, asked) == ("formfilling", actions)


def test_a_task_that_the_app_lacks_is_of_the_type_it_was_stated_with(
    definition: AppDefinition,
) -> None:
    """S-226: a backend may run tasks that the server does not know"""
    stated = StatedState({}, task="confirm")
    resource, asked = asked_of(definition, in_task("Other", "payment"), stated)
    assert (resource.task, asked) == ("Other", ("pay", "write"))


def test_abandoning_takes_reject_on_the_task_that_is_left(
    definition: AppDefinition,
) -> None:
    """S-227"""
    stated = StatedState({}, task="formfilling", task_type="data", flow_type=ABANDON)
    resource, asked = asked_of(definition, in_task("confirm", "confirmation"), stated)
    assert (resource.task, asked) == ("confirm", ("reject",))


def test_another_flow_takes_the_actions_of_the_task_that_it_leads_to(
    definition: AppDefinition,
) -> None:
    """S-228: by the app's word: whoever stated the type would state what he may do"""
    flow = "AbandonCurrentReturnToNext"
    stated = StatedState({}, task="confirm", task_type="read", flow_type=flow)
    resource, asked = asked_of(definition, in_task("formfilling", "data"), stated)
    assert (resource.task, asked) == ("confirm", ("confirm",))
    unknown = StatedState({}, task="Other", task_type="read", flow_type=flow)
    with pytest.raises(FlowNotJudged):
        asked_of(definition, in_task("formfilling", "data"), unknown)


def test_without_a_task_nothing_is_left(definition: AppDefinition) -> None:
    """S-224"""
    with pytest.raises(NoTaskToLeave):
        asked_of(definition, Instance(process={}), StatedState({}, task="confirm"))


@pytest.mark.parametrize(("task_type", "actions"), TYPES)
def test_work_in_a_task_takes_any_action_of_it_or_reject(
    task_type: str, actions: tuple[str, ...]
) -> None:
    """S-131, S-199"""
    assert actions_in_task(in_task("a", task_type)) == (*actions, "reject")


def test_work_without_a_task_takes_write_or_reject() -> None:
    """S-131: and in a task of no type, reject alone"""
    assert actions_in_task(Instance(process={})) == ("write", "reject")
    assert actions_in_task(in_task("a", "")) == ("reject",)
