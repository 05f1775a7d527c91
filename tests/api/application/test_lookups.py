"""Looking persons and organisations up in an application."""

import json
from datetime import UTC, datetime
from statistics import median
from time import thread_time
from typing import Any

import pytest
import structlog
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from parties.choices import PartyType
from parties.models import LookUpAttempt, Party
from tests import cast
from tests.cast import user
from tests.client import APP_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

PERSON = "/nav/app2018/api/v1/lookup/person"
ORGANISATION = "/nav/app2018/api/v1/lookup/organisation"
SSN, NAME, ORG_NUMBER = "13838441100", "Tindlund", "353801961"
NOBODY_SSN, NOBODY_ORG = "17858296439", "974760673"
MISSED = {"success": False, "personDetails": None}


def ask(app: Api, ssn: str = SSN, name: str = NAME) -> Any:
    """Look a person up."""
    return app.post(PERSON, json={"socialSecurityNumber": ssn, "lastName": name})


def test_a_person_is_found_and_costs_nothing(app: Api) -> None:
    """Z-041, A-193: the number as it was sent, because forms keep it"""
    assert ask(app).json() == {
        "success": True,
        "personDetails": {
            "ssn": SSN,
            "name": Party.objects.get(pk=501337).name,
            "firstName": "Signe",
            "middleName": None,
            "lastName": NAME,
        },
    }
    assert not LookUpAttempt.objects.exists()


@pytest.mark.parametrize(
    ("ssn", "name"), [(SSN, "Tins"), (SSN, "Tin"), (NOBODY_SSN, NAME)]
)
def test_a_wrong_name_and_an_unknown_number_get_the_same_answer(
    app: Api, ssn: str, name: str
) -> None:
    """Z-041"""
    answer = ask(app, ssn, name)
    assert answer.status_code == 200
    assert answer.json() == MISSED
    subjects = LookUpAttempt.objects.values_list("subject", flat=True)
    assert sorted(subjects) == ["address:127.0.0.1", "user:1337"]


def test_a_short_name_is_compared_in_full(app: Api) -> None:
    """Z-041"""
    Party.objects.filter(pk=501337).update(
        register_details={"person": {"lastName": "Li"}}
    )
    assert ask(app, name="lí").json()["success"] is True
    assert ask(app, name="Lie").json() == MISSED


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"socialSecurityNumber": SSN},
        {"lastName": NAME},
        {"socialSecurityNumber": SSN, "lastName": " "},
        {"socialSecurityNumber": SSN, "lastName": None},
        {"socialSecurityNumber": "1383844110", "lastName": NAME},
        {"socialSecurityNumber": f"{SSN}0", "lastName": NAME},
        {"socialSecurityNumber": SSN, "lastName": "x" * 256},
        [],
    ],
)
def test_what_names_nobody_is_refused_and_not_counted(app: Api, body: object) -> None:
    """Z-041"""
    assert_problem(app.post(PERSON, json=body), 400, code="validation-failed")
    assert not LookUpAttempt.objects.exists()


def test_a_mistyped_number_is_told_so_and_not_counted(app: Api) -> None:
    """Z-041, Z-046: the check digits tell nothing about anybody"""
    problem = assert_problem(ask(app, "13838441101"), 400, code="number-mistyped")
    assert "13838441101" not in json.dumps(problem)
    assert not LookUpAttempt.objects.exists()


def test_the_body_is_json(app: Api) -> None:
    """Z-041"""
    answer = app.post(PERSON, body=b"x", content_type="text/plain")
    assert_problem(answer, 415, code="content-type-unsupported")


@pytest.mark.parametrize("level", [0, 1])
def test_a_weak_log_in_finds_nobody(level: int) -> None:
    """Z-041, M:A-45"""
    answer = ask(Api(APP_HOST, user(1337, 501337, level=level)))
    problem = assert_problem(answer, 403, code="authentication-level-too-low")
    assert problem["RequiredAuthenticationLevel"] == "2"
    assert not LookUpAttempt.objects.exists()


# --- how often ------------------------------------------------------------------------
def sophie() -> Api:
    """Return Sophie with a token of the moment."""
    return Api(APP_HOST, cast.SOPHIE)


def test_five_misses_an_hour_are_too_many(sandbox: None) -> None:
    """A-277, Z-041, Z-110, T-36: the sixth look-up is refused, whatever it looks for"""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(5):
            assert ask(sophie(), name="Wrong").json() == MISSED
            clock.shift(60)
        for name in (NAME, "Wrong"):
            refused = ask(sophie(), name=name)
            problem = assert_problem(refused, 429, code="look-ups-exhausted")
            assert problem["title"] == "Too many requests"
            assert refused["Retry-After"] == "3300"
        assert LookUpAttempt.objects.filter(subject="user:1337").count() == 5
        clock.shift(3299)
        assert ask(sophie()).status_code == 429
        clock.shift(1)  # the first miss is an hour old
        assert ask(sophie(), name="Wrong").json() == MISSED
        assert ask(sophie()).status_code == 429


def test_what_counts_no_more_is_deleted(sandbox: None) -> None:
    """Z-110: of everybody"""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        ask(Api(APP_HOST, user(1001, 510001)), name="Wrong")
        clock.shift(3600)
        ask(sophie(), name="Wrong")
    subjects = LookUpAttempt.objects.values_list("subject", flat=True)
    assert sorted(subjects) == ["address:127.0.0.1", "user:1337"]


