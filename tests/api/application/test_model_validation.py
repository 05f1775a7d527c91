"""Forms held to their model: by the JSON schema, by facets, by the XML schema."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from data_elements.models import DataElement
from forms.breaches import breaches
from forms.constraints import Constraints, read_constraints
from instances.models import Instance
from tests.api.application.test_validation import codes, issues, url_of
from tests.client import Api, assert_problem
from tests.factories import FORM, make_element, reread, sample_app

pytestmark = pytest.mark.usefixtures("sandbox")

XML = "application/xml"
_SCHEMA, _XSD = "models/sykmelding.schema.json", "models/sykmelding.xsd"
BROKEN = (
    FORM.replace(b"14864830162", b"1486483016")
    .replace(b"<grad>50<", b"<grad>500<")
    .replace(b"2018-10-06", b"2018-13-06")
    .replace(b"<kodeverk>ICPC-2<", b"<kodeverk>ICD<")
    .replace(b"    <hprNummer>0012018</hprNummer>\n", b"")
)
_FOUND = {
    "arbeidstaker.fodselsnummer": "pattern",
    "behandler.hprNummer": "required",
    "diagnose.kodeverk": "enum",
    "periode[1].fom": "format",
    "periode[1].grad": "maximum",
}

Change = Callable[..., AppDefinition]


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Serve the sample application with other files."""
    known = catalogue.definition_of

    def change(without: str = "", **files: bytes) -> AppDefinition:
        app = known("nav", "app2018")
        kept = {name: one for name, one in app.files.items() if name != without}
        named = {name.replace("__", "/"): one for name, one in files.items()}
        other = replace(app, files={**kept, **named})
        monkeypatch.setattr(
            catalogue,
            "definition_of",
            lambda org, name: other if name == app.app else known(org, name),
        )
        return other

    yield change


def settings_with(**switches: bool) -> bytes:
    """Return an appsettings file with these switches."""
    return json.dumps({"AppSettings": switches}).encode()


def by_field(found: list[dict[str, Any]]) -> dict[str, str]:
    """Return the codes by field."""
    return {one["field"]: one["code"] for one in found}


# --- the JSON schema ------------------------------------------------------------------
def test_what_breaks_the_model_is_told_with_its_place_and_a_cure(
    app: Api, instance: Instance
) -> None:
    """A-270; wishes 27, 30, 31: the value, what it must be, and where it stands"""
    element = make_element(instance=instance, content=BROKEN)
    found = issues(app, instance, "?language=en")
    assert by_field(found) == _FOUND
    assert {one["source"] for one in found} == {"DataAnnotations"}
    grave = {one["code"]: one["severity"] for one in found}
    assert grave.pop("required") == 2  # what must be filled in, the pages say
    assert set(grave.values()) == {1}
    assert {one["dataElementId"] for one in found} == {str(element.id)}
    grade = next(one for one in found if one["field"] == "periode[1].grad")
    assert grade["description"] == (
        "periode[1].grad is 500 and can be at most 100. Correct the number."
    )
    assert grade["pointer"] == "/periode/1/grad"
    assert grade["xpath"] == "/sykmelding/periode[2]/grad"
    date = next(one for one in found if one["code"] == "format")
    assert '"2018-13-06"' in date["description"]
    assert "2030-12-31" in date["description"]


def test_a_form_that_breaks_its_model_is_not_sent_in(
    app: Api, instance: Instance
) -> None:
    """A-140: all of it at once, and the instance stays as it was"""
    make_element(instance=instance, content=BROKEN)
    before = (reread(instance).last_changed, instance.current_task)
    problem = assert_problem(
        app.put(url_of(instance, "/process/next")), 409, code="task-not-complete"
    )
    assert by_field(problem["validationIssues"]) == _FOUND
    assert problem["detail"] == "4 validation errors found for task formfilling"
    now = reread(instance)
    assert (now.last_changed, now.current_task) == before


def test_validators_by_kind(app: Api, instance: Instance) -> None:
    """A-131, A-133: what a form lacks is told of the whole task, not on a change"""
    element = make_element(instance=instance, content=BROKEN)
    on_a_change = {k: v for k, v in _FOUND.items() if v != "required"}
    assert by_field(issues(app, instance)) == _FOUND
    incremental = issues(app, instance, "?onlyIncrementalValidators=true")
    assert by_field(incremental) == on_a_change
    assert not any("noIncrementalUpdates" in one for one in incremental)
    assert issues(app, instance, "?onlyIncrementalValidators=false") == []
    assert issues(app, instance, "?ignoredValidators=dataannotations") == []
    one = app.get(url_of(instance, f"/data/{element.id}/validate")).json()
    assert by_field(one) == on_a_change


