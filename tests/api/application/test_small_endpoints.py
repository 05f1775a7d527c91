"""Types in their tasks, scan results, and the order of pages."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import InstanceEvent
from process.hooks import AppHooks, PageQuery
from tests import cast
from tests.changed_app import deploy, form_type
from tests.client import Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
APP = "/nav/app2018"
INSTANCES = f"{APP}/instances"
ENFORCED = {"appsettings.json": {"AppSettings": {"EnforceDataTypeTaskId": True}}}
XML = {"body": FORM, "content_type": "application/xml"}


class Orders(AppHooks):
    """An application whose own code orders pages."""

    def order_pages(self, query: PageQuery) -> list[str]:
        """Turn them round, and say what was told."""
        where = "instance" if query.instance else "nowhere"
        worker = query.form.get("arbeidstaker")
        name = worker.get("navn") if isinstance(worker, dict) else None
        return [*reversed(query.pages), where, query.current_page, str(name)]


# --- types in their tasks -------------------------------------------------------------
def _of_confirm(metadata: dict[str, Any]) -> None:
    form_type(metadata)["taskId"] = "confirm"


def test_a_type_changes_in_its_own_task_alone(app: Api, tmp_path: Path) -> None:
    """A-079, Z-085: made, replaced, patched, deleted and tagged; nothing is changed"""
    instance = make_instance()
    element = make_element(instance=instance)
    deploy(tmp_path, _of_confirm, ENFORCED)
    url = f"{INSTANCES}/{instance.instance_id}/data"
    events = InstanceEvent.objects.count()
    patch = {"patches": [{"dataElementId": str(element.id), "patch": []}]}
    for answer in (
        app.post(f"{url}?dataType=default", **XML),
        app.post(f"{url}/type/default"),
        app.put(f"{url}/{element.id}", **XML),
        app.call("PATCH", url, json=patch),
        app.delete(f"{url}/{element.id}"),
        app.post(f"{url}/{element.id}/tags", json="tag"),
    ):
        problem = assert_problem(answer, 409, code="data-type-of-other-task")
        assert problem["title"] == "Conflict with Current Task"
        assert problem["detail"] == (
            "Data element of type default can only be modified in confirm (current task"
            " formfilling)"
        )
    assert DataElement.objects.get().blob_key == element.blob_key
    assert InstanceEvent.objects.count() == events
    pdf = {"body": PDF, "content_type": "application/pdf", "filename": "a.pdf"}
    assert app.post(f"{url}?dataType=vedlegg", **pdf).status_code == 201


def test_a_part_of_another_task_makes_no_instance(app: Api, tmp_path: Path) -> None:
    """A-079, A-062: the first task counts"""
    deploy(tmp_path, _of_confirm, ENFORCED)
    part = b'--B\r\nContent-Disposition: form-data; name="default"\r\n'
    part += b"Content-Type: application/xml\r\n\r\n" + FORM + b"\r\n--B--\r\n"
    answer = app.post(
        f"{INSTANCES}?instanceOwnerPartyId={cast.ORG_PARTY}",
        body=part,
        content_type="multipart/form-data; boundary=B",
    )
    assert_problem(answer, 409, code="data-type-of-other-task")
    assert not InstanceEvent.objects.exists()


def test_without_the_setting_any_task_will_do(app: Api, tmp_path: Path) -> None:
    """A-079: it is off by default"""
    deploy(tmp_path, _of_confirm)
    url = f"{INSTANCES}/{make_instance().instance_id}/data"
    assert app.post(f"{url}?dataType=default", **XML).status_code == 201


# --- scan results ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("results", "of_all"),
    [
        ((), "NotApplicable"),
        ((FileScanResult.CLEAN,), "Clean"),
        ((FileScanResult.CLEAN, FileScanResult.PENDING), "Pending"),
        (
            (FileScanResult.PENDING, FileScanResult.INFECTED, FileScanResult.CLEAN),
            "Infected",
        ),
    ],
)
def test_scan_results_are_told_of_each_file_and_of_all(
    app: Api, results: tuple[FileScanResult, ...], of_all: str
) -> None:
    """A-196: what is not scanned is left out"""
    instance = make_instance(filled=True)
    told = []
    for result in results:
        element = make_element(instance=instance, type_id="vedlegg", content=PDF)
        DataElement.objects.filter(pk=element.pk).update(scan_result=result)
        told.append({"id": str(element.id), "fileScanResult": result.label})
    answer = app.get(f"{INSTANCES}/{instance.instance_id}/filescanresult")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "id": instance.instance_id,
        "fileScanResult": of_all,
        "data": told,
    }


def test_scan_results_are_for_readers(
    stranger_app: Api, app: Api, tmp_path: Path
) -> None:
    """A-196, M:A-33: and of types that take a right, for whoever has it"""
    instance = make_instance(filled=True)
    DataElement.objects.update(scan_result=FileScanResult.INFECTED)
    url = f"{INSTANCES}/{instance.instance_id}/filescanresult"
    assert_problem(stranger_app.get(url), 403, code="not-permitted")

    def restricted(metadata: dict[str, Any]) -> None:
        form_type(metadata)["actionRequiredToRead"] = "sensitive"

    deploy(tmp_path, restricted)
    assert app.get(url).json()["data"] == []


# --- pages ----------------------------------------------------------------------------
def test_pages_are_in_the_order_of_the_settings(app: Api, anonymous_app: Api) -> None:
    """A-195: of an instance, and for anybody"""
    of_instance = f"{INSTANCES}/{make_instance().instance_id}/pages/order"
    for api, path in ((app, of_instance), (anonymous_app, f"{APP}/v1/pages/order")):
        url = f"{path}?layoutSetId=form&dataTypeId=default"
        answer = api.post(url, json={})
        assert answer.status_code == 200, answer.content
        assert answer.json() == ["arbeid", "sykdom"]
        problem = assert_problem(
            api.post(path, json={}), 400, code="page-data-type-missing"
        )
        assert problem["detail"] == "Query parameter `dataTypeId` must be defined"
        unknown = api.post(f"{path}?dataTypeId=x", json={})
        assert_problem(unknown, 400, code="data-type-unknown")
        no_set = api.post(f"{path}?dataTypeId=default&layoutSetId=x", json={})
        assert_problem(no_set, 404, code="app-file-not-found")
        unfit = api.post(url, json={"periode": 1})
        assert_problem(unfit, 400, code="form-json-refused")


@pytest.mark.parametrize(
    ("stated", "pages"),
    [
        ({"pages": {"order": ["b", "a"]}}, ["b", "a"]),
        ({"pages": {"groups": [{"order": ["b"]}, {"order": ["a"]}]}}, ["b", "a"]),
        ({}, ["a", "b"]),
    ],
)
def test_an_application_without_sets_orders_its_pages(
    anonymous_app: Api, tmp_path: Path, stated: object, pages: list[str]
) -> None:
    """A-195: by its settings, in groups too, else by their names"""
    page = {"data": {"layout": []}}
    files: dict[str, object] = {f"ui/layouts/{one}.json": page for one in "ba"}
    deploy(tmp_path, files={**files, "ui/Settings.json": stated})
    answer = anonymous_app.post(f"{APP}/v1/pages/order?dataTypeId=default", json={})
    assert answer.json() == pages


def test_the_applications_code_may_order_pages(
    app: Api, anonymous_app: Api, settings: LazySettings
) -> None:
    """A-195: by the form and the page that the user is on"""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:Orders"]
    query = "layoutSetId=form&dataTypeId=default&currentPage=arbeid"
    path = f"{INSTANCES}/{make_instance().instance_id}/pages/order"
    form = {"arbeidstaker": {"navn": "A"}}
    answer = app.post(f"{path}?{query}", json=form)
    assert answer.json() == ["sykdom", "arbeid", "instance", "arbeid", "A"]
    answer = anonymous_app.post(f"{APP}/v1/pages/order?{query}", json={})
    assert answer.json() == ["sykdom", "arbeid", "nowhere", "arbeid", "None"]


@pytest.mark.parametrize("accepted", ["application/xml", "text/xml"])
def test_documents_are_json_whatever_is_accepted(app: Api, accepted: str) -> None:
    """Forms alone are told as XML; nobody is refused for what he accepts"""
    url = f"{INSTANCES}/{make_instance().instance_id}"
    for path in (url, f"{url}/process", f"{url}/validate"):
        answer = app.get(path, headers={"Accept": accepted})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"].startswith("application/json")
        assert answer.json() is not None
