"""Pages and rules of the application's own, which keep an instance in its task."""

import gc
import weakref
from typing import Any

import pytest

from authorization.services import RoleLookup
from data_elements.models import DataElement
from instances.models import Instance
from process import engine
from process.validation.layouts import pages_of
from process.validation.subjects import subject_of
from process.validation.validators import Subject
from process.validation.without_hidden import without_hidden
from tests.cast import SOPHIE_PRINCIPAL
from tests.client import Api, assert_problem
from tests.factories import FORM, make_element, reread, sample_app
from tests.forms.layout_app import component, page, rows
from tests.redeployed import redeploy, switched_on

pytestmark = pytest.mark.usefixtures("sandbox")

RULES = "models/default.validation.json"
PAGES = {"ui/form/Settings.json": {"pages": {"order": ["arbeid"]}}}


def next_url(instance: Instance, query: str = "") -> str:
    """Return the address that moves the process on."""
    return f"/nav/app2018/instances/{instance.instance_id}/process/next{query}"


def with_page(*components: Any, **more: object) -> dict[str, object]:
    """Return the files of a form of one page."""
    file = {"ui/form/layouts/arbeid.json": page(*components)}
    return {**PAGES, **file, **more}


def refused(app: Api, instance: Instance, query: str = "") -> list[dict[str, Any]]:
    """Return what keeps the instance in its task, and see that it stayed there."""
    before = reread(instance)
    browser = {"Accept-Language": "nb"}
    answer = app.put(next_url(instance, query), headers=browser)
    problem = assert_problem(answer, 409, code="task-not-complete")
    after = reread(instance)
    assert isinstance(before, Instance)
    assert isinstance(after, Instance)
    assert (after.current_task, after.last_changed) == (
        before.current_task,
        before.last_changed,
    )
    found: list[dict[str, Any]] = problem["validationIssues"]
    return found


LACKING = FORM.replace(b"<navn>Liv Fyrlykt</navn>", b"<navn> </navn>")
NAME = component(
    "behandlers-navn",
    field="behandler.navn",
    required=True,
    textResourceBindings={"title": "behandler.navn"},
)


def test_what_is_required_keeps_an_instance_in_its_task(
    app: Api, instance: Instance
) -> None:
    """A-267, A-208, A-274: with all that the client is told of it"""
    redeploy(with_page(NAME) | switched_on("RequiredValidation"))
    element = make_element(instance=instance, content=LACKING)
    assert refused(app, instance) == [
        {
            "severity": 1,
            "dataElementId": str(element.id),
            "field": "behandler.navn",
            "code": "required",
            "description": "Feltet er påkrevd",
            "source": "Required",
            "customTextKey": "backend.validation_errors.required",
            "customTextParameters": {
                "field": "behandler.navn",
                "layoutId": "form",
                "pageId": "arbeid",
                "componentId": "behandlers-navn",
                "bindingName": "simpleBinding",
                "pageName": "arbeid",
                "componentTitle": "Behandlerens navn",
            },
        }
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [("nn", "Feltet er påkravd"), ("en", "Field is required")],
)
def test_what_is_required_is_told_in_the_callers_language(
    app: Api, instance: Instance, language: str, told: str
) -> None:
    """A-205, A-267"""
    redeploy(with_page(NAME) | switched_on("RequiredValidation"))
    make_element(instance=instance, content=LACKING)
    (issue,) = refused(app, instance, f"?language={language}")
    assert issue["description"] == told


def test_the_applications_own_words_for_what_is_required(
    app: Api, instance: Instance
) -> None:
    """A-204, A-267: variables from the issue"""
    texts = {
        "language": "nb",
        "resources": [
            {
                "id": "backend.validation_errors.required",
                "value": "{0} i {1} mangler",
                "variables": [
                    {"key": "field", "dataSource": "customTextParameters"},
                    {"key": "appId", "dataSource": "instanceContext"},
                ],
            }
        ],
    }
    files = {"config/texts/resource.nb.json": texts}
    redeploy(with_page(NAME) | switched_on("RequiredValidation") | files)
    make_element(instance=instance, content=LACKING)
    (issue,) = refused(app, instance)
    assert issue["description"] == "behandler.navn i nav/app2018 mangler"


@pytest.mark.parametrize("files", [{}, {"appsettings.json": {"AppSettings": {}}}])
def test_nothing_is_required_unless_the_application_says_so(
    app: Api, instance: Instance, files: dict[str, object]
) -> None:
    """A-208"""
    redeploy(with_page(NAME) | files)
    make_element(instance=instance, content=LACKING)
    assert app.put(next_url(instance)).status_code == 200
    row = reread(instance)
    assert isinstance(row, Instance)
    assert row.current_task == "confirm"


