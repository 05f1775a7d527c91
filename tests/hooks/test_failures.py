"""Code of an application that goes wrong: a clear problem, and nothing half done."""

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from instances.models import Instance
from tests import cast
from tests.api.platform.message_box import change_metadata
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance
from tests.hooks.app_code import SECRET

pytestmark = pytest.mark.usefixtures("sandbox")
Install = Callable[[str], None]
NEW = "/nav/app2018/instances?instanceOwnerPartyId=500000"


def _multipart() -> dict[str, Any]:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="default"\r\n'
        b"Content-Type: text/xml\r\n\r\n" + FORM + b"\r\n"
        b'--b\r\nContent-Disposition: form-data; name="vedlegg"; filename="v.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--b--"
    )
    return {"body": body, "content_type": "multipart/form-data; boundary=b"}


def _url(instance: Instance) -> str:
    return f"/nav/app2018/instances/{instance.instance_id}"


def _filled() -> str:
    return _url(make_instance(filled=True))


def _create(app: Api) -> Callable[[], Any]:
    return lambda: app.post(NEW, **_multipart())


def _add(app: Api) -> Callable[[], Any]:
    url = f"{_url(make_instance())}/data?dataType=default"
    return lambda: app.post(url, body=FORM, content_type="text/xml")


def _on_element(app: Api, method: str) -> Callable[[], Any]:
    element = make_element(
        instance=make_instance(),
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename="v.pdf",
    )
    url = f"{_url(element.instance)}/data/{element.id}"
    sent: dict[str, Any] = {}
    if method == "PUT":
        sent = {"body": PDF, "content_type": "application/pdf", "filename": "v.pdf"}
    return lambda: app.call(method, url, **sent)


def _patch(app: Api) -> Callable[[], Any]:
    element = make_element(instance=make_instance())
    operation = {"op": "replace", "path": "/tilrettelegging", "value": "ny"}
    body = {"patches": [{"dataElementId": str(element.id), "patch": [operation]}]}
    url = f"{_url(element.instance)}/data"
    return lambda: app.call("PATCH", url, json=body)


def _copy(app: Api) -> Callable[[], Any]:
    change_metadata(copyInstanceSettings={"enabled": True})
    instance = make_instance(submitted=True)
    url = f"/nav/app2018/legacy/instances/{instance.instance_id}/copy"
    return lambda: app.get(url)


def _next(app: Api) -> Callable[[], Any]:
    url = _filled()
    return lambda: app.put(f"{url}/process/next")


def _confirm(app: Api, action: str = "confirm") -> Callable[[], Any]:
    url = _filled()
    assert app.put(f"{url}/process/next").status_code == 200
    return lambda: app.put(f"{url}/process/next", json={"action": action})


def _act(app: Api) -> Callable[[], Any]:
    url = _filled()
    return lambda: app.post(f"{url}/actions", json={"action": "write"})


# Each way into a hook: the hook, what is called, and how its refusal is answered.
WAYS: dict[str, tuple[str, Callable[[Api], Callable[[], Any]], int, str]] = {
    "validate": ("validate_instantiation", _create, 403, "app-refused-instantiation"),
    "prefill": ("prefill_instance", _create, 403, "app-refused-instantiation"),
    "copy": ("validate_copy", _copy, 403, "app-refused-instantiation"),
    "first data": ("on_data_write", _create, 400, "app-refused-data"),
    "first task": ("on_task_start", _create, 409, "app-refused-step"),
    "add": ("on_data_write", _add, 400, "app-refused-data"),
    "replace": (
        "on_data_write",
        lambda app: _on_element(app, "PUT"),
        400,
        "app-refused-data",
    ),
    "patch": ("on_data_write", _patch, 400, "app-refused-data"),
    "after first data": ("on_data_changes", _create, 400, "app-refused-data"),
    "after adding": ("on_data_changes", _add, 400, "app-refused-data"),
    "after patching": ("on_data_changes", _patch, 400, "app-refused-data"),
    "after deleting": (
        "on_data_changes",
        lambda app: _on_element(app, "DELETE"),
        400,
        "app-refused-data",
    ),
    "read": (
        "check_data_read",
        lambda app: _on_element(app, "GET"),
        403,
        "app-refused-read",
    ),
    "delete": (
        "check_data_delete",
        lambda app: _on_element(app, "DELETE"),
        400,
        "app-refused-data",
    ),
    "may": ("may_perform", _next, 409, "app-refused-step"),
    "complete?": ("validate_task", _next, 409, "app-refused-step"),
    "end": ("on_task_end", _next, 409, "app-refused-step"),
    "start": ("on_task_start", _next, 409, "app-refused-step"),
    "reject": (
        "on_task_abandon",
        lambda app: _confirm(app, "reject"),
        409,
        "app-refused-step",
    ),
    "process end": ("on_process_end", _confirm, 409, "app-refused-step"),
    "action on the way": ("perform_action", _confirm, 409, "app-refused-action"),
    "action": ("perform_action", _act, 409, "app-refused-action"),
}


