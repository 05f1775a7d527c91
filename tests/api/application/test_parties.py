"""Parties, and the one that is selected, on the app's own host."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps_registry import catalogue
from apps_registry.services import import_app
from authorization.models import RoleAssignment
from parties.choices import PartyType
from parties.issued_claims import service_owner_claims
from parties.models import Party
from tests import cast
from tests.api.platform.test_parties import (
    ORGANISATION,
    PARTY_MEMBERS,
    SYSTEM_USER,
    UNKNOWN,
)
from tests.cast import Person, user
from tests.client import APP_HOST, BASE_HOST, PORT, Api, assert_problem
from tests.factories import SAMPLES

pytestmark = pytest.mark.usefixtures("sandbox")

PARTIES = "/nav/app2018/api/v1/parties"
VALIDATE = f"{PARTIES}/validateInstantiation"
CURRENT = "/nav/app2018/api/authorization/parties/current"
PROFILE = "/nav/app2018/api/v1/profile/user"
COOKIE = "AltinnPartyId"
# A service owner whose organisation the register has as a party.
OWNER = Person(
    "owner",
    service_owner_claims(org="nav", org_number="312009579", scope=cast.OWNER_SCOPES),
)
SELVES = [(OWNER, 500600), (ORGANISATION, 500000), (SYSTEM_USER, 500000)]
by_self = pytest.mark.parametrize(
    ("caller", "party"), SELVES, ids=[caller.name for caller, _ in SELVES]
)


def api(caller: Person | None, *, selected: object = None) -> Api:
    """Return a client on the app's host; a browser may have selected a party."""
    headers = {} if selected is None else {"Cookie": f"{COOKIE}={selected}"}
    return Api(APP_HOST, caller, headers=headers)


@pytest.fixture
def only_for(tmp_path: Path) -> Callable[..., None]:
    """Deploy the sample application anew, for some types of parties alone."""

    def deploy(*kinds: str) -> None:
        folder = shutil.copytree(SAMPLES / "nav" / "app2018", tmp_path / "app")
        file = folder / "App" / "config" / "applicationmetadata.json"
        metadata = json.loads(file.read_text("utf-8"))
        metadata["partyTypesAllowed"] = dict.fromkeys(kinds, True)
        file.write_text(json.dumps(metadata), "utf-8")
        import_app(folder)
        catalogue.forget()

    return deploy


# --- the list -------------------------------------------------------------------------
def test_a_user_lists_parties_with_masked_numbers(app: Api) -> None:
    """A-174, A-175, Z-042, M:A-40"""
    answer = app.get(PARTIES)
    listed = answer.json()
    assert listed[0]["partyId"] == 501337
    assert listed[0]["ssn"] == listed[0]["person"]["ssn"] == "138384*****"
    assert all(set(party) == PARTY_MEMBERS for party in listed)
    main = next(party for party in listed if party["partyId"] == 500000)
    assert [unit["partyId"] for unit in main["childParties"]] == [
        500001,
        500002,
        500003,
    ]
    for number in Party.objects.exclude(ssn="").values_list("ssn", flat=True):
        assert number.encode() not in answer.content


@by_self
def test_an_organisation_lists_itself_alone(caller: Person, party: int) -> None:
    """A-175, M:A-40"""
    (only,) = api(caller).get(PARTIES).json()
    assert only["partyId"] == party


def test_the_filter_keeps_whom_the_application_is_for(
    app: Api, only_for: Callable[..., None]
) -> None:
    """A-175, Z-043"""
    only_for("person")
    listed = app.get(f"{PARTIES}?allowedToInstantiateFilter=true").json()
    assert [party["partyId"] for party in listed] == [501337, 12345]
    for off in ("", "?allowedToInstantiateFilter=false"):
        assert len(app.get(f"{PARTIES}{off}").json()) == 9


