"""Forms without an instance: for a party, and for anybody."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings

from process.hooks import AppHooks, FormRead, HookIssue, HookRefused, QueryPrefill
from tests import cast
from tests.changed_app import deploy, form_type
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import FORM
from tests.stored import nothing_added

pytestmark = pytest.mark.usefixtures("sandbox")
DATA = "/nav/app2018/v1/data"
OF_FORM = f"{DATA}?dataType=default"
ANYBODY = f"{DATA}/anonymous?dataType=default"
FILE = "models/default.prefill.json"
OF_ORGANISATION = {"ER": {"Name": "arbeidsgiver.navn"}}
ORGANISATION = {"party": "partyid:500000"}


class Calculates(AppHooks):
    """An application whose own code calculates, and is choosy about prefill."""

    def on_data_read(self, read: FormRead) -> Mapping[str, object]:
        """Say what it was told."""
        who = "anybody" if read.caller is None else read.caller.kind
        owner = read.instance.owner.party_id if read.instance else 0
        told = f"{who} {owner} {read.element_id is not None} {read.language}"
        return {**read.form, "tilrettelegging": told}

    def validate_query_prefill(self, query: QueryPrefill) -> None:
        """Refuse one name."""
        if query.prefill.get("arbeidstaker.navn") == "Nobody":
            issue = HookIssue("nobody", "Nobody is no name.", "arbeidstaker.navn")
            raise HookRefused("nobody", "Nobody is no name.", [issue])


@pytest.fixture(autouse=True)
def nothing_is_stored(sandbox: None, own_blobs: Path) -> Iterator[None]:
    """Hold every call of this module to leaving nothing behind."""
    with nothing_added(own_blobs):
        yield


@pytest.fixture
def calculates(settings: LazySettings) -> None:
    """Give the sample its code."""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:Calculates"]


def _open(metadata: dict[str, Any]) -> None:
    form_type(metadata)["appLogic"]["allowAnonymousOnStateless"] = True


def told(answer: Any) -> dict[str, Any]:
    """Return the form of an answer."""
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


# --- for a party ----------------------------------------------------------------------
def test_a_new_form_is_filled_in_and_told(app: Api, tmp_path: Path) -> None:
    """A-153, A-242: by the caller and by the file; nothing of it is stored"""
    deploy(tmp_path, files={FILE: OF_ORGANISATION})
    prefill = quote(json.dumps({"arbeidsgiver.stillingsprosent": "60", "x": "y"}))
    answer = app.get(f"{OF_FORM}&prefill={prefill}", headers=ORGANISATION)
    form = told(answer)
    assert form["arbeidsgiver"] == {
        "organisasjonsnummer": None,
        "navn": "Grønn Rev Verksted AS",
        "stillingsprosent": 60,
    }
    assert form["diagnose"] is None
    assert "ETag" not in answer
    xml = app.get(OF_FORM, headers={**ORGANISATION, "Accept": "application/xml"})
    assert xml["Content-Type"] == "application/xml"
    assert "<navn>Grønn Rev Verksted AS</navn>".encode() in xml.content


@pytest.mark.parametrize(
    ("header", "party"),
    [
        ("partyid:500000", 500000),
        ("PartyId: 500000", 500000),
        ("org:353801961", 500000),
        ("person:13838441100", 501337),
        (None, 501337),
    ],
)
@pytest.mark.usefixtures("calculates")
def test_the_header_says_for_whom(app: Api, header: str | None, party: int) -> None:
    """A-152: the caller's own party without it"""
    headers = {} if header is None else {"party": header}
    form = told(app.get(OF_FORM, headers={"Accept-Language": "nb", **headers}))
    assert form["tilrettelegging"] == f"user {party} False nb"


@pytest.mark.usefixtures("calculates")
def test_an_organisation_is_its_own_party() -> None:
    """A-152: a system user's is the organisation that it acts for"""
    api = Api(APP_HOST, cast.SYSTEM_USER)
    assert told(api.get(OF_FORM))["tilrettelegging"].startswith("system-user 500000")


@pytest.mark.parametrize(
    "header",
    ["", "partyid", "partyid:x", "partyid:1:2", "partyid:1,2", "bird:1", "org:1",
     "partyid:99", "person:00000000000"],
)  # fmt: skip
def test_a_header_that_names_nobody_is_refused(app: Api, header: str) -> None:
    """A-151"""
    for call in (app.get, app.post):
        problem = assert_problem(
            call(OF_FORM, headers={"party": header}), 400, code="party-header-invalid"
        )
        assert problem["detail"] == (
            "Invalid party header. Please provide a party header on the form"
            " partyid:123, org:[orgnr] or person:[ssn]"
        )


