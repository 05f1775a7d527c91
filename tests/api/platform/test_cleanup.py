"""The cleanup endpoints: for the platform itself, and nobody else (S-379)."""

import pytest
from django.conf import LazySettings

from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance

CLEANUP = "/storage/api/v1/cleanup"
CALLS = (
    "cleanupinstances",
    "cleanupdataelements",
    "cleanupinstancesforapp/nav/app2018",
)
pytestmark = pytest.mark.usefixtures("sandbox")


def test_the_platform_removes_what_was_deleted_for_good(platform: Api) -> None:
    """S-370: 200 without a body"""
    make_instance(filled=True, hard_deleted=True)
    kept = make_instance(filled=True)
    answer = platform.delete(f"{CLEANUP}/cleanupinstances")
    assert (answer.status_code, answer.content) == (200, b"")
    assert Instance.objects.get().pk == kept.pk
    answer = platform.delete(f"{CLEANUP}/cleanupdataelements")
    assert (answer.status_code, answer.content) == (200, b"")
    assert DataElement.objects.count() == 1


def test_an_app_is_emptied_in_a_test_environment(platform: Api) -> None:
    """S-378: org and app are two segments, so no slash needs to be encoded"""
    make_instance(confirmed=True)
    answer = platform.delete(f"{CLEANUP}/cleanupinstancesforapp/nav/app2018")
    assert (answer.status_code, answer.content) == (200, b"")
    assert not Instance.objects.exists()


def test_in_production_an_app_is_not_emptied(
    platform: Api, settings: LazySettings
) -> None:
    """S-379"""
    make_instance(confirmed=True)
    settings.ALTINN_ENVIRONMENT = "production"
    answer = platform.delete(f"{CLEANUP}/cleanupinstancesforapp/nav/app2018")
    assert_problem(answer, 403, code="app-purge-refused")
    assert Instance.objects.count() == 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.OWNER, 403, "platform-token-missing"),
        (cast.SOPHIE, 403, "platform-token-missing"),
        (cast.DESIGNER, 403, "platform-token-missing"),
    ],
    ids=str,
)
def test_nobody_else_cleans_up(
    who: cast.Person | None, status: int, code: str, call: str
) -> None:
    """S-379, M:P-08"""
    make_instance(filled=True, hard_deleted=True)
    answer = Api(PLATFORM_HOST, who).delete(f"{CLEANUP}/{call}")
    assert_problem(answer, status, code=code)
    assert Instance.objects.count() == 1