def test_what_is_hidden_is_not_required(app: Api, instance: Instance) -> None:
    """A-267"""
    hidden = {**NAME, "hidden": ["dataModel", "friskmeldtEtterPerioden"]}
    redeploy(with_page(hidden) | switched_on("RequiredValidation"))
    make_element(instance=instance, content=LACKING)
    assert app.put(next_url(instance)).status_code == 200


def test_each_row_is_held_to_what_it_must_have(app: Api, instance: Instance) -> None:
    """A-262, A-267"""
    half = ["equals", ["dataModel", "periode.grad"], 50]
    redeploy(
        with_page(
            rows("perioder", "periode", "tom"),
            component("tom", field="periode.tom", required=half),
        )
        | switched_on("RequiredValidation")
    )
    content = FORM.replace(b"<tom>2018-10-05</tom>", b"").replace(
        b"<tom>2018-10-12</tom>", b""
    )
    make_element(instance=instance, content=content)
    found = refused(app, instance)
    required = [one["field"] for one in found if one["source"] == "Required"]
    assert required == ["periode[1].tom"]


BACKWARDS = {
    "definitions": {
        "slutt": {
            "message": "slutt-før-start",
            "condition": [
                "compare",
                ["dataModel", ["argv", 0]],
                "isBefore",
                ["dataModel", "periode.fom"],
            ],
        }
    },
    "validations": {"periode.tom": ["slutt"]},
}
TURNED = FORM.replace(b"<tom>2018-10-12</tom>", b"<tom>2018-10-01</tom>")


def test_a_rule_of_the_application_keeps_an_instance_in_its_task(
    app: Api, instance: Instance
) -> None:
    """A-268, A-208: of the row that breaks it; a text of its key, else none"""
    redeploy({RULES: BACKWARDS} | switched_on("ExpressionValidation"))
    element = make_element(instance=instance, content=TURNED)
    assert refused(app, instance) == [
        {
            "severity": 1,
            "dataElementId": str(element.id),
            "field": "periode[1].tom",
            "code": "slutt-før-start",
            "description": "",
            "source": "Expression",
            "customTextKey": "slutt-før-start",
        }
    ]


def test_a_warning_keeps_nobody(app: Api, instance: Instance) -> None:
    """A-268"""
    mild = {**BACKWARDS, "definitions": {}}
    mild["definitions"] = {
        "slutt": {**BACKWARDS["definitions"]["slutt"], "severity": "warning"}
    }
    redeploy({RULES: mild} | switched_on("ExpressionValidation"))
    make_element(instance=instance, content=TURNED)
    assert app.put(next_url(instance)).status_code == 200


def test_rules_are_not_asked_unless_the_application_says_so(
    app: Api, instance: Instance
) -> None:
    """A-208"""
    redeploy({RULES: BACKWARDS})
    make_element(instance=instance, content=TURNED)
    assert app.put(next_url(instance)).status_code == 200


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            with_page({**NAME, "hidden": ["component", "borte"]})
            | switched_on("RequiredValidation"),
            "arbeid: behandlers-navn.hidden: There is no component 'borte'",
        ),
        (
            {
                RULES: {
                    "validations": {
                        "periode.grad": [{"message": "x", "condition": ["plus", 1, 1]}]
                    }
                }
            }
            | switched_on("ExpressionValidation"),
            "rule for periode[0].grad is 2, not true or false",
        ),
    ],
    ids=["component", "number"],
)
def test_what_cannot_be_evaluated_is_told_to_the_owner(
    app: Api, instance: Instance, files: dict[str, object], told: str
) -> None:
    """A-261, A-268: a fault of the application, which says where; nothing changes"""
    redeploy(files)
    make_element(instance=instance)
    before = reread(instance)
    problem = assert_problem(
        app.put(next_url(instance)), 500, code="form-not-evaluable"
    )
    assert told in problem["detail"]
    after = reread(instance)
    assert isinstance(before, Instance)
    assert isinstance(after, Instance)
    assert after.last_changed == before.last_changed
    assert after.current_task == "formfilling"


# --- while the form is filled in ------------------------------------------------------
def test_both_are_asked_for_by_validating(app: Api, instance: Instance) -> None:
    """A-130, A-265: Required before Expression; each can be ignored by its name"""
    both = switched_on("RequiredValidation", "ExpressionValidation")
    redeploy(with_page(NAME) | {RULES: BACKWARDS} | both)
    content = LACKING.replace(b"2018-10-12", b"2018-10-01")
    make_element(instance=instance, content=content)
    url = f"/nav/app2018/instances/{instance.instance_id}/validate"
    found = app.get(url).json()
    assert [(one["source"], one["code"]) for one in found] == [
        ("Required", "required"),
        ("Expression", "slutt-før-start"),
    ]
    left = app.get(f"{url}?ignoredValidators=required,EXPRESSION").json()
    assert left == []


