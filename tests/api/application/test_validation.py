"""What is amiss in a task: asked for, told after a change, and keeping it there."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from data_elements import blobs
from data_elements.models import DataElement
from instances.models import Instance
from tests.changed_app import deploy, form_type
from tests.client import Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")

_DEFAULTS = "Altinn.App.Core.Features.Validation.Default"
COUNTS = f"{_DEFAULTS}.DefaultTaskValidator-*"
ELEMENTS = f"{_DEFAULTS}.DefaultDataElementValidator-*"


def url_of(instance: Instance, tail: str = "/validate") -> str:
    """Return an address below an instance."""
    return f"/nav/app2018/instances/{instance.instance_id}{tail}"


def issues(api: Api, instance: Instance, query: str = "") -> list[dict[str, Any]]:
    """Return what is amiss in the instance's task."""
    answer = api.get(url_of(instance, f"/validate{query}"))
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def codes(found: list[dict[str, Any]]) -> list[str]:
    """Return the codes alone."""
    return [one["code"] for one in found]


# --- the whole task -------------------------------------------------------------------
def test_issues_are_a_flat_list_in_the_order_of_the_validators(
    app: Api, instance: Instance
) -> None:
    """A-130, A-265, A-269: counts before elements, each with its source"""
    for _ in range(6):
        make_element(instance=instance, type_id="vedlegg", content=PDF)
    found = issues(app, instance)
    assert codes(found)[:2] == ["TooFewDataElementsOfType", "TooManyDataElementsOfType"]
    assert {one["source"] for one in found[:2]} == {COUNTS}
    assert codes(found)[2:] == ["ContentTypeNotAllowed"] * 6
    assert {one["source"] for one in found[2:]} == {ELEMENTS}
    assert found[0]["field"] == "default"
    assert found[0]["dataElementId"] is None
    assert len({one["dataElementId"] for one in found[2:]}) == 6
    assert found[2]["description"] == (
        "ContentType application/xml not allowed for"
        " application/pdf,image/png,image/jpeg"
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("", "må være minst 1"),
        ("nb", "må være minst 1"),
        ("nn", "må vere minst 1"),
        ("en", "must be at least 1"),
        ("fr", "må være minst 1"),
    ],
)
def test_issues_are_told_in_the_callers_language(
    app: Api, instance: Instance, language: str, told: str
) -> None:
    """A-274: the query wins, then what the browser prefers, else nb"""
    app.headers = {"Accept-Language": "nb"}
    query = f"?language={language}" if language else ""
    [issue] = issues(app, instance, query)
    assert told in issue["description"]
    headers = {"Accept-Language": f"{language}, nb;q=0.5"}
    answer = app.get(url_of(instance), headers=headers if language else {})
    assert told in answer.json()[0]["description"]


@pytest.mark.parametrize("given", [COUNTS, COUNTS.upper(), f" x , {COUNTS.lower()} "])
def test_ignored_sources_are_not_asked(
    app: Api, instance: Instance, given: str
) -> None:
    """A-265: in any case of letters, several with commas and spaces"""
    assert codes(issues(app, instance)) == ["TooFewDataElementsOfType"]
    assert issues(app, instance, f"?ignoredValidators={given}") == []


def test_incremental_validators_are_told_apart(app: Api, instance: Instance) -> None:
    """A-131: true for those, false for the others, who say so; absent for all"""
    everything = issues(app, instance)
    assert [one["noIncrementalUpdates"] for one in everything] == [True]
    assert issues(app, instance, "?onlyIncrementalValidators=true") == []
    assert issues(app, instance, "?onlyIncrementalValidators=False") == everything
    answer = app.get(url_of(instance, "/validate?onlyIncrementalValidators=perhaps"))
    assert_problem(answer, 400, code="parameter-invalid")


def test_what_was_sent_in_is_not_validated(app: Api, submitted: Instance) -> None:
    """A-130: 409 in the spec's words; nothing is read"""
    problem = assert_problem(app.get(url_of(submitted)), 409, code="no-current-task")
    assert problem["title"] == "Validation error"
    assert problem["detail"] == "Unable to validate instance without a started process."


