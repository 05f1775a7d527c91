"""Service tasks: done in the call, or by the worker; tried again, and never doubled."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from altinn import worker
from common import leases
from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent, Transition
from process import service_runs, transitions
from process.hooks import ServiceTaskResult
from tests.client import Api, assert_problem
from tests.factories import make_instance, reread
from tests.hooks import service_code
from tests.hooks.service_app import import_service_app
from tests.hooks.service_code import Register

pytestmark = pytest.mark.usefixtures("sandbox", "register")
CODE = "tests.hooks.service_code:Register"
LATER = {"Idempotency-Key": "so that the call does not do the work itself"}


@pytest.fixture
def register(install: Callable[[str], None], tmp_path: Path) -> Iterator[None]:
    """Serve the application, with code that does as it is told."""
    import_service_app(tmp_path)
    install(CODE)
    yield
    Register.script.clear()
    Register.seen.clear()


@pytest.fixture
def instance(register: None) -> Instance:
    """An instance that is filled in."""
    return make_instance(filled=True)


def url(instance: Instance, tail: str = "") -> str:
    """Return the address of the process."""
    return f"/nav/app2018/instances/{instance.instance_id}/process{tail}"


def kinds(instance: Instance) -> list[str]:
    """Return the history of the process."""
    rows = InstanceEvent.objects.of(instance.pk)
    return [r.event_type for r in rows if r.event_type.startswith("process_")]


def work() -> int:
    """Let a worker do what is due."""
    return worker.drain([service_runs.WORK])


def make_due() -> None:
    """Let what waits for its next attempt wait no longer."""
    Transition.objects.update(due_at=timezone.now())


def test_a_service_task_is_done_in_the_call_that_enters_it(
    app: Api, instance: Instance
) -> None:
    """A-217, A-218: without action; state, history and outbox of both steps"""
    Register.script[:] = [service_code.receipt]
    state = app.put(url(instance, "/next"))
    assert state.status_code == 200
    assert state.json()["endEvent"] == "submitted"
    assert state.json()["transition"]["state"] == "idle"
    row = reread(instance)
    assert row.data_values == {"number": "42"}
    [receipt] = DataElement.objects.filter(data_type="vedlegg")
    assert receipt.filename == "kvittering.pdf"
    assert receipt.references == [
        {"relation": "GeneratedFrom", "valueType": "Task", "value": "confirm"}
    ]
    assert kinds(instance)[-4:] == [
        "process_EndTask",
        "process_StartTask",
        "process_EndTask",
        "process_EndEvent",
    ]
    moved = CloudEvent.objects.filter(resource_instance=instance.instance_id)
    assert [event.type for event in moved.order_by("id")][-2:] == [
        "app.instance.process.movedTo.confirm",
        "app.instance.process.completed",
    ]
    assert not Transition.objects.exists()
    [view] = Register.seen
    assert (view.attempt, view.task.task, view.task.task_type) == (
        1,
        "confirm",
        "register",
    )
    assert view.task.caller.user_id == 1337


@pytest.mark.parametrize(
    ("does", "detail", "error"),
    [
        (
            service_code.refuse,
            "Service task register returned a failed result!",
            {"code": "register-closed", "detail": "The register is closed at night."},
        ),
        (
            service_code.boom,
            "Service task register failed with an exception!",
            {"code": "app-hook-failed"},
        ),
    ],
)
def test_what_fails_is_told_and_tried_again_until_it_works(
    app: Api,
    instance: Instance,
    does: Callable[[], None],
    detail: str,
    error: dict[str, str],
) -> None:
    """A-144, A-218: the step before stands; nothing of the failed work does"""
    Register.script[:] = [does, does]
    began = timezone.now()
    answer = app.put(url(instance, "/next"))
    problem = assert_problem(answer, 500, code="service-task-failed")
    assert problem["title"] == "Service task failed!"
    assert problem["detail"] == detail
    assert "must-not-leak" not in answer.content.decode()
    told = problem["transition"]
    assert (told["state"], told["attempt"]) == ("running", 1)
    state = app.get(url(instance)).json()
    assert state["currentTask"]["elementId"] == "confirm"
    assert state["transition"] == told
    assert error.items() <= told["lastError"].items()
    assert not DataElement.objects.filter(data_type="vedlegg").exists()
    waits_until = Transition.objects.get().due_at
    assert waits_until is not None
    assert waits_until >= began + timedelta(seconds=9)  # a tenth is left to chance
    make_due()
    assert work() == 1
    again = app.get(url(instance)).json()["transition"]
    assert (again["state"], again["attempt"]) == ("running", 2)
    make_due()
    assert work() == 1
    assert reread(instance).end_event == "submitted"
    assert len({view.key for view in Register.seen}) == 1
    assert [view.attempt for view in Register.seen] == [1, 2, 3]


def test_a_call_that_is_answered_once_leaves_the_work_to_the_worker(
    app: Api, instance: Instance
) -> None:
    """A-217: what the work finds must not be kept with the answer"""
    state = app.put(url(instance, "/next"), headers=LATER)
    assert state.status_code == 200
    assert state.json()["currentTask"]["elementId"] == "confirm"
    assert state.json()["transition"]["state"] == "running"
    assert state.json()["transition"]["attempt"] == 0
    assert not Register.seen
    assert work() == 1
    assert reread(instance).end_event == "submitted"
    again = app.put(url(instance, "/next"), headers=LATER)
    assert again.json() == state.json()
    assert len(Register.seen) == 1


def test_a_transition_that_was_given_up_is_retried_by_next(
    app: Api, instance: Instance
) -> None:
    """A-144: and its error stays visible until then, on both faces"""
    app.put(url(instance, "/next"), headers=LATER)
    Transition.objects.update(attempts=transitions.MOST_ATTEMPTS - 1)
    Register.script[:] = [service_code.refuse]
    assert work() == 1
    shown = app.get(url(instance)).json()["transition"]
    assert (shown["state"], shown["attempt"]) == ("failed", 10)
    assert shown["lastError"]["code"] == "register-closed"
    assert shown["dueAt"] is None
    document = app.get(f"/nav/app2018/instances/{instance.instance_id}").json()
    assert document["process"]["transition"] == shown
    stored = Api("platform.altinn.test", app.caller).get(
        f"/storage/api/v1/instances/{instance.instance_id}"
    )
    assert stored.json()["process"]["transition"] == {
        name: value for name, value in shown.items() if value is not None
    }
    make_due()
    assert work() == 0
    assert app.put(url(instance, "/next")).json()["endEvent"] == "submitted"


def test_what_died_every_time_is_given_up_and_says_so(
    app: Api, instance: Instance
) -> None:
    """A worker that is killed each time tells nobody; the row does"""
    app.put(url(instance, "/next"), headers=LATER)
    past = timezone.now() - timedelta(seconds=1)
    Transition.objects.update(attempts=10, leased_until=past, due_at=past)
    assert work() == 0
    shown = app.get(url(instance)).json()["transition"]
    assert shown["state"] == "failed"
    assert shown["lastError"]["code"] == "service-task-never-ended"


def test_a_service_task_may_send_the_instance_back(
    app: Api, instance: Instance
) -> None:
    """A-218: continue with an action, for gateways to ask"""
    Register.script[:] = [service_code.reject]
    state = app.put(url(instance, "/next")).json()
    assert state["currentTask"]["elementId"] == "formfilling"
    assert state["currentTask"]["flowType"] == "AbandonCurrentMoveToNext"
    assert state["transition"]["state"] == "idle"
    assert "process_AbandonTask" in kinds(instance)


@pytest.mark.parametrize("action", ["confirm", "sign"])
def test_a_user_action_does_not_belong_to_a_service_task(
    app: Api, instance: Instance, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-219"""
    app.put(url(instance, "/next"), headers=LATER)
    monkeypatch.setattr("process.services._authorise", lambda *a, **k: None)
    before = reread(instance)
    answer = app.put(url(instance, "/next"), json={"action": action})
    problem = assert_problem(answer, 409, code="service-task-takes-no-action")
    assert problem["title"] == "User action not supported!"
    assert problem["detail"] == (
        "Service tasks do not support running user actions! Received action param"
        f" {action}."
    )
    assert reread(instance).process == before.process
    assert not Register.seen