@pytest.mark.parametrize("kind", ["Fails", "Leaves", "Babbles"])
@pytest.mark.parametrize("way", WAYS)
def test_a_failing_hook_fails_its_operation_and_nothing_stays(
    app: Api,
    install: Install,
    everything: Callable[[], object],
    way: str,
    kind: str,
) -> None:
    """A-209: 500 with a trace id, logged under it, every row and byte as before"""
    hook, prepare, _, _ = WAYS[way]
    call = prepare(app)
    install(f"{kind}_{hook}")
    before = everything()
    with capture_logs() as logs:
        answer = call()
    problem = assert_problem(answer, 500, code="app-hook-failed")
    assert hook in problem["detail"]
    assert "nav/app2018" in problem["detail"]
    assert SECRET not in answer.content.decode()
    [line] = [log for log in logs if log["event"] == "app_hook_failed"]
    assert (line["app_id"], line["hook"]) == ("nav/app2018", hook)
    assert line["exc_info"]
    assert everything() == before


_INSIDE = [
    "after adding",
    "after patching",
    "first task",
    "end",
    "start",
    "reject",
    "process end",
    "action on the way",
    "action",
]


@pytest.mark.parametrize("way", _INSIDE)
def test_what_a_failing_hook_wrote_is_taken_back(
    app: Api, install: Install, everything: Callable[[], object], way: str
) -> None:
    """A-209, A-228: hooks inside of the transaction, with rows that they wrote"""
    hook, prepare, _, _ = WAYS[way]
    call = prepare(app)
    install(f"Writes_{hook}")
    before = everything()
    assert_problem(call(), 500, code="app-hook-failed")
    assert everything() == before


@pytest.mark.parametrize("way", WAYS)
def test_a_refusing_hook_is_answered_as_its_operation_is(
    app: Api, install: Install, everything: Callable[[], object], way: str
) -> None:
    """A-103, A-104, A-209: 403, 400 or 409 in the app's words, all as before"""
    hook, prepare, status, code = WAYS[way]
    call = prepare(app)
    install(f"Refuses_{hook}")
    before = everything()
    problem = assert_problem(call(), status, code=code)
    assert problem["appCode"] == "not-today"
    assert problem["detail"] == "Not today: {braces} stay."
    [issue] = problem["issues"]
    assert issue == {
        "pointer": "from",
        "code": "closed",
        "detail": "The office is closed.",
    }
    if code == "app-refused-data":
        assert problem["title"] == "File validation failed"
        [told] = problem["uploadValidationIssues"]
        assert (told["source"], told["code"]) == ("DataProcessorAbandon", "closed")
    assert everything() == before


@pytest.mark.parametrize(
    ("code", "prepare"),
    [
        ("Tampers", _add),
        ("Huge", _add),
        ("Tampers", lambda app: _on_element(app, "PUT")),
        ("Reenters", _next),
        ("LateGenerator", _next),
        ("BadIssue", _next),
        ("BadResult", _act),
    ],
)
def test_what_a_hook_may_not_do_is_its_failure(
    app: Api,
    install: Install,
    everything: Callable[[], object],
    code: str,
    prepare: Callable[[Api], Callable[[], Any]],
) -> None:
    """Bytes that are no XML, too many, or of a file; a step within a step"""
    call = prepare(app)
    install(code)
    before = everything()
    assert_problem(call(), 500, code="app-hook-failed")
    assert everything() == before