def test_metadata_alone_is_validated_without_reading_a_file(
    app: Api, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attachments are judged by their rows"""
    make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
    )

    def opened(key: str, **span: object) -> None:
        raise AssertionError(key)

    monkeypatch.setattr(blobs, "open_blob", opened)
    assert codes(issues(app, instance)) == ["TooFewDataElementsOfType"]


# --- one element ----------------------------------------------------------------------
def test_an_element_of_another_task_is_told_apart(
    app: Api, owner_app: Api, instance: Instance
) -> None:
    """A-133: a type of no task of the process cannot be validated"""
    element = make_element(instance=instance)
    assert app.get(url_of(instance, f"/data/{element.id}/validate")).json() == []
    receipt = make_element(
        instance=instance, type_id="kvittering", content_type="application/pdf"
    )
    answer = owner_app.get(url_of(instance, f"/data/{receipt.id}/validate"))
    assert_problem(answer, 409, code="task-not-in-deployment")
    unknown = url_of(instance, f"/data/{instance.id}/validate")
    assert_problem(app.get(unknown), 404, code="data-element-not-found")


def _with_second_form(metadata: dict[str, Any]) -> None:
    """Declare another form of the same model, for the second task."""
    logic = form_type(metadata)["appLogic"]
    second = {"id": "second", "taskId": "confirm", "appLogic": logic}
    metadata["dataTypes"].append({**second, "maxCount": 1, "minCount": 0})


def test_a_form_of_a_later_task_is_validated_with_a_warning(
    app: Api, tmp_path: Path
) -> None:
    """A-133, D-39: the warning first; what is amiss in it is told all the same"""
    deploy(tmp_path, _with_second_form)
    instance = make_instance(filled=True)
    content = FORM.replace(b"<grad>50<", b"<grad>500<")
    second = make_element(instance=instance, type_id="second", content=content)
    answer = app.get(url_of(instance, f"/data/{second.id}/validate"))
    warning, issue = answer.json()
    assert warning["code"] == "DataElementValidatedAtWrongTask"
    assert warning["customTextKey"] == "DataElementValidatedAtWrongTask"
    assert warning["customTextParams"] == ["confirm", "formfilling"]
    assert warning["severity"] == 2
    assert warning["noIncrementalUpdates"] is True
    assert warning["source"] == "Altinn.App.Api.Controllers.ValidateController"
    assert warning["description"] == (
        "Data element for task confirm validated while currentTask is formfilling"
    )
    assert (issue["code"], issue["field"]) == ("maximum", "periode[1].grad")
    [same] = issues(app, instance)
    assert same["dataElementId"] == str(second.id)


def test_an_action_tells_issues_by_element(
    app: Api, tmp_path: Path, settings: LazySettings
) -> None:
    """A-150, A-208: of what is relevant; a source that has none stands under no name"""
    switches = {"AppSettings": {"RequiredValidation": True}}
    deploy(tmp_path, files={"appsettings.json": switches})
    settings.ALTINN_APP_HOOKS = ["nav/app2018=tests.hooks.app_code:Acts"]
    instance = make_instance(filled=True)
    url = url_of(instance, "/actions")
    answer = app.post(url, json={"action": "write"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["updatedValidationIssues"] == {"": {"Required": []}}
    form = DataElement.objects.get(instance=instance)
    name = b"<navn>Astrid Fjordvik</navn>"
    put = url_of(instance, f"/data/{form.id}")
    body = FORM.replace(name, b"<navn> </navn>")
    assert app.put(put, body=body, content_type="application/xml").status_code == 201
    found = app.post(url, json={"action": "write"}).json()["updatedValidationIssues"]
    assert found.keys() == {str(form.id)}
    assert found[str(form.id)].keys() == {"Required"}
    [issue] = found[str(form.id)]["Required"]
    assert issue["field"] == "arbeidstaker.navn"
    ignoring = {"action": "write", "ignoredValidators": ["REQUIRED"]}
    assert app.post(url, json=ignoring).json()["updatedValidationIssues"] == {}


def test_an_element_of_what_was_sent_in_is_not_validated(app: Api) -> None:
    """A-133: 409, where the original fails"""
    instance = make_instance(submitted=True)
    element = DataElement.objects.get(instance=instance)
    answer = app.get(url_of(instance, f"/data/{element.id}/validate"))
    assert_problem(answer, 409, code="no-current-task")


# --- after a change -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "asked"), [("", False), ("?ignoredValidators=", True)]
)
def test_adding_and_deleting_validate_when_that_is_asked(
    app: Api, instance: Instance, query: str, asked: bool
) -> None:
    """A-094, A-124: even an empty parameter asks"""
    made = app.post(
        url_of(instance, f"/data/type/default{query}"),
        body=FORM,
        content_type="application/xml",
    )
    assert made.status_code == 200
    element_id = made.json()["newDataElementId"]
    attached = app.post(
        url_of(instance, f"/data/type/vedlegg{query}"),
        body=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    ).json()
    gone = app.delete(url_of(instance, f"/data/{attached['newDataElementId']}{query}"))
    told = [one["validationIssues"] for one in (made.json(), attached, gone.json())]
    # Nothing holds an attachment to anything, so only the form has something to tell.
    sources = [[pair["source"] for pair in issues] for issues in told]
    assert sources == [["DataAnnotations"] if asked else [], [], []]
    assert all(pair["issues"] == [] for issues in told for pair in issues)
    assert DataElement.objects.get().id.hex == element_id.replace("-", "")


# --- leaving a task -------------------------------------------------------------------
@pytest.mark.parametrize("call", ["process/next", "process/completeProcess"])
def test_errors_keep_an_instance_in_its_task(
    app: Api, instance: Instance, call: str
) -> None:
    """A-140: 409 with every issue, and nothing moves"""
    before = reread(instance).__dict__
    answer = app.put(url_of(instance, f"/{call}?language=en"))
    problem = assert_problem(answer, 409, code="task-not-complete")
    assert problem["title"] == "Validation failed for task"
    assert problem["detail"] == "1 validation errors found for task formfilling"
    [issue] = problem["validationIssues"]
    assert "at least 1" in issue["description"]
    after = reread(instance).__dict__
    del before["_state"], after["_state"]
    assert after == before
