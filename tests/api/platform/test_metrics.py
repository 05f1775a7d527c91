"""Metrics of storage, and the address that always fails."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings

from apps_registry.models import Org
from instances.models import Instance
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.common.parquet_reader import read_table
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")
METRICS = "/storage/api/v1/metrics/instances"
KEY = "k" * 32


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "API key required for metrics endpoints"),
        ({"X-API-Key": " "}, "API key cannot be empty"),
        ({"X-API-Key": "wrong"}, "Invalid API key"),
        ({"X-API-Key": f"{KEY}k"}, "Invalid API key"),
        ({"X-API-Key": "\xe6"}, "Invalid API key"),
    ],
)
def test_metrics_take_their_own_key(
    settings: LazySettings, given: dict[str, str], error: str
) -> None:
    """S-382, M:P-10: no token does instead"""
    settings.ALTINN_METRICS_API_KEY = KEY
    answer = Api(PLATFORM_HOST).get(METRICS, headers=given)
    problem = assert_problem(answer, 401, code="api-key-refused")
    assert problem["error"] == problem["detail"] == error


def test_without_a_key_there_are_no_metrics() -> None:
    """S-382: a blank key never fits"""
    anybody = Api(PLATFORM_HOST)
    answer = anybody.get(METRICS, headers={"X-API-Key": "x"})
    assert_problem(answer, 503, code="metrics-unavailable")
    blank = anybody.get(METRICS, headers={"X-API-Key": ""})
    assert_problem(blank, 401, code="api-key-refused")


@pytest.fixture
def noon() -> Iterator[datetime]:
    """It is noon, so that no day ends in the middle of a test."""
    at = now().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(at):
        yield at


def test_yesterdays_instances_are_counted(
    settings: LazySettings, noon: datetime
) -> None:
    """S-382: those archived then, of whatever became of them since"""
    settings.ALTINN_METRICS_API_KEY = KEY
    Org.objects.filter(code="nav").update(org_number="889640782")
    midnight = noon.replace(hour=0)
    yesterday = midnight - timedelta(days=1)
    for archived_at in (yesterday, midnight - timedelta(microseconds=1)):
        instance = make_instance(submitted=True, soft_deleted=True)
        Instance.objects.filter(pk=instance.pk).update(archived_at=archived_at)
    for archived_at in (midnight, yesterday - timedelta(microseconds=1)):
        instance = make_instance(submitted=True)
        Instance.objects.filter(pk=instance.pk).update(archived_at=archived_at)
    make_instance()
    answer = Api(PLATFORM_HOST).get(METRICS, headers={"X-API-Key": KEY})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/octet-stream"
    name = f"{yesterday:%Y%m%d}_instance_storage.parquet"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-File-Size"] == str(len(answer.content))
    digest = hashlib.md5(answer.content, usedforsecurity=False).digest()
    assert answer["X-File-Hash"] == base64.b64encode(digest).decode()
    assert answer["X-Generated-At"].endswith("Z")
    assert read_table(answer.content) == {
        "instanceCount": [2],
        "serviceOwnerCode": ["nav"],
        "serviceOwnerOrgNumber": ["889640782"],
        "resourceId": ["app_nav_app2018"],
        "resourceTitle": ["app2018"],
        "dateTime": [yesterday],
    }


def test_the_address_of_errors_fails() -> None:
    """S-381: for anyone, with any method, and says nothing of the inside"""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = Api(PLATFORM_HOST).call(method, "/storage/api/v1/error")
        assert_problem(answer, 500, code="internal-error")