def test_while_it_is_done_nobody_else_moves_the_process(
    app: Api, instance: Instance
) -> None:
    """A-142, A-214: neither again nor past it; nothing changes"""
    app.put(url(instance, "/next"), headers=LATER)
    [row] = leases.claim(
        Transition.objects.all(),
        limit=1,
        lease=timedelta(minutes=1),
        most_attempts=10,
        now=timezone.now(),
    )
    before = reread(instance)
    for body in ({}, {"action": "reject"}):
        answer = app.put(url(instance, "/next"), json=body)
        problem = assert_problem(answer, 409, code="transition-running")
        assert int(answer.headers["Retry-After"]) > 0
        assert problem["validationIssues"] is None
    assert reread(instance).process == before.process
    assert Transition.objects.get().leased_until == row.leased_until
    assert not Register.seen


def test_a_waiting_service_task_is_left_by_reject(app: Api, instance: Instance) -> None:
    """A-223: the work is dropped with the step"""
    app.put(url(instance, "/next"), headers=LATER)
    state = app.put(url(instance, "/next"), json={"action": "reject"})
    assert state.json()["currentTask"]["elementId"] == "formfilling"
    assert not Transition.objects.exists()
    assert work() == 0
    assert not Register.seen


def test_whose_lease_ended_in_the_work_writes_nothing(
    app: Api, instance: Instance
) -> None:
    """Another does it meanwhile: the step and the content come about once"""
    app.put(url(instance, "/next"), headers=LATER)

    before = reread(instance)

    def overtaken() -> ServiceTaskResult:
        """Take so long that another worker takes the row over."""
        later = timezone.now() + timedelta(minutes=5)
        Transition.objects.update(leased_until=later, due_at=later)
        return service_code.receipt()

    Register.script[:] = [overtaken, service_code.receipt]
    assert work() == 1
    assert reread(instance).process == before.process
    assert not DataElement.objects.filter(data_type="vedlegg").exists()
    Transition.objects.update(leased_until=None)
    make_due()
    assert work() == 1
    assert reread(instance).end_event == "submitted"
    assert DataElement.objects.filter(data_type="vedlegg").count() == 1
    assert kinds(instance).count("process_EndEvent") == 1


