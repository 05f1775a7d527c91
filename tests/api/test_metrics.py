"""The page of metrics: for who has its token, in the format that is asked for."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as of_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families

from instances import statistics
from instances.models import Instance
from tests import cast
from tests.client import (
    APP_HOST,
    BASE_HOST,
    PLATFORM_HOST,
    STORAGE_HOST,
    Api,
    assert_problem,
)
from tests.factories import make_instance
from tests.scraping import SENT, TOKEN

ROOT = Path(__file__).resolve().parents[2]
BY_PATH = [BASE_HOST, "127.0.0.1", "testserver"]
OTHERS = [APP_HOST, PLATFORM_HOST, STORAGE_HOST]
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def served(settings: LazySettings) -> None:
    """The server has a token of metrics."""
    settings.ALTINN_METRICS_TOKEN = TOKEN


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/Metrics"])
@pytest.mark.parametrize("host", BY_PATH)
def test_it_is_on_the_base_host(host: str, path: str) -> None:
    """And where a machine asks itself"""
    answer = Api(host, headers=SENT).get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store,no-cache"
    assert {"Accept", "Host"} <= set(re.split(", *", answer["Vary"]))
    assert b"altinn_applications_served 1.0\n" in answer.content


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("host", OTHERS)
def test_it_is_on_no_other(host: str) -> None:
    """D-18: on an organisation's it would be the home of an application"""
    answer = Api(host, headers=SENT).get("/metrics")
    assert answer.status_code == 404


@pytest.mark.parametrize("token", ["", " ", TOKEN, "None", "False"])
def test_without_a_token_of_the_servers_there_is_no_such_address(
    token: str,
) -> None:
    """T-25: an empty secret is no secret, and never equals an empty one"""
    with CaptureQueriesContext(connection) as captured:
        answer = Api(BASE_HOST).get(
            "/metrics", headers={"Authorization": f"Bearer {token}"}
        )
    assert_problem(answer, 404, code="route-not-found")
    assert captured.captured_queries == []


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}0"},
        {"Authorization": f"Bearer {TOKEN.upper()}"},
        {"Authorization": f"Bearer {TOKEN}, Bearer {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
        {"Authorization": "Bearer \u00e5\u00ff"},
        {"X-API-Key": TOKEN},
        {"Cookie": f"AltinnStudioRuntime={TOKEN}"},
    ],
    ids=str,
)
def test_who_has_not_the_token_reads_nothing(sent: dict[str, str]) -> None:
    """T-25: and the database is not asked for him"""
    make_instance()
    rows = list(Instance.objects.values())
    with CaptureQueriesContext(connection) as captured:
        answer = Api(BASE_HOST).get("/metrics", headers=sent)
    assert_refused(answer)
    assert captured.captured_queries == []
    assert list(Instance.objects.values()) == rows


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "who", [cast.SOPHIE, cast.OWNER, cast.DESIGNER, cast.STRANGER], ids=lambda w: w.name
)
def test_tokens_of_the_api_open_nothing(who: cast.Person) -> None:
    """Nor does the token open the API"""
    instance = make_instance()
    rows = list(Instance.objects.values())
    assert_refused(Api(BASE_HOST, who).get("/metrics"))
    api = Api(PLATFORM_HOST, headers=SENT)
    for method in ("GET", "DELETE"):
        path = f"/storage/api/v1/instances/{instance.instance_id}"
        assert_problem(api.call(method, path), 401, code="invalid-token")
    assert list(Instance.objects.values()) == rows


def assert_refused(answer: Any) -> None:
    """Assert that it is a 401 that says how to do it, and no figure."""
    document = assert_problem(answer, 401, code="metrics-token-refused")
    assert answer["WWW-Authenticate"] == 'Bearer realm="altinn"'
    assert "ALTINN_METRICS_TOKEN" in document["detail"]
    assert TOKEN not in str(document)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_it_is_only_read(method: str) -> None:
    """S-005: before any token is asked for"""
    answer = Api(BASE_HOST).call(method, "/metrics")
    assert_problem(answer, 405, code="method-not-allowed")
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.usefixtures("served")
def test_who_asks_for_openmetrics_gets_it() -> None:
    """As Prometheus asks by itself, with units"""
    accept = (
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
    )
    answer = Api(BASE_HOST, headers=SENT).get("/metrics", headers={"Accept": accept})
    assert answer["Content-Type"].startswith(
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    )
    text = answer.content.decode()
    assert text.endswith("# EOF\n")
    units = {family.name: family.unit for family in of_openmetrics(text)}
    assert units["altinn_events_oldest_undelivered_age_seconds"] == "seconds"
    assert units["altinn_events_undelivered"] == ""


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "nonsense",
        "application/openmetrics-text;version=x",
        "application/openmetrics-text;version=",
        "text/plain;version=1.x",
        "application/openmetrics-text;version=1.0.0.\u00e5;escaping=\u00e5",
        ",;=,",
    ],
)
def test_accept_never_fails(accept: str) -> None:
    """A-011"""
    answer = Api(BASE_HOST, headers=SENT).get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    assert b"altinn_applications_served 1.0\n" in answer.content


@pytest.mark.usefixtures("served")
def test_every_figure_has_a_name_a_kind_and_words_of_its_own() -> None:
    """By Prometheus' conventions: gauges, the unit last, no reserved ending"""
    make_instance()
    statistics.refresh()
    text = Api(BASE_HOST, headers=SENT).get("/metrics").content.decode()
    families = list(text_string_to_metric_families(text))
    assert len(families) >= 20
    assert len({family.documentation for family in families}) == len(families)
    for family in families:
        assert re.fullmatch(r"altinn(_[a-z]+)+", family.name)
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert family.type == "gauge"
        assert family.documentation[0].isupper()
        assert family.documentation.endswith(".")
        for sample in family.samples:
            assert sample.name == family.name
            assert sample.labels.keys() <= {"org", "state", "task"}


@pytest.mark.usefixtures("served")
def test_the_page_of_operations_has_every_figure_and_no_other() -> None:
    """Else an alert would wait for what never comes"""
    text = Api(BASE_HOST, headers=SENT).get("/metrics").content.decode()
    figures = {family.name for family in text_string_to_metric_families(text)}
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    section = page.partition("\n## Metrics\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"\baltinn_[a-z_]+", section)) == figures


@pytest.mark.usefixtures("served")
def test_no_label_tells_of_anybody() -> None:
    """Neither identity numbers nor names nor tokens: organisations by their code"""
    instance = make_instance(submitted=True)
    statistics.refresh()
    text = Api(BASE_HOST, headers=SENT).get("/metrics").content.decode()
    assert 'org="nav"' in text
    labels = re.findall(r'="([^"]*)"', text)
    assert all(re.fullmatch(r"[a-z-]+", value) for value in labels)
    for secret in (TOKEN, str(instance.pk)):
        assert secret not in text
    assert str(instance.owner_party_id) not in labels


def test_the_token_comes_from_a_file_and_the_library_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    """Prometheus trims the same file; memory of processes that are never asked"""
    secret = tmp_path / "token"
    secret.write_text(f" {TOKEN}\n", "utf-8")
    program = (
        "import sys, django; django.setup()\n"
        "from importlib import import_module\n"
        "from django.conf import settings\n"
        "import_module('altinn.urls')\n"
        "assert 'api.metrics' in sys.modules\n"
        "assert 'prometheus_client' not in sys.modules\n"
        "print(settings.ALTINN_METRICS_TOKEN)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "ALTINN_METRICS_TOKEN_FILE": str(secret),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout == f"{TOKEN}\n"
