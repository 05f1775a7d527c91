"""Notifications that ask, before they are sent, whether they are still wanted."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey

from instances.models import Instance
from process.hook_views import instance_view
from process.hooks import AppHooks, HookRefused, InstanceView
from process.notification_callbacks import NoNotificationCode, callback_address
from tests.client import Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
NEWEST, OLDER, FOREIGN = ("newest-" * 6, "older-" * 6, "foreign-" * 6)
ASKED: list[InstanceView] = []


class Decides(AppHooks):
    """An application that has its own mind about notifications."""

    def should_send_notification(self, instance: InstanceView) -> bool:
        """Send those that are asked for about a Monday."""
        ASKED.append(instance)
        if "refused" in instance.data_values:
            raise HookRefused("closed", "Not now.")
        return instance.data_values.get("day") == "monday"


@pytest.fixture
def instance(settings: LazySettings) -> Instance:
    """An instance of an application that has two secrets."""
    settings.ALTINN_NOTIFICATION_CODES = [
        f"nav/app2018=b:{NEWEST}", f"nav/app2018=a:{OLDER}", f"a/b=b:{FOREIGN}",
        "nav/app2018=empty:", "nav/app2018=without",
    ]  # fmt: skip
    return make_instance()


def address_of(instance: Instance) -> str:
    """Return the path and the query of the callback's address."""
    parts = urlsplit(callback_address(instance_view(instance)))
    return f"{parts.path}?{parts.query}"


def ask(api: Api, instance: Instance, code: str) -> Any:
    """Ask with a code that is not the server's own."""
    return api.get(f"{address_of(instance).partition('?')[0]}?code={code}")


def signed(secret: str = NEWEST, *, alg: str = "HS256", **claims: Any) -> str:
    """
    Return a code of somebody else's making; a claim of None is left out.

    `exp` and `nbf` are in seconds from now where they are numbers: parameters are
    made when tests are collected, which may be long before they are used.
    """
    stated: dict[str, Any] = {"exp": 60, "secret_id": "b"} | claims
    for name in ("exp", "nbf"):
        if isinstance(stated.get(name), int):
            stated[name] += int(time.time())
    kept = {name: value for name, value in stated.items() if value is not None}
    key = OctKey.import_key(secret)
    return jwt.encode({"alg": alg}, kept, key, algorithms=[alg])


def test_a_notification_is_wanted_until_the_process_has_ended(
    anonymous_app: Api, instance: Instance
) -> None:
    """A-198, M:A-49"""
    address = address_of(instance)
    answer = anonymous_app.get(address)
    assert (answer.status_code, answer.json()) == (200, {"sendNotification": True})
    Instance.objects.filter(pk=instance.pk).update(
        process_ended=timezone.now(), current_task=None, end_event="end"
    )
    assert anonymous_app.get(address).json() == {"sendNotification": False}


def test_of_an_instance_that_is_gone_it_is_wanted_as_in_altinn(
    anonymous_app: Api, instance: Instance
) -> None:
    """A-198"""
    address = address_of(instance)
    Instance.objects.filter(pk=instance.pk).delete()
    assert anonymous_app.get(address).json() == {"sendNotification": True}


@pytest.mark.parametrize(
    ("claims", "secret"),
    [
        ({}, NEWEST),
        ({"secret_id": None}, NEWEST),
        ({"secret_id": "a"}, OLDER),
        ({"exp": -60}, NEWEST),
    ],
    ids=["newest", "unnamed", "older", "within five minutes"],
)
def test_whoever_has_the_secret_can_sign_a_code(
    anonymous_app: Api, instance: Instance, claims: dict[str, Any], secret: str
) -> None:
    """A-198, Z-099"""
    code = signed(secret, jti=str(instance.pk).upper(), **claims)
    assert ask(anonymous_app, instance, code).status_code == 200