def test_an_instance_that_was_deleted_needs_no_work(
    app: Api, instance: Instance
) -> None:
    """What is deleted stays as it is"""
    app.put(url(instance, "/next"), headers=LATER)
    deleted = app.delete(f"/nav/app2018/instances/{instance.instance_id}")
    assert deleted.status_code == 200
    assert work() == 1
    assert not Register.seen
    assert not Transition.objects.exists()
    assert reread(instance).current_task == "confirm"


def test_complete_stops_where_the_worker_has_to_go_on(
    app: Api, instance: Instance
) -> None:
    """A-145: the state says that it is under way"""
    state = app.put(url(instance, "/completeProcess"), headers=LATER)
    assert state.status_code == 200
    assert state.json()["transition"]["state"] == "running"
    assert work() == 1
    assert reread(instance).end_event == "submitted"


def test_a_stranger_cannot_have_it_tried_again(
    stranger_app: Api, app: Api, instance: Instance
) -> None:
    """A-212: it takes the action of the task's type"""
    Register.script[:] = [service_code.refuse]
    app.put(url(instance, "/next"))
    before = Transition.objects.get()
    answer = stranger_app.put(url(instance, "/next"))
    assert_problem(answer, 403, code="not-permitted")
    after = Transition.objects.get()
    assert (after.attempts, after.due_at) == (before.attempts, before.due_at)
    assert len(Register.seen) == 1


@pytest.mark.parametrize(
    ("disabled", "ends"),
    [("", False), ("<altinn:disabled>true</altinn:disabled>", True)],
)
def test_what_takes_a_national_network_fails_plainly_or_is_passed(
    app: Api, tmp_path: Path, disabled: str, ends: bool
) -> None:
    """A-239: it is not tried again by itself; where it is disabled nothing is sent"""
    config = f"<altinn:eFormidlingConfig>{disabled}</altinn:eFormidlingConfig>"
    import_service_app(tmp_path / "other", task_type="eFormidling", extension=config)
    instance = make_instance(filled=True)
    answer = app.put(url(instance, "/next"))
    if ends:
        assert answer.json()["endEvent"] == "submitted"
        return
    problem = assert_problem(answer, 500, code="service-task-unsupported")
    assert problem["transition"]["state"] == "failed"
    assert problem["transition"]["lastError"]["code"] == "service-task-unsupported"
    make_due()
    assert work() == 0
    assert reread(instance).current_task == "confirm"


def test_a_process_that_comes_back_a_hundred_times_is_stopped(
    app: Api, tmp_path: Path
) -> None:
    """A-217: the steps before stand, and the transition has failed"""
    import_service_app(tmp_path / "other", rejected_to="confirm")
    instance = make_instance(filled=True)
    Register.script[:] = [service_code.reject] * 150
    answer = app.put(url(instance, "/next"))
    problem = assert_problem(answer, 500, code="process-loop")
    assert problem["title"] == "Process loop detected"
    assert problem["transition"]["state"] == "failed"
    assert len(Register.seen) == 100
    assert kinds(instance).count("process_AbandonTask") == 100
