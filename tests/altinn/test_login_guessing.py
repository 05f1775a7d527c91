"""Passwords cannot be guessed: a name is locked for the address that failed too often.

Whether there is an account of the name makes no difference that anybody could see.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client

from parties.models import User
from tests.client import BASE_HOST

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/?next=/admin/"
PASSWORD = "an-admin-of-tests-only"
MOST = 5


@pytest.fixture(autouse=True)
def boss() -> User:
    """The account that is guessed at."""
    return User.objects.create_superuser("boss", password=PASSWORD)


def attempt(password: str, *, name: str = "boss", **meta: str) -> Any:
    """Try to log in with a fresh browser, from an address."""
    client = Client(headers={"host": f"{BASE_HOST}:8000"})
    form = {"username": name, "password": password}
    answer: Any = client.post(LOGIN, form, **meta)
    answer.browser = client
    return answer


def fail(times: int, **kwargs: str) -> Any:
    """Fail so many times; return the last answer."""
    for _ in range(times):
        answer = attempt("wrong", **kwargs)
    return answer


def assert_locked(answer: Any) -> None:
    """Assert that the page says so, until when, and that nobody is in."""
    assert answer.status_code == 429
    assert "locked for 15 minutes" in answer.content.decode()
    assert answer["Retry-After"] == "900"
    assert "admin-session" not in answer.cookies
    assert not Session.objects.exists()


def test_the_right_password_is_refused_after_too_many_wrong_ones() -> None:
    """The fifth failure locks; the page says what to do"""
    assert fail(MOST - 1).status_code == 200
    assert_locked(attempt("wrong"))
    assert_locked(attempt(PASSWORD))


def test_a_success_in_between_begins_anew() -> None:
    """Somebody who errs now and then is not locked out"""
    for _ in range(3):
        assert fail(MOST - 1).status_code == 200
        assert attempt(PASSWORD).status_code == 302


def test_the_lock_ends_by_itself_also_under_further_attempts() -> None:
    """Nobody can keep another out by trying on and on"""
    with time_machine.travel("2026-11-02T08:00:00Z", tick=False) as clock:
        assert_locked(fail(MOST))
        clock.shift(timedelta(minutes=14))
        assert_locked(attempt(PASSWORD))
        clock.shift(timedelta(minutes=2))
        assert attempt(PASSWORD).status_code == 302


def test_an_unknown_name_looks_just_like_a_known_one() -> None:
    """No user enumeration: same pages, same lock"""
    for _ in range(MOST + 1):
        known, unknown = attempt("wrong"), attempt("wrong", name="nobody")
        assert known.status_code == unknown.status_code
        assert _page(known) == _page(unknown)


def test_names_that_the_form_reads_as_one_are_counted_as_one() -> None:
    """A space or a wide letter makes no new name"""
    for name in ("boss", " boss", "boss ", "\uff42oss", "boss"):
        answer = attempt("wrong", name=name)
    assert_locked(answer)


def test_another_name_or_address_is_not_locked() -> None:
    """A lock is for both together"""
    fail(MOST, REMOTE_ADDR="203.0.113.7")
    assert attempt(PASSWORD, REMOTE_ADDR="203.0.113.8").status_code == 302
    User.objects.create_superuser("other", password=PASSWORD)
    answer = attempt(PASSWORD, name="other", REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 302


def test_a_subscriber_has_one_address_in_ipv6() -> None:
    """There are more addresses in a home than guesses"""
    for n in range(MOST):
        answer = attempt("wrong", REMOTE_ADDR=f"2001:db8:1:2::{n + 1}")
    assert_locked(answer)
    assert attempt(PASSWORD, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_a_header_of_the_caller_is_no_address() -> None:
    """T-40, Z-113: without a trusted proxy the peer counts"""
    for n in range(MOST):
        answer = attempt("wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert_locked(answer)


@pytest.mark.parametrize("proxies", [[], ["127.0.0.0/8", "198.51.100.0/24"]])
def test_behind_a_trusted_proxy_its_word_counts_and_no_other(
    settings: LazySettings, proxies: list[str]
) -> None:
    """T-40, Z-113: the right-most hop that is not ours"""
    settings.ALTINN_TRUST_PROXY = True
    settings.ALTINN_TRUSTED_PROXIES = proxies
    ours = ", 198.51.100.9" if proxies else ""
    for n in range(MOST):
        made_up = f"203.0.113.{n}, 192.0.2.1{ours}"
        answer = attempt("wrong", HTTP_X_FORWARDED_FOR=made_up)
    assert_locked(answer)
    other = attempt(PASSWORD, HTTP_X_FORWARDED_FOR=f"192.0.2.1, 192.0.2.2{ours}")
    assert other.status_code == 302


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        ("192.0.2.9", "203.0.113.5", "192.0.2.9"),  # it came by no proxy of ours
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "x, 10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.5, ' or 1=1", "10.0.0.1"),
        ("10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_which_address_is_recorded(
    settings: LazySettings, peer: str, header: str, address: str
) -> None:
    """T-40"""
    settings.ALTINN_TRUST_PROXY = True
    settings.ALTINN_TRUSTED_PROXIES = ["10.0.0.0/8"]
    attempt("wrong", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=header)
    assert AccessAttempt.objects.get().ip_address == address


def test_no_password_is_recorded() -> None:
    """Nor logged: who mistypes often mistypes the right one"""
    attempt("nearly-the-right-one")
    row = AccessAttempt.objects.get()
    for value in vars(row).values():
        assert "nearly" not in str(value)


def test_signing_in_gives_a_new_session_key() -> None:
    """T-13: a key from before is nobody's"""
    client = Client(headers={"host": f"{BASE_HOST}:8000"})
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    form = {"username": "boss", "password": PASSWORD}
    assert client.post(LOGIN, form).status_code == 302
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def _page(answer: Any) -> str:
    text = answer.content.decode().replace("nobody", "boss")
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", text)