def test_the_filter_keeps_an_organisation_for_its_sub_units(
    app: Api, only_for: Callable[..., None]
) -> None:
    """A-175, Z-043: as an element of the hierarchy"""
    only_for("subUnit")
    (main,) = app.get(f"{PARTIES}?allowedToInstantiateFilter=true").json()
    assert main["partyId"] == 500000
    assert main["onlyHierarchyElementWithNoAccess"] is True
    units = [unit["partyId"] for unit in main["childParties"]]
    assert units == [500001, 500002, 500003]


@by_self
def test_the_filter_does_not_touch_an_organisation_itself(
    caller: Person, party: int, only_for: Callable[..., None]
) -> None:
    """A-175"""
    only_for("person")
    (only,) = api(caller).get(f"{PARTIES}?allowedToInstantiateFilter=true").json()
    assert only["partyId"] == party


def test_a_list_takes_one_statement_at_any_size(only_for: Callable[..., None]) -> None:
    """The same for two parties and for a thousand, filtered or not"""
    Party.objects.bulk_create(
        Party(pk=900_000 + n, type=PartyType.ORGANISATION, name=f"Organisation {n}")
        for n in range(1000)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=1004, party_id=900_000 + n, role_code="regna")
        for n in range(1000)
    )
    only_for("organisation", "person")
    for caller, size in ((user(1001, 510001), 2), (cast.STRANGER, 1001)):
        client = api(caller)
        for query in ("", "?allowedToInstantiateFilter=true"):
            catalogue.all_definitions()
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(f"{PARTIES}{query}")
            assert len(answer.json()) == size
            found = [q["sql"] for q in captured if "registryversion" not in q["sql"]]
            assert len(found) == 1, found


# --- selecting ------------------------------------------------------------------------
def test_a_user_selects_a_party(app: Api) -> None:
    """A-177, M:A-41"""
    answer = app.put(f"{PARTIES}/500000")
    assert answer.status_code == 200
    assert answer.content == b"Party successfully updated"
    assert answer["Content-Type"].startswith("text/plain")
    cookie = answer.cookies[COOKIE]
    assert cookie.value == "500000"
    assert cookie["path"] == "/"
    assert cookie["domain"] == "altinn.test"
    assert cookie["httponly"] == ""


def test_a_host_of_another_domain_keeps_the_choice_to_itself() -> None:
    """A-177: a browser would not take the domain there"""
    local = Api("127.0.0.1", cast.SOPHIE)
    cookie = local.put(f"{PARTIES}/500000").cookies[COOKIE]
    assert cookie.value == "500000"
    assert cookie["domain"] == ""


@by_self
def test_an_organisation_selects_itself_alone(caller: Person, party: int) -> None:
    """A-177, M:A-41"""
    answer = api(caller).put(f"{PARTIES}/{party}")
    assert answer.cookies[COOKIE].value == str(party)
    refused = api(caller).put(f"{PARTIES}/501337")
    assert_problem(refused, 400, code="party-not-selectable")
    assert COOKIE not in refused.cookies


