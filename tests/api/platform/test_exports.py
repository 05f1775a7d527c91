"""Exports over HTTP: order, follow, download, cancel, list (issue part 6)."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps_registry.app_folder import POLICY
from exports.models import Export, ExportPart
from instances.models import Instance
from tests import cast
from tests.api.test_statement_counts import statements
from tests.apps_registry import policy_xml
from tests.authorization.policies import permit
from tests.client import PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import make_instance
from tests.redeployed import redeploy

EXPORTS = "/storage/api/v1/exports"
MINE = f"{EXPORTS}?appId=nav/app2018"
pytestmark = pytest.mark.usefixtures("sandbox")


def order(api: Api, query: str = "appId=nav/app2018") -> Any:
    """Order an export; return its document."""
    answer = api.post(f"{EXPORTS}?{query}")
    assert answer.status_code == 202, answer.content
    return answer.json()


def work() -> None:
    """Let the worker do what is due."""
    call_command("worker", "--once", "--rooms", "exports")


def path(link: str) -> str:
    """Return the path and query of a link."""
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_an_export_from_order_to_download(owner_storage: Api) -> None:
    made = make_instance(submitted=True)
    answer = owner_storage.post(f"{MINE}&process.isComplete=true&includeContent=true")
    assert answer.status_code == 202
    ordered = answer.json()
    assert answer["Location"] == ordered["selfLink"]
    assert answer["Retry-After"] == "5"
    assert ordered["state"] == "waiting"
    assert ordered["query"] == {
        "appId": ["nav/app2018"],
        "process.isComplete": ["true"],
    }
    assert ordered["resultLink"] is None
    result = f"{path(ordered['selfLink'])}/result"
    assert_problem(owner_storage.get(result), 409, code="export-not-ready")
    work()
    done = owner_storage.get(path(answer["Location"])).json()
    assert (done["state"], done["instances"], done["contents"]) == ("completed", 1, 1)
    assert done["error"] is None
    assert path(done["resultLink"]) == result
    assert owner_storage.head(result).status_code == 200
    download = owner_storage.get(result)
    assert download["Content-Type"] == "application/zip"
    assert download["Content-Disposition"] == (
        f'attachment; filename="export-{done["id"]}.zip";'
        f" filename*=UTF-8''export-{done['id']}.zip"
    )
    assert str(made.pk).encode() in body_of(download)


def test_the_same_order_again_is_answered_with_the_same_export(
    owner_storage: Api,
) -> None:
    first = order(owner_storage)
    assert order(owner_storage)["id"] == first["id"]
    assert Export.objects.count() == 1


def test_an_order_counts_no_instances(owner_storage: Api) -> None:
    """performance.md §2.3: no COUNT on large tables at request time"""
    make_instance()
    found = statements(lambda: owner_storage.post(MINE))
    tables = [sql for sql in found if '"instances_instance"' in sql]
    assert tables == []


def test_a_cancelled_export_has_no_result(owner_storage: Api) -> None:
    make_instance()
    link = path(order(owner_storage)["selfLink"])
    assert owner_storage.delete(link).json()["state"] == "cancelled"
    assert owner_storage.delete(link).json()["state"] == "cancelled"
    assert_problem(owner_storage.get(f"{link}/result"), 410, code="export-gone")
    work()
    assert owner_storage.get(link).json()["state"] == "cancelled"
    assert not ExportPart.objects.exists()


def test_a_finished_result_can_be_removed_before_its_time(owner_storage: Api) -> None:
    make_instance()
    link = path(order(owner_storage)["selfLink"])
    work()
    owner_storage.delete(link)
    assert_problem(owner_storage.get(f"{link}/result"), 410, code="export-gone")
    work()
    assert not ExportPart.objects.exists()


def test_an_error_is_shown_and_tells_nothing_of_the_servers_inside(
    owner_storage: Api,
) -> None:
    ordered = order(owner_storage)
    link = path(ordered["selfLink"])
    Export.objects.update(last_error="OSError: [Errno 28] No space at /var/x")
    waiting = owner_storage.get(link).json()
    assert waiting["error"].startswith("The last attempt failed (OSError); it is tried")
    Export.objects.update(dead_at=timezone.now(), due_at=None, attempts=10)
    failed = owner_storage.get(link).json()
    assert failed["state"] == "failed"
    assert "failed 10 times and was given up (OSError)" in failed["error"]
    assert "/var" not in waiting["error"] + failed["error"]
    assert_problem(owner_storage.get(f"{link}/result"), 409, code="export-not-ready")


def test_ones_exports_come_in_pages_the_newest_first(owner_storage: Api) -> None:
    made = [
        order(owner_storage, f"appId=nav/app2018&process.endEvent={number}")["id"]
        for number in range(5)
    ]
    found, url = [], f"{EXPORTS}?size=2"
    while url:
        page = owner_storage.get(path(url)).json()
        assert page["count"] == len(page["exports"]) <= 2
        found += [one["id"] for one in page["exports"]]
        url = page["next"]
    assert found == made[::-1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "org-or-app-missing"),
        ("org=skd", "app-id-missing"),
        ("appId=nav", "app-id-invalid"),
        ("appId=nav/app2018&created=2026", "parameter-invalid"),
        ("appId=nav/app2018&created=gt:never", "parameter-invalid"),
        ("appId=nav/app2018&size=10", "parameter-invalid"),
        ("appId=nav/app2018&unknown=1", "parameter-invalid"),
        ("appId=nav/app2018&includeContent=maybe", "parameter-invalid"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_at_once(
    owner_storage: Api, query: str, code: str
) -> None:
    assert_problem(owner_storage.post(f"{EXPORTS}?{query}"), 400, code=code)
    assert not Export.objects.exists()


def test_an_app_that_is_not_served_is_not_found(owner_storage: Api) -> None:
    answer = owner_storage.post(f"{EXPORTS}?appId=nav/nowhere")
    assert_problem(answer, 404, code="app-not-found")
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.SOPHIE, 400, "caller-cannot-list"),
        (cast.SYSTEM_USER, 400, "caller-cannot-list"),
        (cast.OWNER_WITHOUT_SCOPE, 403, "scope-missing"),
        (cast.OTHER_OWNER, 403, "not-permitted"),
    ],
    ids=str,
)
def test_nobody_but_the_owner_orders_an_export(
    who: cast.Person | None, status: int, code: str
) -> None:
    make_instance()
    assert_problem(Api(PLATFORM_HOST, who).post(MINE), status, code=code)
    assert not Export.objects.exists()


def test_another_owners_export_is_as_one_that_does_not_exist(
    owner_storage: Api,
) -> None:
    make_instance()
    link = path(order(owner_storage)["selfLink"])
    work()
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    for url in (link, f"{link}/result"):
        assert_problem(other.get(url), 404, code="export-not-found")
    assert_problem(other.delete(link), 404, code="export-not-found")
    assert other.get(EXPORTS).json()["exports"] == []
    nowhere = f"{EXPORTS}/{uuid4()}"
    assert_problem(owner_storage.get(nowhere), 404, code="export-not-found")
    assert owner_storage.get(link).json()["state"] == "completed"


def test_a_result_of_anothers_app_goes_with_the_right_to_read_it() -> None:
    """What was written while it was permitted is handed out only while it is"""
    made = make_instance(submitted=True)
    redeploy({POLICY: _open_to("skd")})
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    ordered = order(other, "appId=nav/app2018&includeContent=true")
    result = f"{path(ordered['selfLink'])}/result"
    work()
    assert str(made.pk).encode() in body_of(other.get(result))
    redeploy({POLICY: _open_to("ttd")})
    rows = list(Export.objects.values())
    for call in (other.get, other.head):
        refused = call(result)
        assert refused.status_code == 403
        assert str(made.pk).encode() not in refused.content
    assert_problem(other.get(result), 403, code="not-permitted")
    assert list(Export.objects.values()) == rows
    redeploy({POLICY: _open_to("skd")})
    assert str(made.pk).encode() in body_of(other.get(result))


def _open_to(org: str) -> bytes:
    """Return a policy that lets this org read, and nobody do anything else."""
    return policy_xml.policy(
        permit("read", to=f"org:{org}"), policy_xml.obligation("2")
    )


def test_an_export_without_instances_is_one(owner_storage: Api) -> None:
    link = path(order(owner_storage, "org=nav")["selfLink"])
    work()
    assert owner_storage.get(link).json()["instances"] == 0
    assert b"manifest.json" in body_of(owner_storage.get(f"{link}/result"))
    assert not Instance.objects.exists()


def test_one_that_was_given_up_can_be_tried_anew_and_goes_on(
    owner_storage: Api,
) -> None:
    make_instance()
    link = path(order(owner_storage)["selfLink"])
    answer = owner_storage.post(f"{link}/retry")
    assert_problem(answer, 409, code="export-not-failed")
    Export.objects.update(dead_at=timezone.now(), due_at=None, attempts=10)
    work()
    assert owner_storage.get(link).json()["state"] == "failed"
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    assert_problem(other.post(f"{link}/retry"), 404, code="export-not-found")
    answer = owner_storage.post(f"{link}/retry")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    work()
    assert owner_storage.get(link).json()["state"] == "completed"


def test_one_that_was_ordered_anew_meanwhile_is_not_tried_beside_it(
    owner_storage: Api,
) -> None:
    failed = path(order(owner_storage)["selfLink"])
    Export.objects.update(dead_at=timezone.now(), due_at=None)
    anew = order(owner_storage)
    assert path(anew["selfLink"]) != failed
    answer = owner_storage.post(f"{failed}/retry")
    assert_problem(answer, 409, code="export-not-failed")
    assert owner_storage.get(failed).json()["state"] == "failed"