@pytest.mark.parametrize("class_name", ["Nowhere", "NoHooks", "NeedsArguments", "Boom"])
def test_code_that_cannot_be_loaded_fails_the_app_and_no_other(
    app: Api,
    install: Install,
    everything: Callable[[], object],
    class_name: str,
) -> None:
    """A rule that the app's code would have kept must not go unasked"""
    url = _filled()
    install(class_name)
    before = everything()
    assert_problem(app.put(f"{url}/process/next"), 500, code="app-hook-failed")
    assert_problem(app.post(NEW), 500, code="app-hook-failed")
    assert everything() == before
    assert app.get(url).status_code == 200


def test_a_hook_that_catches_its_own_failure_goes_on(
    app: Api, install: Install
) -> None:
    """A savepoint of its own keeps the operation whole"""
    call = _next(app)
    install("Swallows")
    assert call().status_code == 200
    instance = Instance.objects.latest("created")
    assert instance.data_values == {"after": "the failure"}
    assert instance.current_task == "confirm"


def test_rejecting_asks_no_handler(app: Api, install: Install) -> None:
    """§17.3: handlers are for other actions"""
    call = _confirm(app, "reject")
    install("FailsOnReject")
    assert call().json()["currentTask"]["elementId"] == "formfilling"


def test_warnings_keep_nobody(app: Api, install: Install) -> None:
    """Only errors do"""
    call = _next(app)
    install("Warns")
    assert call().status_code == 200


def test_the_app_narrows_what_the_policy_permits(
    app: Api, install: Install, everything: Callable[[], object]
) -> None:
    """A-026: 403 as by the policy; and the app never widens it"""
    step, act = _next(app), _act(app)
    stranger = Api(APP_HOST, cast.STRANGER)
    denied = stranger.put(f"{_filled()}/process/next")
    install("Forbids")
    before = everything()
    assert_problem(step(), 403, code="process-next-not-permitted")
    assert_problem(act(), 403, code="user-action-not-permitted")
    assert everything() == before
    assert denied.status_code == 403


@pytest.mark.parametrize(
    "code", ["Forbids", "Refuses_may_perform", "Fails_may_perform"]
)
def test_rights_are_shown_as_the_app_narrows_them(
    app: Api, install: Install, code: str
) -> None:
    """A-134, D-33: what a step would be refused for; code that fails permits nothing"""
    url = _filled()
    app.put(f"{url}/process/next")

    def shown() -> tuple[dict[str, bool], dict[str, bool], bool, bool]:
        answer = app.get(f"{url}/process")
        assert answer.status_code == 200, answer.content
        task = answer.json()["currentTask"]
        listed = {one["id"]: one["authorized"] for one in task["userActions"]}
        return task["actions"], listed, task["read"], task["write"]

    actions, listed, read, write = shown()
    own = actions.keys() - {"read", "write"}
    assert own == {"confirm", "reject"}
    assert all(actions[one] and listed[one] for one in own)
    install(code)
    narrowed, listed, *data = shown()
    assert not any(narrowed[one] or listed[one] for one in own)
    assert data == [read, write]


def test_the_app_settles_the_data_values(
    app: Api, owner_app: Api, install: Install
) -> None:
    """A-062: it removes what the owner gave; a user's own never count"""
    install("Removes")
    template = {
        "instanceOwner": {"partyId": "500000"},
        "dataValues": {"given": "a", "kept": "b"},
    }
    by_user = app.post("/nav/app2018/instances", json=template).json()
    assert by_user["dataValues"] == {"own": "value"}
    by_owner = owner_app.post("/nav/app2018/instances", json=template)
    assert by_owner.json()["dataValues"] == {"kept": "b", "own": "value"}


def test_data_by_the_platform_asks_no_code_of_the_app(
    storage: Api, install: Install
) -> None:
    """There the policy alone decides"""
    instance = make_instance()
    install("Fails_on_data_write")
    answer = storage.post(
        f"/storage/api/v1/instances/{instance.instance_id}/data?dataType=default",
        body=FORM,
        content_type="text/xml",
    )
    assert answer.status_code == 201
