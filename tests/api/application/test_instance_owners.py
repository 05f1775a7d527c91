"""For whom an instance is made: how its owner is named, and how not."""

from pathlib import Path

import pytest

from parties.models import Party
from tests import cast
from tests.api.application.test_instances import INSTANCES, nothing_was_stored
from tests.client import APP_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

_OWNER_TEXTS = {
    "instance-owner-missing": (
        "Cannot create an instance without an instanceOwner.partyId. Either provide"
        " instanceOwner party Id as a query parameter or an instanceTemplate object in"
        " the body."
    ),
    "instance-owner-empty": (
        "Error: instanceOwnerPartyId query parameter is empty and InstanceOwner is"
        " missing from instance template. You must populate instanceOwnerPartyId or"
        " InstanceOwner"
    ),
    "instance-owner-twice": (
        "You cannot provide an instanceOwnerPartyId as a query param as well as an"
        " instance template in the body. Choose one or the other."
    ),
}


@pytest.mark.parametrize(
    "name", ["personNumber", "organisationNumber"], ids=["A-053-person", "A-053-org"]
)
def test_the_owner_can_be_named_by_number(app: Api, name: str) -> None:
    """A-053; numbers as JSON numbers too (clients.md)"""
    party = Party.objects.get(pk=501337 if name == "personNumber" else 500000)
    number: object = party.ssn or int(party.org_number)
    answer = app.post(INSTANCES, json={"instanceOwner": {name: number}})
    assert answer.status_code == 201
    assert answer.json()["instanceOwner"]["partyId"] == str(party.pk)
    assert answer.json()["instanceOwner"][name] == str(number)


@pytest.mark.parametrize(
    ("query", "template", "code"),
    [
        ("", None, "instance-owner-missing"),
        ("", {"dueBefore": None}, "instance-owner-empty"),
        ("", {"instanceOwner": {}}, "instance-owner-empty"),
        (
            "?instanceOwnerPartyId=500000",
            {"instanceOwner": {"partyId": "500000"}},
            "instance-owner-twice",
        ),
        ("?instanceOwnerPartyId=abc", None, "parameter-invalid"),
        ("", {"instanceOwner": {"partyId": "abc"}}, "party-id-invalid"),
        ("", {"instanceOwner": "abc"}, "validation-failed"),
        (
            "",
            {"instanceOwner": {"partyId": "500000"}, "dueBefore": "i morgen"},
            "validation-failed",
        ),
    ],
    ids=["A-044", "A-046", "A-046-empty", "A-045", "int", "party", "object", "date"],
)
def test_owner_mistakes_are_400(
    app: Api, own_blobs: Path, query: str, template: object, code: str
) -> None:
    """M:A-05: in the original's own words"""
    answer = (
        app.post(INSTANCES + query, json=template)
        if template is not None
        else (app.post(INSTANCES + query))
    )
    problem = assert_problem(answer, 400, code=code)
    assert problem["detail"] == _OWNER_TEXTS.get(code, problem["detail"])
    assert nothing_was_stored(own_blobs)


def test_an_unknown_party_is_404_and_its_number_is_not_told(app: Api) -> None:
    """A-052, M:A-06"""
    answer = app.post(
        INSTANCES, json={"instanceOwner": {"personNumber": "01857012345"}}
    )
    document = assert_problem(answer, 404, code="party-not-found")
    assert "Cannot lookup party" in document["detail"]
    assert "01857012345" not in answer.content.decode()


_OTHER_PERSON = {"partyId": "500000", "personNumber": "17919033037"}
_OTHER_ORGANISATION = {"partyId": "500000", "organisationNumber": "111111111"}


@pytest.mark.parametrize(
    ("address", "owner", "member"),
    [
        (INSTANCES, _OTHER_PERSON, "personNumber"),
        (f"{INSTANCES}/create", _OTHER_PERSON, "personNumber"),
        (INSTANCES, _OTHER_ORGANISATION, "organisationNumber"),
        (f"{INSTANCES}/create", _OTHER_ORGANISATION, "organisationNumber"),
        (
            f"{INSTANCES}?instanceOwnerPartyId=500000",
            {"organisationNumber": "111111111"},
            "organisationNumber",
        ),
        (
            INSTANCES,
            {"personNumber": "13838441100", "organisationNumber": "353801961"},
            "organisationNumber",
        ),
    ],
    ids=[
        "person",
        "person-create",
        "organisation",
        "organisation-create",
        "query",
        "two-numbers",
    ],
)
def test_an_owner_who_is_two_is_refused(
    app: Api,
    own_blobs: Path,
    address: str,
    owner: dict[str, str],
    member: str,
) -> None:
    """Else the first of them gets what is meant for the other"""
    answer = app.post(address, json={"instanceOwner": owner})
    problem = assert_problem(answer, 400, code="instance-owner-contradictory")
    assert [one["pointer"] for one in problem["issues"]] == [f"/instanceOwner/{member}"]
    assert "Send one of them alone" in problem["detail"]
    said = answer.content.decode()
    assert "personNumber" not in owner or owner["personNumber"] not in said
    assert "353801961" in owner.values() or "353801961" not in said
    assert nothing_was_stored(own_blobs)


@pytest.mark.parametrize("address", [INSTANCES, f"{INSTANCES}/create"])
def test_an_owner_who_is_stated_twice_and_alike_is_taken(
    app: Api, address: str
) -> None:
    """As who sends the ``instanceOwner`` of another instance does"""
    before = app.post(INSTANCES, json={"instanceOwner": {"partyId": "500000"}})
    owner = before.json()["instanceOwner"]
    assert owner["organisationNumber"] == "353801961"
    answer = app.post(address, json={"instanceOwner": owner})
    assert answer.status_code == 201
    assert answer.json()["instanceOwner"] == owner


@pytest.mark.parametrize("number", ["353801961", "111111111"])
def test_whose_number_it_is_is_not_told_to_who_may_not_act_for_him(
    own_blobs: Path, number: str
) -> None:
    owner = {"partyId": "500000", "organisationNumber": number}
    stranger = Api(APP_HOST, cast.STRANGER)
    answer = stranger.post(INSTANCES, json={"instanceOwner": owner})
    assert_problem(answer, 403, code="not-permitted")
    assert nothing_was_stored(own_blobs)
