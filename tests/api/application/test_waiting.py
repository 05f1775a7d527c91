"""Asking for another state of the process than the one that the caller has."""

import threading
import time

import pytest
from django.conf import LazySettings

from api.application import long_poll
from data_elements.models import DataElement
from instances.models import Instance
from tests.client import Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")


def url(instance: Instance, query: str = "") -> str:
    """Return the address of the process."""
    return f"/nav/app2018/instances/{instance.instance_id}/process{query}"


def test_the_state_has_a_tag_that_changes_with_it(
    app: Api, owner_app: Api, element: DataElement
) -> None:
    """Wishes 1.D: with the task, and with what the caller may do there"""
    first = app.get(url(element.instance))
    assert first["ETag"].startswith('"')
    assert app.get(url(element.instance))["ETag"] == first["ETag"]
    known = app.get(url(element.instance), headers={"If-None-Match": first["ETag"]})
    assert known.status_code == 304
    app.put(url(element.instance, "/next"))
    second = app.get(url(element.instance))["ETag"]
    assert second != first["ETag"]
    assert owner_app.get(url(element.instance))["ETag"] != second


@pytest.mark.parametrize("quotes", ['"', ""])
def test_who_has_another_state_waits_for_nothing(
    app: Api, element: DataElement, quotes: str
) -> None:
    """EUS-5: the present state at once; the same without waiting is a 304"""
    tag = app.get(url(element.instance))["ETag"].strip('"')
    same = app.get(url(element.instance, f"?after={quotes}{tag}{quotes}&waitFor=0"))
    assert same.status_code == 304
    app.put(url(element.instance, "/next"))
    began = time.monotonic()
    moved = app.get(url(element.instance, f"?after={quotes}{tag}{quotes}&waitFor=20"))
    assert time.monotonic() - began < 15
    assert moved.status_code == 200
    assert moved.json()["currentTask"]["elementId"] == "confirm"


@pytest.mark.parametrize(
    "query", ["waitFor=5", "after=x&waitFor=21", "after=x&waitFor=y"]
)
def test_what_cannot_be_waited_for(app: Api, query: str) -> None:
    """D-22: no state named, or for too long"""
    answer = app.get(url(make_instance(), f"?{query}"))
    assert_problem(answer, 400, code="parameter-invalid")


def test_a_stranger_waits_for_nothing(stranger_app: Api, app: Api) -> None:
    """He is refused as without waiting"""
    instance = make_instance()
    tag = app.get(url(instance))["ETag"].strip('"')
    began = time.monotonic()
    answer = stranger_app.get(url(instance, f"?after={tag}&waitFor=20"))
    assert_problem(answer, 403, code="not-permitted")
    assert time.monotonic() - began < 15


def test_nobody_waits_where_nobody_may(app: Api, settings: LazySettings) -> None:
    """ALTINN_WAITING_CALLS=0, as behind a server of one thread"""
    settings.ALTINN_WAITING_CALLS = 0
    instance = make_instance()
    tag = app.get(url(instance))["ETag"].strip('"')
    answer = app.get(url(instance, f"?after={tag}&waitFor=20"))
    assert (answer.status_code, answer["Retry-After"]) == (304, "2")


def test_seats_are_given_back_and_never_given_twice(settings: LazySettings) -> None:
    """Eight threads, three seats: never more than three wait at once"""
    settings.ALTINN_WAITING_CALLS = 3
    barrier, taken = threading.Barrier(8), []

    def take() -> None:
        barrier.wait()
        with long_poll.seats.seat() as free:
            taken.append(free)
            barrier.wait()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 3
    with long_poll.seats.seat() as free:
        assert free
