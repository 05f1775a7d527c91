"""The sample application with hooks, through HTTP: every hook does what it says."""

from typing import Any

import pytest

from instances.models import Instance
from tests.client import Api, assert_problem, body_of
from tests.factories import PDF

pytestmark = pytest.mark.usefixtures("sample")
APP = "/nav/sykmelding-hooks"
XML = "application/xml"
SHORT = b"<egenmelding><from>2026-03-02</from><to>2026-03-04</to></egenmelding>"
LONG = b"<egenmelding><from>2026-03-02</from><to>2026-03-20</to></egenmelding>"
BACKWARDS = b"<egenmelding><from>2026-03-02</from><to>2026-03-01</to></egenmelding>"


def made(app: Api, form: bytes = b"") -> str:
    """Make an instance, with a form if one is given; return its address."""
    answer = app.post(f"{APP}/instances?instanceOwnerPartyId=500000")
    assert answer.status_code == 201, answer.content
    url = f"{APP}/instances/{answer.json()['id']}"
    if form:
        sent = app.post(f"{url}/data?dataType=egenmelding", body=form, content_type=XML)
        assert sent.status_code == 201, sent.content
    return url


def stored_form(app: Api, url: str) -> bytes:
    """Return the form of the instance."""
    [form] = [
        one for one in app.get(url).json()["data"] if one["dataType"] == "egenmelding"
    ]
    return body_of(app.get(f"{url}/data/{form['id']}"))


def test_an_instance_that_the_app_refuses_is_not_made(app: Api) -> None:
    """A-056: 403, an InstantiationValidationResult, in the app's own words"""
    before = Instance.objects.count()
    answer = app.post(f"{APP}/instances?instanceOwnerPartyId=501337")
    problem = assert_problem(answer, 403, code="app-refused-instantiation")
    assert problem["appCode"] == "employers-only"
    assert (problem["valid"], problem["validParties"]) == (False, [])
    assert problem["customTextKey"] is problem["customTextParameters"] is None
    assert problem["message"] == problem["detail"]
    assert "organisation" in problem["detail"]
    assert Instance.objects.count() == before


def test_the_app_offers_the_years_of_this_year(app: Api) -> None:
    """A-157, A-159: no file could; in the language that is asked for"""
    answer = app.get(f"{APP}/api/options/birth-years?language=en")
    first, *_, last = answer.json()
    assert first["label"] == "turns 0 this year"
    assert first["value"] - last["value"] == 12
    assert answer["Altinn-DownstreamParameters"] == f"year={first['value']}"


def test_a_new_instance_has_what_the_app_gives_it(app: Api) -> None:
    """A-062: users set no data values, and the app's code does"""
    url = made(app)
    assert app.get(url).json()["dataValues"] == {"channel": "user"}


def test_the_app_writes_into_the_form(app: Api, own_blobs: Any) -> None:
    """A-062, A-209: on creation, and again when the form is replaced"""
    url = made(app, SHORT)
    assert b"<days>3</days>" in stored_form(app, url)
    [form] = app.get(url).json()["data"]
    element = f"{url}/data/{form['id']}"
    again = app.put(element, body=LONG, content_type=XML)
    assert again.status_code == 201
    content = body_of(app.get(element))
    assert content.count(b"<days>") == 1
    assert b"<days>19</days>" in content
    assert again.json()["size"] == len(content)


