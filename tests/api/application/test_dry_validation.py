"""A form validated without an instance: what would be amiss, and nothing is stored."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from process.hooks import AppHooks, FormInTask, HookIssue
from tests.api.application.test_model_validation import BROKEN, by_field
from tests.cast import STRANGER
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import FORM, FORM_JSON
from tests.stored import nothing_added

pytestmark = pytest.mark.usefixtures("sandbox")

URL = "/nav/app2018/validate?dataType=default"
OF_ORGANISATION = {"party": "partyid:500000"}
XML, JSON = "application/xml", "application/json"


class Doubts(AppHooks):
    """An application whose own code looks at forms."""

    def validate_form_data(self, form: FormInTask) -> Iterable[HookIssue]:
        """Say what it was told."""
        told = f"{form.instance.owner.party_id} {form.instance.id is None} {form.task}"
        yield HookIssue("doubt", told, "arbeidstaker")


@pytest.fixture(autouse=True)
def nothing_is_stored(sandbox: None, own_blobs: Path) -> Iterator[None]:
    """Hold every call of this module to leaving nothing behind."""
    with nothing_added(own_blobs):
        yield


@pytest.mark.parametrize(("form", "kind"), [(FORM, XML), (FORM_JSON, JSON)])
def test_a_form_that_is_right_has_no_issues(app: Api, form: bytes, kind: str) -> None:
    """EUS-7"""
    answer = app.put(URL, body=form, content_type=kind)
    assert (answer.status_code, answer.json()) == (200, [])


def test_what_is_wrong_is_told_as_of_an_instance(app: Api) -> None:
    """EUS-7: with places, and without an element that there is not"""
    answer = app.put(
        f"{URL}&language=en", body=BROKEN, content_type=XML, headers=OF_ORGANISATION
    )
    found = answer.json()
    assert by_field(found) == {
        "arbeidstaker.fodselsnummer": "pattern",
        "behandler.hprNummer": "required",
        "diagnose.kodeverk": "enum",
        "periode[1].fom": "format",
        "periode[1].grad": "maximum",
    }
    assert {one["dataElementId"] for one in found} == {None}


def test_the_apps_own_code_has_its_say(app: Api, settings: LazySettings) -> None:
    """A-266: under the name of its class and the data type"""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:Doubts"]
    answer = app.put(URL, body=FORM, content_type=XML, headers=OF_ORGANISATION)
    [issue] = answer.json()
    assert issue["source"] == f"{__name__}.Doubts-default"
    assert issue["description"] == "500000 False formfilling"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"<sykmelding>", XML, 400, "xml-malformed"),
        (b"<other/>", XML, 400, "form-xml-refused"),
        (b'{"periode": 1}', JSON, 400, "form-json-refused"),
        (b"", JSON, 400, "content-empty"),
        (b"%PDF", "application/pdf", 400, "stateless-content-unsupported"),
    ],
)
def test_what_is_no_form_is_refused(
    app: Api, body: bytes, kind: str, status: int, code: str
) -> None:
    """EUS-7"""
    assert_problem(app.put(URL, body=body, content_type=kind), status, code=code)


def test_who_may_not_read_may_not_try(app: Api) -> None:
    """EUS-7: the policy is asked for the party that the form is for"""
    stranger = Api(APP_HOST, STRANGER)
    answer = stranger.put(URL, body=FORM, content_type=XML, headers=OF_ORGANISATION)
    assert_problem(answer, 403, code="not-permitted")
    nobody = Api(APP_HOST).put(URL, body=FORM, content_type=XML)
    assert_problem(nobody, 401, code="token-missing")
    answer = app.put(URL.replace("default", "vedlegg"), body=FORM, content_type=XML)
    assert_problem(answer, 400, code="stateless-data-type-invalid")
