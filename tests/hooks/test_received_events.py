"""Events that somebody sends to an application."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from events.cloudevents import CONTENT_TYPE, VALIDATE_SUBSCRIPTION
from process.hooks import AppHooks, EventReceived
from tests.client import Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
RECEIVER = "/nav/app2018/api/v1/eventsreceiver"
CODE = "long-random-text"
HANDLED: list[EventReceived] = []


class Receives(AppHooks):
    """An application that deals with one type of events."""

    event_types = ("no.nav.done",)

    def handle_event(self, event: EventReceived) -> bool:
        """Deal with all but those that come too early, or that break it."""
        if event.id == "broken":
            raise ValueError(event.id)
        HANDLED.append(event)
        return event.id != "early"


@pytest.fixture
def received(settings: LazySettings, install: Callable[[str], None]) -> None:
    """The sample receives events, with either of two codes."""
    HANDLED.clear()
    settings.ALTINN_EVENT_CODES = [f"nav/app2018={CODE}", "nav/app2018=older", "a/b=x"]
    install("tests.hooks.test_received_events:Receives")


def send(api: Api, event: dict[str, Any], code: str = CODE) -> Any:
    """Send an event as Altinn's own does."""
    return api.post(f"{RECEIVER}?code={code}", json=event, content_type=CONTENT_TYPE)


@pytest.mark.usefixtures("received")
def test_an_event_is_handed_to_the_applications_code(anonymous_app: Api) -> None:
    """A-197: with whichever of its codes"""
    event = {"id": "1", "type": "no.nav.done", "source": "s", "data": {"a": 1}}
    for code in (CODE, "older"):
        answer = send(anonymous_app, event, code)
        assert (answer.status_code, answer.content) == (200, b"")
    assert [one.members for one in HANDLED] == [event, event]
    assert (HANDLED[0].source, HANDLED[0].subject) == ("s", "")
    validation = send(anonymous_app, {"type": VALIDATE_SUBSCRIPTION})
    assert validation.status_code == 200


@pytest.mark.usefixtures("received")
@pytest.mark.parametrize(
    ("event", "status", "code"),
    [
        ({"id": "early", "type": "no.nav.done"}, 425, "event-not-yet-handled"),
        ({"id": "broken", "type": "no.nav.done"}, 500, "app-hook-failed"),
        ({"id": "1"}, 400, "event-type-missing"),
        ({"id": "1", "type": None}, 400, "event-type-missing"),
        ({"id": "1", "type": "other"}, 400, "event-unsupported"),
    ],
)
def test_what_is_not_dealt_with_is_told_apart(
    anonymous_app: Api, event: dict[str, Any], status: int, code: str
) -> None:
    """A-197"""
    problem = assert_problem(send(anonymous_app, event), status, code=code)
    if code == "event-unsupported":
        assert problem["detail"] == "No eventhandler found that supports other"


@pytest.mark.parametrize("code", ["", "wrong", "x", "Long-random-text"])
@pytest.mark.usefixtures("received")
def test_nobody_without_the_code_is_heard(anonymous_app: Api, code: str) -> None:
    """A-197, M:A-48, Z-099: another application's code is none"""
    answer = send(anonymous_app, {"id": "1", "type": "no.nav.done"}, code)
    assert_problem(answer, 401, code="event-code-wrong")
    assert not HANDLED


def test_an_application_without_a_code_receives_nothing(anonymous_app: Api) -> None:
    """A-197, Z-099"""
    answer = send(anonymous_app, {"type": VALIDATE_SUBSCRIPTION}, "")
    assert_problem(answer, 401, code="event-code-wrong")