def patch(api: Api, element: DataElement, value: object, **more: object) -> Any:
    """Set the second period's grade by the present call."""
    operation = {"op": "replace", "path": "/periode/1/grad", "value": value}
    body = {"patches": [{"dataElementId": str(element.id), "patch": [operation]}]}
    answer = api.call("PATCH", url_of(element.instance, "/data"), json=body | more)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_patch_is_kept_and_told_what_is_wrong(app: Api, element: DataElement) -> None:
    """A-036, A-114, A-119: grouped by source; what is missing is no news meanwhile"""
    answer = patch(app, element, 500)
    [pair] = answer["validationIssues"]
    assert pair["source"] == "DataAnnotations"
    assert by_field(pair["issues"]) == {"periode[1].grad": "maximum"}
    assert answer["newDataModels"][0]["data"]["periode"][1]["grad"] == 500
    again = patch(app, element, 50)
    assert again["validationIssues"] == [{"source": "DataAnnotations", "issues": []}]


def test_a_patch_without_news_asks_nobody(app: Api, element: DataElement) -> None:
    """A-266: only what the change matters to"""
    assert patch(app, element, 50)["validationIssues"] == []


@pytest.mark.parametrize("ignored", [["dataANNOTATIONS"], [" DataAnnotations "]])
def test_a_patch_may_ignore_validators(
    app: Api, element: DataElement, ignored: list[str]
) -> None:
    """A-121: in any case of letters"""
    answer = patch(app, element, 500, ignoredValidators=ignored)
    assert answer["validationIssues"] == []


def test_the_older_patch_tells_issues_by_source(app: Api, element: DataElement) -> None:
    """A-123"""
    operation = {"op": "replace", "path": "/periode/1/grad", "value": 500}
    url = url_of(element.instance, f"/data/{element.id}")
    answer = app.call("PATCH", url, json={"patch": [operation]})
    assert answer.status_code == 200, answer.content
    found = answer.json()["validationIssues"]
    assert {source: codes(listed) for source, listed in found.items()} == {
        "DataAnnotations": ["maximum"]
    }
    assert answer.json()["newDataModel"]["periode"][1]["grad"] == 500


def test_replacing_a_form_validates_nothing(app: Api, element: DataElement) -> None:
    """A-112"""
    url = url_of(element.instance, f"/data/{element.id}")
    answer = app.put(url, body=BROKEN, content_type=XML)
    assert answer.status_code == 201
    assert "validationIssues" not in answer.json()


def test_the_schema_says_itself_what_is_wrong(
    app: Api, instance: Instance, changed: Change
) -> None:
    """A-270, A-274: a text of the app; its prefix says how grave it is"""
    schema = json.loads(sample_app().files[_SCHEMA])
    schema["$defs"]["Prosent"]["errorMessage"] = "*WARNING*too.much"
    schema["$defs"]["Kodeverk"]["errorMessage"] = "*INFO*unknown.key"
    texts = {"language": "nb", "resources": [{"id": "too.much", "value": "For mye!"}]}
    changed(
        **{
            _SCHEMA: json.dumps(schema).encode(),
            "config/texts/resource.nb.json": json.dumps(texts).encode(),
        },
    )
    make_element(instance=instance, content=BROKEN)
    app.headers = {"Accept-Language": "nb"}
    found = {one["code"]: one for one in issues(app, instance)}
    assert found["too.much"]["severity"] == 2
    assert found["too.much"]["customTextKey"] == "too.much"
    assert found["too.much"]["description"] == "For mye!"
    assert found["unknown.key"]["severity"] == 3


def test_without_pages_the_model_says_what_must_be_filled_in(
    app: Api, instance: Instance, changed: Change
) -> None:
    """A-270: nobody else would; a form that pages show is theirs to judge"""
    form = FORM.replace(b"    <hprNummer>0012018</hprNummer>\n", b"")
    make_element(instance=instance, content=form)
    url = url_of(instance, "/process/next")
    changed(without="ui/layout-sets.json")
    problem = assert_problem(app.put(url), 409, code="task-not-complete")
    [issue] = problem["validationIssues"]
    assert (issue["code"], issue["field"]) == ("required", "behandler.hprNummer")
    changed()
    assert app.put(url).status_code == 200


# --- the XML schema -------------------------------------------------------------------
def test_without_a_json_schema_the_facets_count(
    app: Api, instance: Instance, changed: Change
) -> None:
    """A-270: values alone; what is missing is the XML schema's to say"""
    changed(without=_SCHEMA)
    make_element(instance=instance, content=BROKEN)
    found = issues(app, instance, "?language=nn")
    assert {one["field"] for one in found} == set(_FOUND) - {"behandler.hprNummer"}
    assert {one["source"] for one in found} == {"DataAnnotations"}
    assert all("Rett verdien" in one["description"] for one in found)