def test_a_patch_tells_what_is_amiss_after_it(
    app: Api, instance: Instance, element: Any
) -> None:
    """A-267, A-268, A-121: and is kept all the same"""
    both = switched_on("RequiredValidation", "ExpressionValidation")
    redeploy(with_page(NAME) | {RULES: BACKWARDS} | both)
    operations = [
        {"op": "replace", "path": "/behandler/navn", "value": ""},
        {"op": "replace", "path": "/periode/1/tom", "value": "2018-10-01"},
    ]
    url = f"/nav/app2018/instances/{instance.instance_id}/data"
    body = {"patches": [{"dataElementId": str(element.id), "patch": operations}]}
    found = {
        one["source"]: [issue["field"] for issue in one["issues"]]
        for one in app.call("PATCH", url, json=body).json()["validationIssues"]
    }
    assert found["Required"] == ["behandler.navn"]
    assert found["Expression"] == ["periode[1].tom"]
    ignoring = {**body, "ignoredValidators": ["Required"]}
    ignoring["patches"] = [{"dataElementId": str(element.id), "patch": []}]
    told = app.call("PATCH", url, json=ignoring).json()["validationIssues"]
    assert "Required" not in {one["source"] for one in told}


def test_a_patch_that_cannot_be_validated_changes_nothing(
    app: Api, instance: Instance, element: Any
) -> None:
    """A-273: 500 for the owner; the form is as before"""
    files = with_page({**NAME, "hidden": ["component", "borte"]})
    redeploy(files | switched_on("RequiredValidation"))
    before = reread(element)
    url = f"/nav/app2018/instances/{instance.instance_id}/data"
    operations = [{"op": "replace", "path": "/behandler/navn", "value": ""}]
    body = {"patches": [{"dataElementId": str(element.id), "patch": operations}]}
    assert_problem(app.call("PATCH", url, json=body), 500, code="form-not-evaluable")
    assert reread(element).last_changed == before.last_changed
    validate = f"/nav/app2018/instances/{instance.instance_id}/validate"
    assert_problem(app.get(validate), 500, code="form-not-evaluable")


@pytest.mark.parametrize("hides", [{}, switched_on("RemoveHiddenData")])
def test_pages_that_only_clients_can_evaluate_stop_nobody(
    app: Api, instance: Instance, hides: dict[str, object]
) -> None:
    """A-266: unless the application has the server take out what they hide"""
    redeploy(with_page({**NAME, "hidden": ["authContext", "sign"]}) | hides)
    make_element(instance=instance)
    answer = app.put(next_url(instance))
    if hides:
        assert_problem(answer, 500, code="form-not-evaluable")
    else:
        assert answer.status_code == 200


def test_a_form_without_a_model_can_be_submitted(app: Api, instance: Instance) -> None:
    """A-266: nothing is known of what its pages hide"""
    gone = dict.fromkeys(("models/sykmelding.schema.json", "models/sykmelding.xsd"))
    redeploy(with_page({**NAME, "hidden": ["dataModel", "vis"]}) | gone)
    make_element(instance=instance)
    assert app.put(next_url(instance)).status_code == 200


def subject_in_task(instance: Instance, element: DataElement) -> Subject:
    """Return the instance as validators see it."""
    definition = sample_app()
    task = engine.find_task(definition.process, "formfilling")
    assert task is not None
    return subject_of(
        RoleLookup(SOPHIE_PRINCIPAL),
        definition=definition,
        instance=instance,
        task=task,
        elements=[element],
    )


def test_validators_see_forms_without_what_is_hidden_if_they_want(
    instance: Instance,
) -> None:
    """A-266: rows keep their places, and the forms themselves stay as they are"""
    half = ["equals", ["dataModel", "periode.grad"], 100]
    redeploy(
        with_page(
            component("x", field="tilrettelegging", hidden=True),
            rows("perioder", "periode", hiddenRow=half),
        )
    )
    element = make_element(instance=instance)
    subject = subject_in_task(instance, element)
    cleaned = without_hidden(subject).forms.of(element)
    whole = subject.forms.of(element)
    assert cleaned is not None
    assert whole is not None
    first, second = whole.document["periode"]  # type: ignore[misc,str-unpack]  # rows
    assert cleaned.document["periode"] == [None, second]
    assert first is not None
    assert "tilrettelegging" not in cleaned.document
    assert "tilrettelegging" in whole.document


def test_pages_go_with_the_forms_that_they_show(instance: Instance) -> None:
    """A-266: what a validation has read is not kept after it"""
    redeploy(with_page(NAME))
    element = make_element(instance=instance)

    def shown() -> weakref.ref[object]:
        subject = subject_in_task(instance, element)
        first, again = pages_of(subject), pages_of(subject)
        if first is not again:
            pytest.fail("the pages were made twice")
        return weakref.ref(subject.forms)

    forms = shown()
    gc.collect()
    assert forms() is None
