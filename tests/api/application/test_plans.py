"""Plans: what would come of an instance, step by step, with nothing of it stored."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import transaction

from data_elements.models import DataElement
from instances.models import Instance
from process.hooks import AppHooks, HookRefused, InstanceChanges, TaskView
from tests.api.application.test_instances import multipart
from tests.api.application.test_model_validation import BROKEN, by_field
from tests.api.application.test_validation import codes, url_of
from tests.client import Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance
from tests.stored import files_in

pytestmark = pytest.mark.usefixtures("sandbox")

INSTANCES = "/nav/app2018/instances?instanceOwnerPartyId=500000"
# What tells that somebody called, or is kept to be quick; not what was called about.
_BESIDE = {"django_session", "apps_registry_registryversion"}

committed: list[str] = []


class Acts(AppHooks):
    """An application whose own code writes, and waits for the commit."""

    def on_task_start(self, task: TaskView) -> InstanceChanges:
        """Write, and tell others once that is certain."""
        transaction.on_commit(lambda: committed.append(task.task))
        return InstanceChanges(data_values={"seen": task.task})


class RefusesTheEnd(AppHooks):
    """An application whose own code lets no process end."""

    def on_process_end(self, task: TaskView) -> None:
        """Refuse."""
        raise HookRefused("not-yet", "The office is closed.")


@pytest.fixture
def nothing_changes(own_blobs: Path) -> Callable[[], AbstractContextManager[None]]:
    """Hold a block to leaving every table and every stored content as they are."""

    def everything() -> dict[str, object]:
        rows: dict[str, object] = {
            table.__name__: sorted(map(str, table._default_manager.values()))
            for table in apps.get_models()
            if table._meta.db_table not in _BESIDE
        }
        return rows | {str(path): path.read_bytes() for path in files_in(own_blobs)}

    @contextmanager
    def watch() -> Iterator[None]:
        before = everything()
        yield
        assert everything() == before

    return watch


Watch = Callable[[], AbstractContextManager[None]]


def steps_of(answer: Any) -> list[dict[str, Any]]:
    """Return the steps of a plan."""
    assert answer.status_code == 200, answer.content
    assert answer.json()["dryRun"] is True
    found: list[dict[str, Any]] = answer.json()["steps"]
    return found


def ways(steps: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return where each step leads, and what comes of it."""
    return [(one["taskId"], one["leadsTo"], one["outcome"]) for one in steps]


def body_with(form: bytes, *more: tuple[str, str, bytes]) -> dict[str, Any]:
    """Return a multipart body with a form."""
    head = 'form-data; name="default"'
    body, content_type = multipart((head, "application/xml", form), *more)
    return {"body": body, "content_type": content_type}


# --- a new instance -------------------------------------------------------------------
def test_a_package_that_is_right_reaches_the_end(
    app: Api, nothing_changes: Watch
) -> None:
    """Creating, data, attachment and every step; no row, event or content stays"""
    pdf = 'form-data; name="vedlegg"; filename="a.pdf"'
    package = body_with(FORM, (pdf, "application/pdf", PDF))
    with nothing_changes():
        answer = app.post(f"{INSTANCES}&dryRun=true", **package)
    assert ways(steps_of(answer)) == [
        ("formfilling", "confirm", "passes"),
        ("confirm", "submitted", "passes"),
    ]
    assert answer.json()["succeeds"] is True
    assert answer.json()["reachesEnd"] is True
    assert "Location" not in answer
    assert app.post(INSTANCES, **package).status_code == 201


def test_everything_that_would_go_wrong_is_told_at_once(
    owner_app: Api, nothing_changes: Watch
) -> None:
    """A form that breaks its model, and a step that the caller may not take"""
    with nothing_changes():
        answer = owner_app.post(
            f"{INSTANCES}&dryRun=true&language=en", **body_with(BROKEN)
        )
    first, second = steps_of(answer)
    assert ways([first, second]) == [
        ("formfilling", "confirm", "refused"),
        ("confirm", "submitted", "refused"),
    ]
    assert first["problem"]["code"] == "task-not-complete"
    assert first["problem"]["status"] == 409
    assert by_field(first["validationIssues"])["periode[1].grad"] == "maximum"
    assert second["problem"]["code"] == "process-next-not-permitted"
    assert second["problem"]["explanation"]
    assert answer.json()["succeeds"] is False
    assert answer.json()["reachesEnd"] is True