@pytest.mark.parametrize(
    ("claims", "secret"),
    [
        ({}, FOREIGN),
        ({}, OLDER),
        ({"secret_id": "a"}, NEWEST),
        ({"secret_id": None}, OLDER),
        ({"secret_id": ["b"]}, NEWEST),
        ({"secret_id": "empty"}, NEWEST),
        ({"jti": str(uuid4())}, NEWEST),
        ({"jti": None}, NEWEST),
        ({"jti": 1}, NEWEST),
        ({"exp": -3600}, NEWEST),
        ({"exp": None}, NEWEST),
        ({"exp": "tomorrow"}, NEWEST),
        ({"nbf": 3600}, NEWEST),
        ({"alg": "HS512"}, NEWEST),
    ],
)
def test_a_code_that_is_none_is_refused_and_the_code_of_the_app_is_not_asked(
    anonymous_app: Api,
    instance: Instance,
    install: Callable[[str], None],
    claims: dict[str, Any],
    secret: str,
) -> None:
    """A-198, M:A-48, Z-099"""
    install(f"{__name__}:Decides")
    ASKED.clear()
    code = signed(secret, **{"jti": str(instance.pk)} | claims)
    answer = ask(anonymous_app, instance, code)
    assert_problem(answer, 401, code="notification-code-wrong")
    assert ASKED == []


@pytest.mark.parametrize(
    "code", ["", "wrong", "a.b.c", "e30.e30.", f"e30.{'e30' * 4000}.e30", "æ"]
)
def test_what_is_no_jwt_is_refused(
    anonymous_app: Api, instance: Instance, code: str
) -> None:
    """A-198, M:A-48, Z-099"""
    answer = ask(anonymous_app, instance, code)
    assert_problem(answer, 401, code="notification-code-wrong")


def test_without_a_secret_nobody_is_answered_and_no_address_is_made(
    anonymous_app: Api, instance: Instance, settings: LazySettings
) -> None:
    """Z-099: an empty secret opens nothing"""
    address = address_of(instance)
    settings.ALTINN_NOTIFICATION_CODES = ["nav/app2018=b:", "nav/app2018="]
    assert_problem(anonymous_app.get(address), 401, code="notification-code-wrong")
    with pytest.raises(NoNotificationCode, match="nav/app2018"):
        callback_address(instance_view(instance))


def test_a_code_is_for_one_instance_and_one_application(
    anonymous_app: Api, instance: Instance
) -> None:
    """Z-099"""
    code = address_of(instance).partition("?code=")[2]
    answer = ask(anonymous_app, make_instance(), code)
    assert_problem(answer, 401, code="notification-code-wrong")
    elsewhere = replace(instance_view(instance), app_id="a/b")
    foreign = urlsplit(callback_address(elsewhere)).query.removeprefix("code=")
    answer = ask(anonymous_app, instance, foreign)
    assert_problem(answer, 401, code="notification-code-wrong")


@pytest.mark.parametrize(("day", "wanted"), [("monday", True), ("sunday", False)])
def test_the_applications_code_decides(
    anonymous_app: Api,
    instance: Instance,
    install: Callable[[str], None],
    day: str,
    wanted: bool,
) -> None:
    """A-198"""
    install(f"{__name__}:Decides")
    ASKED.clear()
    Instance.objects.filter(pk=instance.pk).update(data_values={"day": day})
    answer = anonymous_app.get(address_of(instance))
    assert answer.json() == {"sendNotification": wanted}
    (asked,) = ASKED
    assert isinstance(asked.id, UUID)
    assert asked.id == instance.pk


def test_the_applications_code_can_refuse_to_say(
    anonymous_app: Api, instance: Instance, install: Callable[[str], None]
) -> None:
    """A-198"""
    install(f"{__name__}:Decides")
    Instance.objects.filter(pk=instance.pk).update(data_values={"refused": "1"})
    answer = anonymous_app.get(address_of(instance))
    assert_problem(answer, 400, code="app-refused-data")
