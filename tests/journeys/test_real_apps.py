"""Gateways of the real applications at hand, and what stops a step before them."""

from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from apps_registry.services import import_app
from authorization.explain import roles_with_access
from authorization.models import RoleAssignment
from authorization.services import compiled_policy
from forms.models import model_of
from instances.choices import InstanceEventType
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.client import DOMAIN, PLATFORM_HOST, Api
from tests.shared import APPS

pytestmark = pytest.mark.usefixtures("sandbox")
DIRECTOR = cast.user(1337, 501337, level=4, name="director")
SCENARIO = "tests.hooks.service_code:Scenario"
FOLDERS = sorted(p.name for p in APPS.iterdir() if p.is_dir()) if APPS.is_dir() else []


def imported(folder: str) -> AppDefinition:
    """Import a real application, and let the director hold each role it knows."""
    app_id = import_app(APPS / folder, org="ttd", app="template").app_id
    definition = catalogue.definition_of(*app_id.split("/"))
    RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(user_id=1337, party_id=cast.ORG_PARTY, role_code=code)
            for code in roles_with_access(compiled_policy(definition))
        ),
        ignore_conflicts=True,
    )
    return definition


def required(definition: AppDefinition, task: str) -> list[str]:
    """Return the data types of which leaving the task takes one."""
    return [
        data_type.id
        for data_type in definition.data_types.values()
        if data_type.task_id in ("", None, task) and data_type.min_count
    ]


def started(api: Api, definition: AppDefinition) -> tuple[str, str]:
    """Make an instance; return its address and its guid."""
    instances = f"/{definition.app_id}/instances"
    made = api.post(f"{instances}?instanceOwnerPartyId={cast.ORG_PARTY}")
    assert made.status_code == 201, made.content
    instance: dict[str, Any] = made.json()
    return f"{instances}/{instance['id']}", instance["id"].split("/")[1]


def fill_in(
    api: Api, url: str, data_type: str, content: bytes, content_type: str
) -> int:
    """Send form data, in place of what the server made; return the answer's status."""
    made = {one["dataType"]: one["id"] for one in api.get(url).json()["data"]}
    if data_type in made:
        url = f"{url}/data/{made[data_type]}"
        return api.put(url, body=content, content_type=content_type).status_code
    return api.post(
        f"{url}/data?dataType={data_type}", body=content, content_type=content_type
    ).status_code


def root_of(definition: AppDefinition, data_type: str) -> str:
    """Return the name of the root element, any where the application has no schema."""
    model = model_of(definition, definition.data_types[data_type])
    return "model" if model is None else model.root


def visited(instance: str) -> list[str]:
    """Return the tasks that the instance was in, in order."""
    rows = InstanceEvent.objects.of_process(instance)
    return [
        row.process["currentTask"]["elementId"]
        for row in rows
        if row.event_type == InstanceEventType.PROCESS_START_TASK
    ]


@pytest.mark.skipif(not FOLDERS, reason="the real applications are not at hand")
@pytest.mark.parametrize(
    ("content", "entered"),
    [
        (b"<TransitionControl/>", "Task_2"),
        (
            b"<TransitionControl><path>postCommit</path></TransitionControl>",
            "Task_Service",
        ),
        (
            b"<TransitionControl><serviceView>layout</serviceView>"
            b"<path>postCommit</path></TransitionControl>",
            "Task_ServiceLayout",
        ),
    ],
    ids=["nothing", "one", "two"],
)
def test_a_gateway_chooses_by_form_data(
    content: bytes, entered: str, settings: LazySettings
) -> None:
    """A-230, A-231, A-261: by the data type that it is connected to"""
    definition = imported("process-transition-test")
    settings.ALTINN_APP_HOOKS = [f"{definition.app_id}={SCENARIO}"]
    api = Api(f"{definition.org}.apps.{DOMAIN}", DIRECTOR)
    url, instance = started(api, definition)
    assert fill_in(api, url, "TransitionControl", content, "application/xml") == 201
    moved = api.put(f"{url}/process/next")
    assert moved.status_code == 200, moved.content
    assert visited(instance)[1] == entered
    assert Instance.objects.get(pk=instance).current_task == "Task_2"


@pytest.mark.skipif(not FOLDERS, reason="the real applications are not at hand")
def test_a_form_that_does_not_fit_its_model_stops_the_step() -> None:
    """A-092, A-230: here it is not taken; by storage's call no gateway reads it"""
    definition = imported("process-transition-test")
    api = Api(f"{definition.org}.apps.{DOMAIN}", DIRECTOR)
    url, guid = started(api, definition)
    content = b"<TransitionControl><delayMs>soon</delayMs></TransitionControl>"
    assert fill_in(api, url, "TransitionControl", content, "application/xml") == 400
    storage = f"/storage/api/v1/instances/{cast.ORG_PARTY}/{guid}"
    platform = Api(PLATFORM_HOST, DIRECTOR)
    made = fill_in(platform, storage, "TransitionControl", content, "application/xml")
    assert made == 200
    before = Instance.objects.get(pk=guid)
    moved = api.put(f"{url}/process/next")
    assert moved.status_code == 409
    assert moved.json()["code"] == "task-not-complete"
    assert "delayMs" in moved.content.decode()
    after = Instance.objects.get(pk=guid)
    assert (after.process, after.last_changed) == (before.process, before.last_changed)