def test_what_cannot_even_begin_is_refused_as_ever(
    app: Api, owner_app: Api, nothing_changes: Watch
) -> None:
    """400 and 403, as without the parameter"""
    with nothing_changes():
        answer = app.post(f"{INSTANCES}&dryRun=true", **body_with(b"<other/>"))
        assert_problem(answer, 400, code="form-xml-refused")
        answer = app.post("/nav/app2018/instances?dryRun=true", json={})
        assert_problem(answer, 400, code="instance-owner-empty")
        answer = app.post(f"{INSTANCES}&dryRun=perhaps", json={})
        assert_problem(answer, 400, code="parameter-invalid")


def test_a_key_of_a_plan_is_not_kept(app: Api, nothing_changes: Watch) -> None:
    """The real call may follow under the same key"""
    headers = {"Idempotency-Key": "the-same"}
    with nothing_changes():
        url = f"{INSTANCES}&dryRun=true"
        for _ in range(2):
            answer = app.post(url, headers=headers, **body_with(FORM))
            assert answer.json()["succeeds"] is True
    assert app.post(INSTANCES, headers=headers, **body_with(FORM)).status_code == 201
    assert Instance.objects.count() == 1


# --- an instance that there is --------------------------------------------------------
def test_the_way_from_where_an_instance_stands(
    app: Api, instance: Instance, nothing_changes: Watch
) -> None:
    """What is missing is told, and the steps behind it too"""
    url = url_of(instance, "/process/next?dryRun=true")
    with nothing_changes():
        first, second = steps_of(app.put(url))
    assert first["problem"]["code"] == "task-not-complete"
    assert codes(first["validationIssues"]) == ["TooFewDataElementsOfType"]
    assert second["outcome"] == "passes"
    make_element(instance=instance)
    with nothing_changes():
        answer = app.put(url, json={"action": "write"})
    assert answer.json()["succeeds"] is True
    assert app.get(url_of(instance, "/process")).json()["ended"] is None


def test_a_way_that_leads_back_is_told(app: Api, nothing_changes: Watch) -> None:
    """Rejecting leads to the form, and on from there"""
    instance = make_instance(filled=True)
    assert app.put(url_of(instance, "/process/next")).status_code == 200
    url = url_of(instance, "/process/next?dryRun=true")
    with nothing_changes():
        answer = app.put(url, json={"action": "reject"})
    assert ways(steps_of(answer)) == [
        ("confirm", "formfilling", "passes"),
        ("formfilling", "confirm", "passes"),
        ("confirm", None, "loops"),
    ]
    assert answer.json()["succeeds"] is False
    assert answer.json()["reachesEnd"] is False


def test_what_was_sent_in_has_no_way_on(app: Api, submitted: Instance) -> None:
    """409, as without the parameter"""
    answer = app.put(url_of(submitted, "/process/next?dryRun=true"))
    assert_problem(answer, 409, code="process-ended")


# --- the application's own code -------------------------------------------------------
def test_code_runs_and_its_effects_do_not(
    app: Api,
    settings: LazySettings,
    nothing_changes: Watch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """What it writes is taken back, and what waits for the commit never comes"""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:Acts"]
    committed.clear()
    with nothing_changes(), django_capture_on_commit_callbacks(execute=True):
        answer = app.post(f"{INSTANCES}&dryRun=true", **body_with(FORM))
    assert answer.json()["succeeds"] is True
    assert committed == []


def test_code_that_refuses_a_step_is_told(
    app: Api, settings: LazySettings, nothing_changes: Watch
) -> None:
    """The step is not taken even so: the code stands in its way for good"""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:RefusesTheEnd"]
    with nothing_changes():
        answer = app.post(f"{INSTANCES}&dryRun=true", **body_with(FORM))
    last = steps_of(answer)[-1]
    assert (last["taskId"], last["leadsTo"], last["outcome"]) == (
        "confirm",
        None,
        "refused",
    )
    assert last["problem"]["appCode"] == "not-yet"
    assert answer.json()["reachesEnd"] is False
    assert not DataElement.objects.exists()
