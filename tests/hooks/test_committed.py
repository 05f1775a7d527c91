"""Hooks in transactions that really commit: races, and what goes after the commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from authorization.services import RoleLookup
from instances.errors import InstanceChanged, InstanceLocked, LockHeld
from instances.models import Instance
from process import user_actions
from tests.cast import SOPHIE, SOPHIE_PRINCIPAL
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_instance, now, reread, sample_app
from tests.hooks.app_code import Rewrites, Waits
from tests.instance_lock import keep, take
from tests.process.test_concurrency import advance, at_once
from tests.stored import files_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_sandbox"),
]


def _blobs(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in files_in(folder)]


def test_of_two_moves_only_the_one_that_happens_asks_the_hook(
    install: Callable[[str], None],
) -> None:
    """The code acts on a move that nobody can overtake"""
    instance = make_instance(filled=True)
    install("Counts")
    results = at_once(advance(instance), advance(instance))
    # Which of them depends on how far the first has come: into the step, or through.
    refused = (LockHeld, InstanceLocked, InstanceChanged)
    assert sum(isinstance(result, refused) for result in results) == 1
    assert reread(instance).data_values == {"ended": "1"}


def test_a_second_step_is_refused_while_the_code_of_the_first_runs(
    install: Callable[[str], None],
) -> None:
    """A-142: at once, also to the same user; and his data waits as well"""
    instance = make_instance(filled=True)
    install("Waits")
    app = Api(APP_HOST, SOPHIE)
    url = f"/nav/app2018/instances/{instance.instance_id}"
    with ThreadPoolExecutor(1) as pool:
        Waits.reset()
        first = pool.submit(_in_thread, lambda: app.put(f"{url}/process/next"))
        try:
            assert Waits.begun.wait(timeout=60)
            second = Api(APP_HOST, SOPHIE)
            problem = assert_problem(
                second.put(f"{url}/process/next"), 409, code="instance-locked"
            )
            assert problem["validationIssues"] is None
            answer = second.post(
                f"{url}/data?dataType=vedlegg",
                body=b"%PDF",
                content_type="application/pdf",
                filename="a.pdf",
            )
            assert_problem(answer, 409, code="instance-locked")
            assert reread(instance).current_task == "formfilling"
        finally:
            Waits.go_on.set()
        assert first.result(timeout=60) == 200
    row = reread(instance)
    assert row.current_task == "confirm"
    assert row.locked_until <= now()
    assert Waits.calls == 1


@pytest.mark.parametrize(
    ("code", "status"),
    [("Fails_validate_task", 500), ("Refuses_validate_task", 409)],
)
def test_a_step_that_fails_gives_the_lock_back(
    install: Callable[[str], None], code: str, status: int
) -> None:
    """Nobody waits for a step that is over"""
    instance = make_instance(filled=True)
    install(code)
    app = Api(APP_HOST, SOPHIE)
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    assert app.put(url).status_code == status
    assert reread(instance).locked_until <= now()


def test_a_step_under_the_callers_own_lock_takes_no_other(
    install: Callable[[str], None],
) -> None:
    """A backend that holds the lock moves the process on, and keeps the lock"""
    instance = make_instance(filled=True)
    install("Counts")
    storage = Api(PLATFORM_HOST, SOPHIE)
    token = take(storage, instance)
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    assert Api(APP_HOST, SOPHIE).put(url).status_code == 200
    assert reread(instance).lock_number == 1
    assert keep(storage, instance, token, 0).status_code == 204


def _in_thread(call: Callable[[], Any]) -> int:
    try:
        status: int = call().status_code
        return status
    finally:
        connection.close()


def test_of_two_actions_on_what_was_read_one_happens(
    install: Callable[[str], None],
) -> None:
    """409 for the other: what it was shown is not so any more"""
    instance = make_instance()
    install("Acts")

    def press(button: str) -> Callable[[], object]:
        row = Instance.objects.get(pk=instance.pk)
        return lambda: user_actions.run(
            RoleLookup(SOPHIE_PRINCIPAL),
            instance=row,
            definition=sample_app(),
            elements=[],
            action="write",
            button_id=button,
        )

    results = at_once(press("a"), press("b"))
    assert sum(isinstance(result, InstanceChanged) for result in results) == 1
    assert reread(instance).data_values in ({"button": "a"}, {"button": "b"})


def test_the_senders_bytes_go_when_the_apps_are_stored(
    install: Callable[[str], None], own_blobs: Path
) -> None:
    """One blob for one element, by adding, replacing and instantiating alike"""
    install("Rewrites")
    api = Api(APP_HOST, SOPHIE)
    url = f"/nav/app2018/instances/{make_instance().instance_id}/data"
    made = api.post(f"{url}?dataType=default", body=FORM, content_type="text/xml")
    assert made.status_code == 201
    assert _blobs(own_blobs) == [Rewrites.answer]
    again = api.put(f"{url}/{made.json()['id']}", body=FORM, content_type="text/xml")
    assert again.status_code == 200  # with the fields that the app's code changed
    assert _blobs(own_blobs) == [Rewrites.answer]
    part = (
        b'--b\r\nContent-Disposition: form-data; name="default"\r\n'
        b"Content-Type: text/xml\r\n\r\n" + FORM + b"\r\n--b--"
    )
    created = api.post(
        "/nav/app2018/instances?instanceOwnerPartyId=500000",
        body=part,
        content_type="multipart/form-data; boundary=b",
    )
    assert created.status_code == 201
    assert _blobs(own_blobs) == [Rewrites.answer] * 2


def test_the_apps_bytes_go_when_their_operation_fails(
    install: Callable[[str], None], own_blobs: Path
) -> None:
    """The rewritten form is stored before the task's hook fails"""
    install("RewritesAndFails")
    count = Instance.objects.count()
    part = (
        b'--b\r\nContent-Disposition: form-data; name="default"\r\n'
        b"Content-Type: text/xml\r\n\r\n" + FORM + b"\r\n--b--"
    )
    answer = Api(APP_HOST, SOPHIE).post(
        "/nav/app2018/instances?instanceOwnerPartyId=500000",
        body=part,
        content_type="multipart/form-data; boundary=b",
    )
    assert_problem(answer, 500, code="app-hook-failed")
    assert _blobs(own_blobs) == []
    assert Instance.objects.count() == count
