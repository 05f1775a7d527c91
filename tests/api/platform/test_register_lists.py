"""Look-ups of several parties at once, for components of the platform."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties.models import Party
from tests.api.platform.register import NAME, NOBODY_SSN, ORG_NUMBER, PARTIES, SSN, UUID
from tests.client import Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")


def test_names_come_in_the_order_of_the_numbers(platform: Api) -> None:
    """Z-040: null where the register has nobody"""
    asked = [{"orgNo": ORG_NUMBER}, {"ssn": NOBODY_SSN}, {"ssn": SSN}]
    answer = platform.post(f"{PARTIES}/nameslookup", json={"parties": asked})
    names = answer.json()["partyNames"]
    assert [name["ssn"] or name["orgNo"] for name in names] == [
        ORG_NUMBER,
        NOBODY_SSN,
        SSN,
    ]
    assert [bool(name["name"]) for name in names] == [True, False, True]
    assert "personName" not in names[0]


def test_names_are_taken_apart_where_that_is_asked_for(platform: Api) -> None:
    """Z-040"""
    url = f"{PARTIES}/nameslookup?partyComponentOption=person-name"
    asked = {"parties": [{"ssn": SSN}, {"orgNo": ORG_NUMBER}]}
    person, organisation = platform.post(url, json=asked).json()["partyNames"]
    assert person["personName"]["lastName"] == NAME
    assert organisation["personName"] is None
    refused = platform.post(f"{url}s", json=asked)
    assert_problem(refused, 400, code="parameter-invalid")


def test_at_most_a_thousand_names_are_asked_for(platform: Api) -> None:
    """Z-040"""
    one = {"orgNo": ORG_NUMBER}
    url = f"{PARTIES}/nameslookup"
    assert (
        len(platform.post(url, json={"parties": [one] * 1000}).json()["partyNames"])
        == 1000
    )
    assert_problem(
        platform.post(url, json={"parties": [one] * 1001}),
        400,
        code="validation-failed",
    )
    assert platform.post(url, json={"parties": []}).json() == {"partyNames": []}
    assert platform.post(url, json={"parties": None}).json() == {"partyNames": []}
    broken = platform.post(url, json={"parties": [one, {"ssn": "1"}]})
    problem = assert_problem(broken, 400, code="validation-failed")
    assert problem["issues"][0]["pointer"] == "/parties/1/ssn"


@pytest.mark.parametrize(
    ("path", "keys"),
    [("partylist", [501337, 987654, 500000, 501337]), ("partylistbyuuid", [UUID])],
)
def test_parties_are_listed_in_the_order_of_their_ids(
    platform: Api, path: str, keys: list[object]
) -> None:
    """Z-040: each once, unknown ones left out"""
    listed = platform.post(f"{PARTIES}/{path}", json=keys).json()
    expected = [501337, 500000] if path == "partylist" else [500000]
    assert [party["partyId"] for party in listed] == expected
    assert listed[-1]["childParties"] is None


@pytest.mark.parametrize("path", ["partylist", "partylistbyuuid"])
def test_sub_units_come_with_their_organisations(platform: Api, path: str) -> None:
    """Z-040: two statements at any size"""
    keys: list[object] = [500000] if path == "partylist" else [UUID]
    url = f"{PARTIES}/{path}?fetchSubUnits=true"
    with CaptureQueriesContext(connection) as captured:
        listed = platform.post(url, json=keys).json()
    units = [unit["partyId"] for unit in listed[0]["childParties"]]
    assert units == [500001, 500002, 500003]
    assert len(captured) == 2


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("partylist", [987654]),
        ("partylist", []),
        ("partylistbyuuid", ["00000000-0000-4000-8000-000000000000"]),
        ("partylistbyuuid", []),
    ],
)
def test_an_empty_list_is_not_found(
    platform: Api, path: str, keys: list[object]
) -> None:
    """Z-040"""
    answer = platform.post(f"{PARTIES}/{path}", json=keys)
    assert_problem(answer, 404, code="none-registered")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("partylist", {"ids": [1]}),
        ("partylist", ["x"]),
        ("partylist", [2**31]),
        ("partylist", [1] * 1001),
        ("partylist", [[1]]),
        ("partylistbyuuid", ["x"]),
        ("partylistbyuuid", [1.5]),
    ],
)
def test_what_is_no_list_of_ids_is_refused(
    platform: Api, path: str, body: object
) -> None:
    """Z-040"""
    answer = platform.post(f"{PARTIES}/{path}", json=body)
    assert_problem(answer, 400, code="validation-failed")


def test_another_content_type_is_refused(platform: Api) -> None:
    """Z-040"""
    answer = platform.post(
        f"{PARTIES}/partylist", body=b"[500000]", content_type="text/plain"
    )
    assert_problem(answer, 415, code="content-type-unsupported")


def test_identifiers_are_read_by_any_of_them(platform: Api) -> None:
    """Z-040: no identity number among them"""
    unit = Party.objects.get(pk=500001)
    query = f"ids=501337,987654&ids=500000&uuids={UUID}&orgs={unit.org_number}"
    url = f"{PARTIES}/identifiers?{query}"
    with CaptureQueriesContext(connection) as captured:
        found = platform.get(url).json()
    assert [one["partyId"] for one in found] == [500000, 500001, 501337]
    assert found[0] == {
        "partyId": 500000,
        "partyUuid": UUID,
        "orgNumber": ORG_NUMBER,
    }
    assert "orgNumber" not in found[2]
    assert SSN not in str(found)
    assert len(captured) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?ids=",
        "?ids=x",
        "?ids=99999999999",
        "?uuids=x",
        "?orgs=12345678",
        "?orgs=12345678%20",
        "?ids=" + ",".join(map(str, range(101))),
        "?ids="
        + ",".join(map(str, range(60)))
        + "&orgs="
        + ",".join([ORG_NUMBER] * 41),
    ],
)
def test_identifiers_are_one_to_a_hundred(platform: Api, query: str) -> None:
    """Z-040"""
    answer = platform.get(f"{PARTIES}/identifiers{query}")
    assert_problem(answer, 400, code="parameter-invalid")
