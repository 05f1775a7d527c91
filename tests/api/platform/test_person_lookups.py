"""Looking a person up by number and last name, for an application's user."""

import base64
from typing import Any

import pytest
from django.conf import LazySettings

from parties.models import LookUpAttempt, Party
from tests import cast
from tests.api.platform.register import NAME, NOBODY_SSN, PARTIES, REGISTER, SSN
from tests.cast import Person, platform_headers, user
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")


def _person_headers(name: str = NAME, number: str = SSN) -> dict[str, str]:
    return {
        "X-Ai-NationalIdentityNumber": number,
        "X-Ai-LastName": name,
        **platform_headers(),
    }


def look_up(person: Person | None = cast.SOPHIE, **headers: str) -> Any:
    """Look a person up as an application does for its user."""
    sent = _person_headers(**headers)
    return Api(PLATFORM_HOST, person, headers=sent).get(f"{REGISTER}/persons")


def test_a_person_is_found_by_number_and_last_name(owner_storage: Api) -> None:
    """Z-039, Z-041: in full, because the platform asks"""
    party = owner_storage.get(f"{PARTIES}/501337").json()
    assert look_up().json() == party["person"]
    assert not LookUpAttempt.objects.exists()


def _base64(name: str) -> str:
    return base64.b64encode(name.encode()).decode()


@pytest.mark.parametrize(
    "name",
    ["tind", "TINDLUND", "Tindberg", "Tîndlund", _base64("Tindlund"), _base64("tínd")],
)
def test_four_letters_of_the_last_name_are_enough(name: str) -> None:
    """Z-041: whatever their case and marks, plain or in base64"""
    assert look_up(name=name).status_code == 200


def test_a_name_sent_as_plain_utf8_is_read() -> None:
    """Z-041: WSGI hands its bytes on as ISO 8859-1"""
    Party.objects.filter(pk=501337).update(
        register_details={"person": {"lastName": "Øygård"}}
    )
    assert look_up(name="Øygård".encode().decode("latin-1")).status_code == 200
    assert look_up(name=_base64("Øyga")).status_code == 200
    assert look_up(name="Oyga").status_code == 200


def test_a_wrong_name_and_an_unknown_number_look_alike() -> None:
    """Z-041: the same answer, but for the trace"""
    wrong, unknown = look_up(name="Tins"), look_up(number=NOBODY_SSN)
    problems = [
        assert_problem(answer, 404, code="party-not-found")
        for answer in (wrong, unknown)
    ]
    for problem in problems:
        del problem["traceId"]
    assert problems[0] == problems[1]
    assert wrong.headers == unknown.headers


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (None, "user-only"),
        (cast.OWNER, "user-only"),
        (cast.SYSTEM_USER, "user-only"),
        (cast.DESIGNER, "user-only"),
        (cast.WEAK_SOPHIE, "authentication-level-too-low"),
        (user(1004, 510004, level=0), "authentication-level-too-low"),
    ],
)
def test_a_person_is_found_for_a_user_of_level_two(
    caller: Person | None, code: str
) -> None:
    """Z-041: with a platform token beside the user's own; nothing is counted"""
    assert_problem(look_up(caller), 403, code=code)
    assert not LookUpAttempt.objects.exists()


def test_without_a_platform_token_no_person_is_found(storage: Api) -> None:
    """Z-041"""
    sent = {k: v for k, v in _person_headers().items() if k != "PlatformAccessToken"}
    answer = storage.get(f"{REGISTER}/persons", headers=sent)
    assert_problem(answer, 403, code="platform-token-missing")
    anonymous = Api(PLATFORM_HOST).get(f"{REGISTER}/persons", headers=sent)
    assert_problem(anonymous, 401, code="token-missing")


@pytest.mark.parametrize(
    "sent",
    [
        {"number": ""},
        {"number": "1383844110"},
        {"number": "1383844110x"},
        {"name": ""},
        {"name": "x" * 5000},
    ],
)
def test_headers_that_name_nobody_are_refused(sent: dict[str, str]) -> None:
    """Z-041: and not counted"""
    assert_problem(look_up(**sent), 400, code="person-headers-invalid")
    assert not LookUpAttempt.objects.exists()


def test_the_sixth_miss_is_too_many(settings: LazySettings) -> None:
    """Z-041, Z-110: for the right name too; other users are not concerned"""
    for _ in range(settings.ALTINN_LOOKUP_MISSES_PER_USER):
        assert look_up(name="Wrong").status_code == 404
    for name in ("Wrong", NAME):
        refused = look_up(name=name)
        assert_problem(refused, 429, code="look-ups-exhausted")
        assert 3590 <= int(refused["Retry-After"]) <= 3600
    assert look_up(user(1001, 510001)).status_code == 200
