"""What an application's own code finds amiss: in tasks, in forms and in files."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from data_elements.models import DataElement
from instances.models import Instance
from process.hooks import (
    AppHooks,
    DataInTask,
    FormInTask,
    HookIssue,
    HookRefused,
    NewInstanceView,
    Severity,
    TaskView,
)
from tests.client import Api, assert_problem
from tests.factories import PDF, make_element, reread

pytestmark = pytest.mark.usefixtures("sandbox")
_NAME = f"{__name__}.Finds"
_REQUIRED = "backend.validation_errors.required"


class Finds(AppHooks):
    """An application whose own code has something to say of everything."""

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Remark on the task."""
        return [HookIssue("task", task.task, severity=Severity.INFORMATION)]

    def validate_form_data(self, form: FormInTask) -> Iterator[HookIssue]:
        """Find fault with a long name; whatever it does to the form is its own."""
        name: Any = form.form["arbeidsgiver"]
        if name["navn"] == "X":
            yield HookIssue("short", form.language, "arbeidsgiver.navn")
        name["navn"] = "changed"

    def validate_data(self, data: DataInTask) -> Iterable[HookIssue]:
        """Remark on each file."""
        with data.content.open() as stream:
            start = stream.read(4).decode()
        return [HookIssue("file", start, severity=Severity.WARNING)]


class SaysByKey(AppHooks):
    """An application whose own code names its texts and leaves the words to them."""

    def validate_instantiation(self, new: NewInstanceView) -> None:
        """Refuse what is due."""
        if new.due_before is not None:
            raise HookRefused(
                "late", "Too late.", text_key="late", parameters={"day": "Monday"}
            )

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Ask for more."""
        yield HookIssue("more", text_key=_REQUIRED, parameters={"field": "from"})


class FailsOnForms(AppHooks):
    """An application whose own code fails when it looks at a form."""

    def validate_form_data(self, form: FormInTask) -> Iterable[HookIssue]:
        """Fail."""
        raise RuntimeError("broken")


def url(instance: Instance, tail: str) -> str:
    """Return an address below an instance."""
    return f"/nav/app2018/instances/{instance.instance_id}{tail}"


def patch(api: Api, element: DataElement, value: str) -> Any:
    """Set the employer's name."""
    operation = {"op": "replace", "path": "/arbeidsgiver/navn", "value": value}
    body = {"patches": [{"dataElementId": str(element.id), "patch": [operation]}]}
    return api.call("PATCH", url(element.instance, "/data?language=en"), json=body)


def test_each_kind_has_its_source_and_its_place_in_the_order(
    app: Api, element: DataElement, install: Callable[[str], None]
) -> None:
    """A-265, A-266: the class and the task or data type; files before forms"""
    install(f"{__name__}:Finds")
    attached = make_element(
        instance=element.instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
    )
    assert patch(app, element, "X").status_code == 200
    found = app.get(url(element.instance, "/validate?language=nn")).json()
    assert [
        (one["source"], one["code"], one["severity"], one["dataElementId"])
        for one in found
    ] == [
        (f"{_NAME}-*", "task", 3, None),
        (f"{_NAME}-vedlegg", "file", 2, str(attached.id)),
        (f"{_NAME}-default", "short", 1, str(element.id)),
    ]
    assert [one["description"] for one in found] == ["formfilling", "%PDF", "nn"]
    ignored = f"/validate?ignoredValidators={_NAME}-*,{_NAME.upper()}-DEFAULT"
    rest = app.get(url(element.instance, ignored)).json()
    assert [one["code"] for one in rest] == ["file"]


def test_forms_are_looked_at_after_each_change(
    app: Api, element: DataElement, install: Callable[[str], None]
) -> None:
    """A-119, A-266: kept all the same; what the hook does to its copy is not"""
    install(f"{__name__}:Finds")
    answer = patch(app, element, "X").json()
    sources = {one["source"]: one["issues"] for one in answer["validationIssues"]}
    assert sources.keys() == {"DataAnnotations", f"{_NAME}-default"}
    [issue] = sources[f"{_NAME}-default"]
    assert (issue["code"], issue["description"]) == ("short", "en")
    (model,) = answer["newDataModels"]
    assert model["data"]["arbeidsgiver"]["navn"] == "X"


def test_a_validator_that_fails_takes_the_change_with_it(
    app: Api, element: DataElement, install: Callable[[str], None], everything: Any
) -> None:
    """A-273: 500, and nothing of the change stays in the database"""
    install(f"{__name__}:FailsOnForms")
    before = (reread(element).__dict__["blob_key"], reread(element.instance).__dict__)
    assert_problem(patch(app, element, "X"), 500, code="app-hook-failed")
    answer = app.get(url(element.instance, "/validate"))
    assert_problem(answer, 500, code="app-hook-failed")
    after = (reread(element).__dict__["blob_key"], reread(element.instance).__dict__)
    for one in (before, after):
        one[1].pop("_state")
    assert after == before


@pytest.mark.parametrize(
    ("language", "told"), [("nb", "Feltet er påkrevd"), ("en", "Field is required")]
)
def test_an_issue_may_be_said_by_a_text(
    app: Api,
    element: DataElement,
    install: Callable[[str], None],
    language: str,
    told: str,
) -> None:
    """A-274, A-209: in the caller's language, its key and parameters beside it"""
    install(f"{__name__}:SaysByKey")
    answer = app.get(url(element.instance, f"/validate?language={language}"))
    [issue] = [one for one in answer.json() if one["code"] == "more"]
    assert (issue["description"], issue["customTextKey"]) == (told, _REQUIRED)
    assert issue["customTextParameters"] == {"field": "from"}


def test_an_instance_may_be_refused_by_a_text(
    app: Api, install: Callable[[str], None]
) -> None:
    """A-056: its key and parameters, for clients that know the application's texts"""
    install(f"{__name__}:SaysByKey")
    body = {"instanceOwner": {"partyId": "500000"}, "dueBefore": "2030-01-01T12:00:00Z"}
    answer = app.post("/nav/app2018/instances", json=body)
    problem = assert_problem(answer, 403, code="app-refused-instantiation")
    assert (problem["message"], problem["customTextKey"]) == ("Too late.", "late")
    assert problem["customTextParameters"] == {"day": "Monday"}
    assert not Instance.objects.exists()