def test_look_ups_that_find_somebody_are_not_limited(app: Api) -> None:
    """Z-041"""
    assert all(ask(app).status_code == 200 for _ in range(12))


def test_an_address_has_an_allowance_too(settings: LazySettings) -> None:
    """Z-110, T-36: for all its users together, for organisations as well"""
    settings.ALTINN_LOOKUP_MISSES_PER_ADDRESS = 3
    for user_id in (1337, 1001, 1003):
        assert ask(Api(APP_HOST, user(user_id, 1)), name="Wrong").json() == MISSED
    fourth = Api(APP_HOST, user(1004, 510004))
    assert_problem(ask(fourth), 429, code="look-ups-exhausted")
    assert_problem(
        fourth.get(f"{ORGANISATION}/{ORG_NUMBER}"), 429, code="look-ups-exhausted"
    )


@pytest.mark.parametrize(
    ("trusted", "forwarded", "subject"),
    [
        (False, "198.51.100.7", "address:127.0.0.1"),
        (True, "198.51.100.7", "address:198.51.100.7"),
        (True, "10.0.0.1, 198.51.100.7", "address:198.51.100.7"),
        (True, "2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::"),
        (True, "::ffff:198.51.100.7", "address:198.51.100.7"),
        (True, "", "address:127.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_the_proxy_saw(
    settings: LazySettings, app: Api, trusted: bool, forwarded: str, subject: str
) -> None:
    """Z-110, T-40: never one that the caller wrote"""
    settings.ALTINN_TRUST_PROXY = trusted
    sent = {"X-Forwarded-For": forwarded} if forwarded else {}
    body = {"socialSecurityNumber": SSN, "lastName": "Wrong"}
    app.post(PERSON, json=body, headers=sent)
    assert LookUpAttempt.objects.filter(subject=subject).count() == 1


@pytest.mark.slow
def test_neither_answer_takes_longer(app: Api, settings: LazySettings) -> None:
    """Z-041, T-35: an unknown number and a wrong name, by turns

    The processor's time and the statements, since a busy machine stretches any other.
    """
    settings.ALTINN_LOOKUP_MISSES_PER_USER = 10_000
    settings.ALTINN_LOOKUP_MISSES_PER_ADDRESS = 10_000
    took: dict[str, list[float]] = {SSN: [], NOBODY_SSN: []}
    for ssn in [SSN, NOBODY_SSN] * 150:
        began = thread_time()
        assert ask(app, ssn, "Wrong").json() == MISSED
        took[ssn].append(thread_time() - began)
    wrong_name, unknown = (median(times[10:]) for times in took.values())
    assert 0.8 < wrong_name / unknown < 1.25
    with CaptureQueriesContext(connection) as asked:
        ask(app, SSN, "Wrong")
    with CaptureQueriesContext(connection) as asked_in_vain:
        ask(app, NOBODY_SSN, "Wrong")
    assert len(asked) == len(asked_in_vain)


# --- what the log has -----------------------------------------------------------------
def test_each_look_up_is_in_the_log_without_the_number(
    app: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-36, T-34"""
    monkeypatch.setattr("parties.lookups.log", structlog.get_logger())
    monkeypatch.setattr("parties.lookup_limits.log", structlog.get_logger())
    with capture_logs() as lines:
        ask(app)
        for _ in range(6):
            ask(app, NOBODY_SSN)
    events = [line for line in lines if line["event"] == "person_looked_up"]
    assert [line["outcome"] for line in events] == ["found", *["missed"] * 5]
    assert events[0]["caller"] == "1337"
    assert events[0]["number"] == "138384*****"
    assert [line["subject"] for line in lines if line["event"] == "look_up_refused"]
    assert SSN not in str(lines)
    assert NOBODY_SSN not in str(lines)


# --- organisations --------------------------------------------------------------------
@pytest.mark.parametrize(
    "caller", [cast.SOPHIE, cast.WEAK_SOPHIE, cast.OWNER, cast.SYSTEM_USER]
)
def test_anybody_finds_an_organisation(caller: cast.Person) -> None:
    """A-194, M:A-46"""
    answer = Api(APP_HOST, caller).get(f"{ORGANISATION}/{ORG_NUMBER}")
    name = Party.objects.get(org_number=ORG_NUMBER).name
    details = {"orgNr": ORG_NUMBER, "name": name}
    assert answer.json() == {"success": True, "organisationDetails": details}
    assert not LookUpAttempt.objects.exists()


def test_an_unknown_organisation_is_no_success(app: Api) -> None:
    """A-194"""
    answer = app.get(f"{ORGANISATION}/{NOBODY_ORG}")
    assert answer.json() == {"success": False, "organisationDetails": None}
    assert LookUpAttempt.objects.count() == 2


def test_a_mistyped_organisation_number_is_told_so(app: Api) -> None:
    """Z-047"""
    answer = app.get(f"{ORGANISATION}/974760674")
    assert_problem(answer, 400, code="number-mistyped")
    assert app.get(f"{ORGANISATION}/97476067").status_code == 404
    assert not LookUpAttempt.objects.exists()


def test_a_sub_unit_and_a_wrongly_numbered_test_organisation_are_found(
    app: Api,
) -> None:
    """Z-045"""
    Party.objects.create(
        id=7, type=PartyType.ORGANISATION, name="Wrong", org_number="897069650"
    )
    unit = Party.objects.get(pk=500001)
    for number in ("897069650", unit.org_number):
        assert app.get(f"{ORGANISATION}/{number}").json()["success"] is True
