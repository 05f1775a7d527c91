"""Every real application at hand, from its first task to its end, by each branch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry.definition import AppDefinition
from data_elements.models import DataElement
from forms import xml_data
from forms.models import model_of
from instances.models import Instance
from process.hooks import ServiceTaskResult
from tests import cast
from tests.client import DOMAIN, Api
from tests.hooks import service_code
from tests.journeys.test_real_apps import (
    DIRECTOR,
    FOLDERS,
    fill_in,
    imported,
    required,
    root_of,
    started,
    visited,
)
from tests.pdf.reading import needs_drawing

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(not FOLDERS, reason="the real applications are not at hand"),
    needs_drawing,
]
SCRIPTED = "tests.hooks.service_code:Scripted"
Forms = dict[str, dict[str, Any]]


@dataclass
class Walk:
    """A way through a process: what is filled in and done in each task, and where to.

    ``services`` are what the service tasks answer, those of the application's own.
    """

    folder: str
    steps: list[tuple[Forms, str | None]]
    tasks: list[str]
    services: list[Callable[[], ServiceTaskResult | None]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.folder}: {' '.join(self.tasks)}"


ON: tuple[Forms, None] = ({}, None)
BACK: tuple[Forms, str] = ({}, "reject")
_SCENARIO: Forms = {"TransitionControl": {"path": "postCommit"}}
_OWN_VIEW: Forms = {
    "TransitionControl": {"path": "postCommit", "serviceView": "layout"}
}
_NAMES: Forms = {
    "modell1": {"tekstfelt": "x", "gateadresse": "Vikgata 1", "poststed": "OSLO"},
    "modell2": {"tekstfelt": "x", "postnummer": "0150", "personer": [{"alder": 20}]},
}
_FIRST: Forms = {"model": {"property1": "a"}}
_SECOND: Forms = {"Model2": {"property1": "b", "fail": False}}
_PDFS = ["Task_PDF_Layout", "Task_PDF_Auto", "Task_Fail", "Task_Send_EFormidling"]
_WALKS = [
    Walk("template_v8", [ON], ["Task_1"]),
    Walk("tdd_permissive-app", [ON], ["Task_1"]),
    Walk(
        "multiple-datamodels-test",
        [(_NAMES, None), ON],
        ["Task_1", "PdfTask_Task_1", "Task_2", "PdfTask_Task_2"],
    ),
    Walk("process-transition-test", [ON, ON], ["Task_1", "Task_2"]),
    Walk(
        "process-transition-test",
        [ON, BACK, ON, ON],
        ["Task_1", "Task_2", "Task_1", "Task_2"],
    ),
    Walk(
        "process-transition-test",
        [(_SCENARIO, None), ON],
        ["Task_1", "Task_Service", "Task_2"],
    ),
    Walk(
        "process-transition-test",
        [(_OWN_VIEW, None), ON],
        ["Task_1", "Task_ServiceLayout", "Task_2"],
    ),
    Walk(
        "process-transition-test",
        [(_SCENARIO, None), ON, ON],
        ["Task_1", "Task_Service", "Task_1", "Task_Service", "Task_2"],
        [service_code.reject],
    ),
    Walk(
        "service-task",
        [(_FIRST, None), (_SECOND, None)],
        ["Task_Utfylling1", "Task_Utfylling2", *_PDFS],
    ),
    Walk(
        "service-task",
        [(_FIRST, None), (_SECOND, None), ON],
        [
            "Task_Utfylling1",
            "Task_Utfylling2",
            *_PDFS[:3],
            "Task_Utfylling2",
            *_PDFS,
        ],
        [service_code.reject],
    ),
]


_SIGN: tuple[Forms, str] = ({}, "sign")
_WALKS += [
    Walk(
        "signing-test",
        [ON, _SIGN, _SIGN],
        ["Task_1", "PdfTask_Task_1", "Task_2", "Task_3"],
    ),
    Walk(
        "signing-test",
        [ON, BACK, ON, _SIGN, _SIGN],
        [
            *("Task_1", "PdfTask_Task_1", "Task_2"),
            *("Task_1", "PdfTask_Task_1", "Task_2", "Task_3"),
        ],
    ),
]


def test_every_application_is_walked() -> None:
    """None at hand is left out; the one whose owner answers has a walk of its own"""
    assert {walk.folder for walk in _WALKS} | {"stateless-app"} == set(FOLDERS)


@pytest.mark.parametrize("walk", _WALKS, ids=str)
def test_a_process_is_walked_to_its_end(walk: Walk, settings: LazySettings) -> None:
    """D-2, A-041, A-134, A-217, A-218, A-225, A-230, A-231: as its gateways lead"""
    settings.ALTINN_ENVIRONMENT = "development"  # where eFormidling is disabled
    definition = imported(walk.folder)
    settings.ALTINN_APP_HOOKS = [f"{definition.app_id}={SCRIPTED}"]
    service_code.Scripted.script[:] = walk.services
    api = Api(f"{definition.org}.apps.{DOMAIN}", DIRECTOR)
    url, guid = started(api, definition)
    for forms, action in walk.steps:
        instance = Instance.objects.get(pk=guid)
        assert instance.current_task is not None
        _complete(api, url, definition, instance.current_task, forms)
        body = {} if action is None else {"action": action}
        moved = api.put(f"{url}/process/next", json=body)
        assert moved.status_code == 200, moved.content
        assert moved.json()["transition"]["state"] == "idle"
    assert visited(guid) == walk.tasks
    ended = Instance.objects.get(pk=guid)
    assert ended.process_ended is not None
    assert ended.archived_at is not None
    locked = DataElement.objects.filter(instance=guid, locked_at__isnull=True)
    types = {t.id for t in definition.data_types.values() if t.task_id in walk.tasks}
    assert not locked.filter(data_type__in=types).exists()


def test_feedback_may_send_an_instance_back_until_all_is_well(
    settings: LazySettings,
) -> None:
    """OWN-6, EUS-5, A-225, A-231, wishes 49: whose owner answers twice"""
    settings.ALTINN_ENVIRONMENT = "development"
    definition = imported("stateless-app")
    api = Api(f"{definition.org}.apps.{DOMAIN}", DIRECTOR)
    owner = Api(api.host, cast.service_owner(definition.org))
    url, guid = started(api, definition)
    for caller, forms in (
        (api, {}),
        (api, {"task2": {"gatewayShouldFail": True}}),
        (owner, {}),
        (api, {}),
        (api, {"task2": {"gatewayShouldFail": False}}),
        (owner, {}),
    ):
        task = Instance.objects.get(pk=guid).current_task
        assert task is not None
        _complete(api, url, definition, task, forms)
        moved = caller.put(f"{url}/process/next")
        assert moved.status_code == 200, moved.content
    assert Instance.objects.get(pk=guid).end_event == "EndEvent_1"
    assert visited(guid) == [
        *("Task_1", "PdfTask_Task_1", "Task_2", "PdfTask_Task_2", "Task_3"),
        *("Task_4", "Task_2", "PdfTask_Task_2", "Task_3"),
    ]
    drawn = DataElement.objects.filter(instance=guid, data_type="ref-data-as-pdf")
    assert drawn.count() == 2  # that of the second task in the place of the first


def _complete(
    api: Api, url: str, definition: AppDefinition, task: str, forms: Forms
) -> None:
    """Fill in what is wanted of a task, and add what it demands and lacks."""
    guid = url.rpartition("/")[2]
    present = set(
        DataElement.objects.filter(instance=guid).values_list("data_type", flat=True)
    )
    for data_type in required(definition, task):
        if data_type not in present:
            content = f"<{root_of(definition, data_type)}/>".encode()
            assert fill_in(api, url, data_type, content, "application/xml") == 201
    for data_type, values in forms.items():
        model = model_of(definition, definition.data_types[data_type])
        assert model is not None
        content = xml_data.write(values, model)
        element = DataElement.objects.filter(instance=guid, data_type=data_type).first()
        if element is None:
            assert fill_in(api, url, data_type, content, "application/xml") == 201
            continue
        put = api.put(
            f"{url}/data/{element.pk}", body=content, content_type="application/xml"
        )
        assert put.status_code in (200, 201, 303), put.content