def test_the_xml_schema_is_asked_where_the_app_wants_it(
    app: Api, instance: Instance, changed: Change
) -> None:
    """A-208, A-271: first of all sources, with line and place of the stored XML"""
    make_element(instance=instance, content=BROKEN)
    assert "Xsd" not in {one["source"] for one in issues(app, instance)}
    changed(**{"appsettings.json": settings_with(XsdValidation=True)})
    found = issues(app, instance)
    assert found[0]["source"] == "Xsd"
    told = {one["field"]: one for one in found if one["source"] == "Xsd"}
    grade = told["periode[1].grad"]
    assert grade["code"] == "Xsd"
    assert grade["customTextKey"] == "backend.xsd_validation"
    assert grade["customTextParameters"]["schema"] == "sykmelding"
    assert "500" in grade["customTextParameters"]["message"]
    assert grade["customTextParameters"]["message"] in grade["description"]
    assert grade["xpath"] == "/sykmelding/periode[2]/grad[1]"
    lines = BROKEN.decode().splitlines()
    assert "500" in lines[grade["line"] - 1]
    everything = issues(app, instance, "?onlyIncrementalValidators=true")
    assert "Xsd" not in {one["source"] for one in everything}


# --- a form that cannot be read, and one that is large --------------------------------
def test_a_form_that_cannot_be_read_is_an_issue_too(
    app: Api, instance: Instance
) -> None:
    """Storage keeps any bytes; validation says what is wrong with them"""
    make_element(instance=instance, content=b"<sykmelding><periode>")
    [issue] = issues(app, instance, "?language=en")
    assert issue["code"] == "FormUnreadable"
    assert "line 1" in issue["description"]
    answer = app.put(url_of(instance, "/process/next"))
    assert_problem(answer, 409, code="task-not-complete")


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is not up before there is enough, on a machine that is busy."""
    monkeypatch.setattr("forms.breaches._SECONDS", 600.0)


@pytest.mark.usefixtures("unhurried")
def test_a_hundred_thousand_rows_are_answered_in_time(
    app: Api, instance: Instance
) -> None:
    """At most a thousand places, and the answer says that there are more"""
    row = b"<periode><fom>2018-13-01</fom><tom>x</tom><grad>0</grad></periode>"
    content = b"<sykmelding>" + row * 100_000 + b"</sykmelding>"
    make_element(instance=instance, content=content)
    found = issues(app, instance, "?language=en")
    found = [one for one in found if one["source"] == "DataAnnotations"]
    assert len(found) == 1001
    assert found[-1]["code"] == "TooManyIssues"
    assert "first 1000" in found[-1]["description"]
    assert found[-1]["severity"] == 1


def constraints_on(**rules: object) -> Constraints:
    """Return a model whose only member is a list that is held to these rules."""
    member = {"type": "array", **rules}
    schema = {"@xsdRootElement": "m", "properties": {"r": member}}
    return read_constraints(json.dumps(schema).encode())


class Watched(Constraints):
    """A schema that keeps what it was asked about."""

    asked: object = None

    def hold(self, document: object) -> bool:
        """Keep it, and answer."""
        self.asked = document
        return super().hold(document)


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ({"m": None}, {}),
        ([{"m": [None, 1]}], [{"m": [1]}]),
        ({"m": [{"altinnRowId": "x"}, {}]}, {"m": [{}, {}]}),
    ],
    ids=["null", "null in a list", "row id"],
)
def test_what_holds_nothing_is_left_out_anywhere(more: object, left: object) -> None:
    """A form that has nothing of it, as most, is held to the schema as it stands"""
    constraints = Watched({"properties": {"r": {"type": "array"}}})
    form = {"r": [{"a": [1, {"b": "c"}]}]}
    breaches(form, constraints, most=10)
    assert constraints.asked["r"] is form["r"]  # type: ignore[index]  # it is the form
    breaches({**form, "n": more}, constraints, most=10)
    assert constraints.asked == {**form, "n": left}


@pytest.mark.usefixtures("unhurried")
def test_a_fault_far_down_a_long_list_is_found() -> None:
    """The place is that in the whole list"""
    constraints = constraints_on(items={"maximum": 5})
    rows: list[Any] = [1] * 50_000
    rows[49_321] = 7
    found = breaches({"r": rows}, constraints, most=10)
    assert [one.path for one in found.found] == [("r", 49_321)]
    assert not found.is_cut


def test_when_time_is_up_what_was_found_is_told_and_that_there_may_be_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A form however large takes no longer"""
    monkeypatch.setattr("forms.breaches._SECONDS", -1.0)
    constraints = constraints_on(items={"maximum": 5})
    rows: list[Any] = [1] * 50_000
    rows[7] = rows[49_321] = 7
    found = breaches({"r": rows}, constraints, most=10)
    assert [one.path for one in found.found] == [("r", 7)]
    assert found.is_cut


@pytest.mark.usefixtures("unhurried")
def test_a_list_that_is_too_long_is_told_as_such() -> None:
    """No row of it is at fault"""
    constraints = constraints_on(maxItems=40_000)
    found = breaches({"r": [1] * 50_000}, constraints, most=10)
    assert [(one.keyword, one.path) for one in found.found] == [("unplaced", ("r",))]