@pytest.mark.parametrize("data_type", ["", "unknown", "vedlegg"])
def test_what_is_no_form_is_refused(app: Api, data_type: str) -> None:
    """A-151: of a party, and anonymously"""
    for path in (DATA, f"{DATA}/anonymous"):
        for call in (app.get, app.post):
            answer = call(f"{path}?dataType={data_type}")
            problem = assert_problem(answer, 400, code="stateless-data-type-invalid")
            assert problem["detail"] == (
                f"Invalid dataType {data_type} provided. Please provide a valid"
                " dataType as query parameter."
            )


def test_the_policy_decides_for_the_party(stranger_app: Api) -> None:
    """A-151, M:A-36, M:A-37"""
    for call in (stranger_app.get, stranger_app.post):
        assert_problem(call(OF_FORM, headers=ORGANISATION), 403, code="not-permitted")
        answer = Api(APP_HOST).get(OF_FORM, headers=ORGANISATION)
        assert_problem(answer, 401, code="token-missing")


@pytest.mark.usefixtures("calculates")
def test_the_application_may_refuse_what_the_query_fills_in(app: Api) -> None:
    """A-154: and what is no object of texts is refused"""
    refused = quote(json.dumps({"arbeidstaker.navn": "Nobody"}))
    answer = app.get(f"{OF_FORM}&prefill={refused}")
    problem = assert_problem(answer, 400, code="app-refused-query-prefill")
    assert problem["title"] == "Validation error from IValidateQueryParamPrefill"
    assert problem["detail"] == problem["issue"]["description"] == "Nobody is no name."
    for text in ("{", "[]", '{"a": 1}'):
        answer = app.get(f"{OF_FORM}&prefill={quote(text)}")
        assert_problem(answer, 400, code="parameter-invalid")
    other = quote(json.dumps({"arbeidsgiver.stillingsprosent": "many"}))
    answer = app.get(f"{OF_FORM}&prefill={other}")
    assert_problem(answer, 400, code="prefill-refused")


@pytest.mark.usefixtures("calculates")
def test_a_form_that_is_sent_is_calculated(app: Api, tmp_path: Path) -> None:
    """A-155: filled in again, with ids for its rows, whatever the format"""
    deploy(tmp_path, files={FILE: {"allowOverwrite": True, **OF_ORGANISATION}})
    answer = app.post(
        f"{OF_FORM}&includeRowId=true&language=en",
        body=FORM.replace("Grønn Rev".encode(), b"Sent"),
        content_type="application/xml",
        headers=ORGANISATION,
    )
    form = told(answer)
    assert form["arbeidsgiver"]["navn"] == "Grønn Rev Verksted AS"
    assert form["tilrettelegging"] == "user 500000 False en"
    assert len({row["altinnRowId"] for row in form["periode"]}) == 2
    again = app.post(OF_FORM, json=form, headers=ORGANISATION)
    assert "altinnRowId" not in told(again)["periode"][0]


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "application/json", "content-empty"),
        (b"{", "application/json", "json-malformed"),
        (b"<a", "application/xml", "xml-malformed"),
        (b"<other/>", "application/xml", "form-xml-refused"),
        (b'{"periode": 1}', "application/json", "form-json-refused"),
        (b"%PDF", "application/pdf", "stateless-content-unsupported"),
    ],
)
def test_what_cannot_be_read_is_refused(
    app: Api, body: bytes, content_type: str, code: str
) -> None:
    """A-155"""
    answer = app.post(
        OF_FORM, body=body, content_type=content_type, headers=ORGANISATION
    )
    assert_problem(answer, 400, code=code)


# --- for anybody ----------------------------------------------------------------------
def test_nobody_is_told_what_is_not_for_anybody(anonymous_app: Api) -> None:
    """A-156, M:A-39"""
    for call in (anonymous_app.get, anonymous_app.post):
        assert_problem(call(ANYBODY), 401, code="token-missing")


@pytest.mark.usefixtures("calculates")
def test_anybody_may_calculate_where_the_application_lets_them(
    anonymous_app: Api, tmp_path: Path
) -> None:
    """A-156: nothing is filled in, whoever calls, and whatever token comes along"""
    deploy(tmp_path, _open, {FILE: OF_ORGANISATION})
    form = told(anonymous_app.get(ANYBODY, headers=ORGANISATION))
    assert form["tilrettelegging"] == "anybody 0 False nb"
    assert form["arbeidsgiver"] is None
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        sent = {"arbeidstaker": {"navn": "A"}}
        form = told(anonymous_app.post(ANYBODY, json=sent, headers=headers))
        assert form["arbeidstaker"]["navn"] == "A"
        assert form["tilrettelegging"] == "anybody 0 False nb"


def test_a_form_without_a_schema_is_none(app: Api, tmp_path: Path) -> None:
    """A-151: the owner is told what is missing"""

    def without_schema(metadata: dict[str, Any]) -> None:
        form_type(metadata)["appLogic"]["classRef"] = "No.Such"

    deploy(tmp_path, without_schema)
    answer = app.get(OF_FORM, headers=ORGANISATION)
    assert_problem(answer, 409, code="stateless-form-unmodelled")