@pytest.mark.parametrize(
    ("caller", "text"),
    [
        (cast.STRANGER, "User 1004 cannot represent party 500001."),
        (cast.OWNER, "Service owner nav cannot represent party 500001."),
        (ORGANISATION, "Org 353801961 cannot represent party 500001."),
        (
            SYSTEM_USER,
            "System user d111dbab-d619-4f15-bf29-58fe570a9ae6 cannot represent party"
            " 500001.",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_who_cannot_represent_a_party_cannot_select_it(
    caller: Person, text: str
) -> None:
    """A-177, M:A-41"""
    answer = api(caller).put(f"{PARTIES}/500001")
    assert assert_problem(answer, 400, code="party-not-selectable")["detail"] == text
    assert COOKIE not in answer.cookies


def test_an_element_of_hierarchy_and_an_unknown_party_cannot_be_selected() -> None:
    """A-177, Z-044"""
    RoleAssignment.objects.create(user_id=1004, party_id=500001, role_code="dagl")
    stranger = api(cast.STRANGER)
    assert stranger.put(f"{PARTIES}/500001").status_code == 200
    for party in (500000, 987654, -1):
        answer = stranger.put(f"{PARTIES}/{party}")
        assert_problem(answer, 400, code="party-not-selectable")


def test_a_selection_by_cookie_takes_the_anti_forgery_header() -> None:
    """A-033: otherwise any page could select"""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["AltinnStudioRuntime"] = cast.SOPHIE.token()
    answer = browser.put(f"{PARTIES}/500000", HTTP_HOST=f"{APP_HOST}:{PORT}")
    assert_problem(answer, 400, code="anti-forgery-failed")
    assert COOKIE not in answer.cookies


# --- the present party ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("selected", "party"), [(None, 501337), (500000, 500000), (501337, 501337)]
)
def test_the_present_party_is_the_selected_or_the_own(
    selected: int | None, party: int
) -> None:
    """A-022, A-178, M:A-40"""
    answer = api(cast.SOPHIE, selected=selected).get(CURRENT)
    assert answer.json() == party
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(
    "selected", ["500005", "987654", "99999999999", "-1", "somebody", '""', "0"]
)
def test_a_selection_that_is_not_the_callers_is_switched_back(selected: str) -> None:
    """Z-006, A-022, A-178, D-02: the cookie is not believed"""
    answer = api(cast.SOPHIE, selected=selected).get(CURRENT)
    assert answer.json() == 501337
    assert answer.cookies[COOKIE].value == "501337"


def test_the_present_party_comes_as_an_object_too() -> None:
    """A-174, A-178, Z-042"""
    sophie = api(cast.SOPHIE, selected=12345)
    party = sophie.get(f"{CURRENT}?returnPartyObject=true").json()
    assert set(party) == PARTY_MEMBERS
    assert party["partyId"] == 12345
    assert party["ssn"] == party["person"]["ssn"] == "148648*****"
    assert sophie.get(f"{CURRENT}?returnPartyObject=false").json() == 12345


@by_self
def test_an_organisation_is_its_own_present_party(caller: Person, party: int) -> None:
    """A-178, M:A-40: whatever a cookie says"""
    answer = api(caller, selected=501337).get(CURRENT)
    assert answer.json() == party
    assert COOKIE not in answer.cookies


def test_an_organisation_that_the_register_does_not_have_has_no_party() -> None:
    """A-178"""
    assert_problem(api(cast.OWNER).get(CURRENT), 404, code="party-not-found")
    assert api(cast.OWNER).get(PARTIES).json() == []


def test_the_present_party_takes_at_most_two_statements() -> None:
    """One; two where a selection is switched back"""
    for selected, most in ((500000, 1), (500005, 2)):
        client = api(cast.SOPHIE, selected=selected)
        catalogue.all_definitions()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{CURRENT}?returnPartyObject=true")
        found = [q["sql"] for q in captured if "registryversion" not in q["sql"]]
        assert len(found) == most, found


# --- validation -----------------------------------------------------------------------
_VALID = {
    "valid": True,
    "message": None,
    "customTextKey": None,
    "customTextParameters": None,
    "validParties": None,
}
_NOT_REPRESENTED = "The user does not represent the supplied party"
_NOT_ALLOWED = "The supplied party is not allowed to instantiate the application"


@pytest.mark.parametrize("party", [501337, 12345, 500000, 500001])
def test_a_user_may_make_an_instance_for_whom_it_represents(
    app: Api, party: int
) -> None:
    """A-176, M:A-43"""
    assert app.post(f"{VALIDATE}?partyId={party}").json() == _VALID


def test_for_others_a_user_is_told_for_whom(
    app: Api, only_for: Callable[..., None]
) -> None:
    """A-176, M:A-43: of parties that the application is for, masked"""
    only_for("person")
    for party, message in (
        (500005, _NOT_REPRESENTED),
        (987654, _NOT_REPRESENTED),
        (500000, _NOT_ALLOWED),
    ):
        answer = app.post(f"{VALIDATE}?partyId={party}")
        assert answer.status_code == 200
        document = answer.json()
        assert (document["valid"], document["message"]) == (False, message)
        valid = [(p["partyId"], p["ssn"]) for p in document["validParties"]]
        assert valid == [(501337, "138384*****"), (12345, "148648*****")]


def test_an_element_of_hierarchy_is_not_represented() -> None:
    """A-176, Z-044"""
    RoleAssignment.objects.create(user_id=1004, party_id=500001, role_code="dagl")
    stranger = api(cast.STRANGER)
    assert stranger.post(f"{VALIDATE}?partyId=500001").json() == _VALID
    document = stranger.post(f"{VALIDATE}?partyId=500000").json()
    assert (document["valid"], document["message"]) == (False, _NOT_REPRESENTED)


@pytest.mark.parametrize("caller", [ORGANISATION, SYSTEM_USER], ids=lambda c: c.name)
def test_an_organisation_may_make_one_for_itself_alone(
    caller: Person, only_for: Callable[..., None]
) -> None:
    """A-176, M:A-43"""
    client = api(caller)
    assert client.post(f"{VALIDATE}?partyId=500000").json() == _VALID
    document = client.post(f"{VALIDATE}?partyId=500001").json()
    assert (document["valid"], document["message"]) == (False, _NOT_REPRESENTED)
    assert [party["partyId"] for party in document["validParties"]] == [500000]
    only_for("person")
    document = client.post(f"{VALIDATE}?partyId=500000").json()
    assert (document["valid"], document["message"]) == (False, _NOT_ALLOWED)


@pytest.mark.parametrize("caller", [OWNER, cast.OTHER_OWNER], ids=lambda c: c.name)
def test_a_service_owner_is_not_asked_for_whom(caller: Person) -> None:
    """A-176, M:A-43"""
    for party in (500000, 501337, 987654):
        assert api(caller).post(f"{VALIDATE}?partyId={party}").json() == _VALID


@pytest.mark.parametrize("query", ["", "?partyId=", "?partyId=0", "?partyId=one"])
def test_a_validation_names_a_party(app: Api, query: str) -> None:
    """A-176"""
    answer = app.post(f"{VALIDATE}{query}")
    assert_problem(answer, 400, code="parameter-invalid")


# --- all of them ----------------------------------------------------------------------
_ALL = [
    ("GET", PARTIES),
    ("PUT", f"{PARTIES}/500000"),
    ("POST", f"{VALIDATE}?partyId=500000"),
    ("GET", CURRENT),
    ("GET", PROFILE),
]
every_call = pytest.mark.parametrize(("method", "path"), _ALL)


@every_call
def test_nothing_is_told_without_a_token(method: str, path: str) -> None:
    """M:A-40, M:A-41, M:A-42, M:A-43"""
    assert_problem(api(None).call(method, path), 401, code="token-missing")


@every_call
def test_a_token_that_says_nothing_of_the_caller_is_refused(
    method: str, path: str
) -> None:
    """M:A-40, M:A-41, M:A-42, M:A-43: unknown callers"""
    answer = api(UNKNOWN).call(method, path)
    document = assert_problem(answer, 403, code="caller-unidentified")
    assert document["detail"] == "Invalid authentication context"
    assert COOKIE not in answer.cookies


@every_call
def test_an_app_that_is_not_there_knows_nobody(method: str, path: str) -> None:
    """A-001"""
    path = path.replace("app2018", "elsewhere")
    assert_problem(api(cast.SOPHIE).call(method, path), 404, code="app-not-found")


@every_call
def test_on_the_base_host_they_stand_by_path(method: str, path: str) -> None:
    """As on the app's own host"""
    assert Api(BASE_HOST, cast.SOPHIE).call(method, path).status_code == 200