def test_the_app_writes_into_a_form_that_comes_with_the_instance(app: Api) -> None:
    """A-062: parts of the request that makes the instance"""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="egenmelding"\r\n'
        b"Content-Type: application/xml\r\n\r\n" + SHORT + b"\r\n--b--"
    )
    answer = app.post(
        f"{APP}/instances?instanceOwnerPartyId=500000",
        body=body,
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 201, answer.content
    url = f"{APP}/instances/{answer.json()['id']}"
    assert b"<days>3</days>" in stored_form(app, url)


def test_a_form_that_the_app_refuses_is_not_stored(app: Api, everything: Any) -> None:
    """400 with the issues, on the wire's member too; not a byte stays"""
    url = made(app)
    before = everything()
    body = b"<egenmelding><from>soon</from></egenmelding>"
    answer = app.post(f"{url}/data?dataType=egenmelding", body=body, content_type=XML)
    problem = assert_problem(answer, 400, code="app-refused-data")
    assert problem["appCode"] == "form-incomplete"
    assert problem["issues"][0]["pointer"] == "from"
    [issue] = problem["uploadValidationIssues"]
    assert (issue["code"], issue["severity"]) == ("date-missing", 1)
    assert everything() == before


@pytest.fixture
def attachment(app: Api) -> str:
    """The address of an attachment."""
    url = made(app)
    sent = app.post(
        f"{url}/data?dataType=vedlegg",
        body=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    )
    return f"{url}/data/{sent.json()['id']}"


def test_attachments_are_not_deleted(
    app: Api, attachment: str, everything: Any
) -> None:
    """400, and it is there"""
    before = everything()
    problem = assert_problem(app.delete(attachment), 400, code="app-refused-data")
    assert problem["appCode"] == "attachment-kept"
    assert everything() == before


def test_attachments_are_for_callers_of_level_three(
    app: Api, owner_app: Api, attachment: str, everything: Any
) -> None:
    """403 from level 2, and no download is noted; the owner's level is 3"""
    before = everything()
    assert_problem(app.get(attachment), 403, code="app-refused-read")
    assert everything() == before
    assert body_of(owner_app.get(attachment)) == PDF


def test_a_task_that_the_app_finds_incomplete_is_not_left(
    app: Api, everything: Any
) -> None:
    """409 with the app's issue beside the server's own"""
    url = made(app, BACKWARDS)
    before = everything()
    answer = app.put(f"{url}/process/next")
    problem = assert_problem(answer, 409, code="task-not-complete")
    [issue] = problem["validationIssues"]
    assert issue["code"] == "ends-before-it-begins"
    assert issue["source"] == "sykmelding_hooks.Egenmelding-*"
    assert everything() == before


def test_a_short_leave_ends_at_once(app: Api) -> None:
    """The gateway's flow, the changes on leaving the task and those at the end"""
    url = made(app, SHORT)
    answer = app.put(f"{url}/process/next")
    assert answer.json()["endEvent"] == "done"
    instance = app.get(url).json()
    assert instance["dataValues"] == {"channel": "user", "days": "3"}
    assert instance["presentationTexts"] == {"state": "Closed"}


def test_a_long_leave_is_reviewed(app: Api, owner_app: Api) -> None:
    """The other flow; the owner ends the review"""
    url = made(app, LONG)
    answer = app.put(f"{url}/process/next")
    assert answer.json()["currentTask"]["elementId"] == "review"
    answer = owner_app.put(f"{url}/process/next")
    assert answer.json()["endEvent"] == "done"
    assert app.get(url).json()["presentationTexts"] == {"state": "Closed"}


def test_a_button_counts_the_days(app: Api) -> None:
    """A user action: what it changes, and what the client shall do"""
    url = made(app, SHORT)
    answer = app.post(f"{url}/actions", json={"action": "Count-Days"})
    assert_problem(answer, 403, code="user-action-not-permitted")
    answer = app.post(f"{url}/actions", json={"action": "count-days"})
    assert answer.status_code == 200, answer.content
    document = answer.json()
    assert document["clientActions"] == [{"id": "nextPage", "metadata": {}}]
    assert document["instance"]["presentationTexts"] == {"days": "3"}
    assert app.get(url).json()["presentationTexts"] == {"days": "3"}


def test_a_button_without_a_form_is_a_conflict(app: Api, everything: Any) -> None:
    """409 in the app's words, and nothing changed"""
    url = made(app)
    before = everything()
    answer = app.post(f"{url}/actions", json={"action": "count-days"})
    problem = assert_problem(answer, 409, code="app-refused-action")
    assert problem["error"] == {
        "code": "nothing-to-count",
        "message": "Save the form first.",
        "metadata": None,
    }
    assert everything() == before
