"""Decisions for service owners, about their own applications."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from instances.models import Instance
from parties.issued_claims import organisation_claims
from parties.models import Party, Profile
from tests import cast
from tests.api.platform.decision_requests import (
    PROCESSING_ERROR,
    ask,
    decision,
    multi,
    request,
)
from tests.cast import Person, service_owner, user
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

URL = "/authorization/api/v1/authorize"
SCOPE = "altinn:authorization/authorize"
UNKNOWN_NUMBER = "01010112345"
NOWHERE = "500000/00000000-0000-4000-8000-000000000000"


def api(person: Person) -> Api:
    return Api(PLATFORM_HOST, person)


NAV = service_owner("nav", scope=SCOPE)
SKD = service_owner("skd", scope=SCOPE)
SKD_ADMIN = service_owner("skd", scope=f"{SCOPE}.admin")


@pytest.mark.parametrize(
    "person",
    [
        cast.OWNER, cast.SOPHIE, cast.SYSTEM_USER, cast.DESIGNER,
        service_owner("nav", scope=f"x{SCOPE} {SCOPE}.adminx"),
        Person("user with scope", {**user(1337, 501337).claims, "scope": SCOPE}),
    ],
    ids=["OA", "UW", "SU", "SD", "inexact", "user with the scope"],
)  # fmt: skip
def test_without_the_scope_it_is_forbidden(person: Person) -> None:
    """M:P-14, Z-080, T-10"""
    answer = api(person).post(URL, json=request())
    assert_problem(answer, 403, code="scope-missing")


def test_without_a_token_it_is_401() -> None:
    """M:P-14: a platform access token is none"""
    for headers in ({}, cast.platform_headers()):
        answer = Api(PLATFORM_HOST, headers=headers).post(URL, json=request())
        assert_problem(answer, 401, code="token-missing")


def test_an_owner_asks_about_its_own_application(instance: Instance) -> None:
    """M:P-14"""
    body = request(resource={"instance_id": instance.instance_id}, action="write")
    assert decision(body, api(NAV), URL) == "Permit"
    assert decision(request(), api(NAV), URL) == "Permit"


def test_others_need_the_admin_scope(instance: Instance) -> None:
    """M:P-14, §5.9"""
    answer = api(SKD).post(URL, json=request())
    assert_problem(answer, 403, code="owner-only")
    assert decision(request(), api(SKD_ADMIN), URL) == "Permit"
    claims = organisation_claims(org_number="399890926", scope=SCOPE)
    answer = api(Person("organisation", claims)).post(URL, json=request())
    assert_problem(answer, 403, code="owner-only")


def test_one_item_of_another_owner_refuses_the_whole() -> None:
    """§5.9: the owner of every item"""
    body = multi(
        {"s1": {"userid": "1337"}},
        {"a1": "read"},
        {
            "r1": {"org": "nav", "app": "app2018", "partyid": "500000"},
            "r2": {"org": "skd", "app": "any", "partyid": "500000"},
        },
        [["s1", "a1", "r1"], ["s1", "a1", "r2"]],
    )
    assert_problem(api(NAV).post(URL, json=body), 403, code="owner-only")


def test_anothers_instance_is_as_an_unknown_one(instance: Instance) -> None:
    """T-35: whether it exists does not show"""
    for more in ({}, {"org": "skd", "app": "any"}):
        found, unknown = (
            api(SKD).post(URL, json=request(resource={"instance_id": guid, **more}))
            for guid in (instance.instance_id, NOWHERE)
        )
        assert found.status_code == unknown.status_code == 200
        assert [
            answer.json()["Response"][0]["Status"]["StatusCode"]["Value"]
            for answer in (found, unknown)
        ] == [PROCESSING_ERROR] * 2
        told = found.content.replace(instance.instance_id.encode(), NOWHERE.encode())
        assert told == unknown.content


def test_persons_and_organisations_are_named_by_number() -> None:
    """§5.9"""
    sophie = Profile.objects.select_related("party").get(pk=1337).party
    owner = Party.objects.get(pk=500000)
    resource: dict[str, object] = {
        "org": "nav",
        "app": "app2018",
        "organization__identifier_no": owner.org_number,
    }
    by_number: dict[str, object] = {"person__identifier_no": sophie.ssn}
    body = request(subject=by_number, resource=resource)
    assert decision(body, api(NAV), URL) == "Permit"
    resource["organization__identifier_no"] = "000000000"
    body = request(subject=by_number, resource=resource)
    assert decision(body, api(NAV), URL) == "NotApplicable"
    own: dict[str, object] = {
        "org": "nav", "app": "app2018", "person__identifier_no": sophie.ssn,
    }  # fmt: skip
    (result,) = ask(request(subject=by_number, resource=own), api(NAV), URL)
    assert result["Decision"] in ("Permit", "NotApplicable")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"org": "nav"},  # whose permit shows what the request asks to see again
        {"organization__identifier_no": "310000000"},
        {"systemuser__uuid": "0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55"},
        {"userid": "1002"},
        {"person__uuid": "00000000-0000-4000-8000-000000001002"},
    ],
    ids=str,
)
def test_whether_a_number_is_anybodys_does_not_show(more: dict[str, object]) -> None:
    """T-35, T-36: in words, in what is shown again, or in statements"""
    known = Profile.objects.select_related("party").get(pk=1004).party
    if not known.ssn:
        known.ssn = "13838441100"[::-1]
        Party.objects.filter(pk=known.pk).update(ssn=known.ssn)
    told = set()
    for number in (known.ssn, UNKNOWN_NUMBER):
        subject = {"person__identifier_no": number, **more}
        body = request(subject=subject, show="person__identifier_no")
        told.add(_told(body, number))
    assert len(told) == 1, told


def test_whether_an_owners_number_is_anybodys_does_not_show() -> None:
    """T-35, T-36: of the party that the resource names"""
    known = Profile.objects.select_related("party").get(pk=1337).party
    told = set()
    for number in (known.ssn, UNKNOWN_NUMBER):
        app = {"org": "nav", "app": "app2018", "person__identifier_no": number}
        body = request(
            subject={"userid": "1004"}, resource=app, show="person__identifier_no"
        )
        told.add(_told(body, number))
    assert len(told) == 1, told


def _told(body: dict[str, Any], number: str) -> tuple[str, int]:
    """Return the answer with the number taken out, and the statements it took."""
    decision(request(), api(NAV), URL)  # the application is read by now
    with CaptureQueriesContext(connection) as statements:
        answer = api(NAV).post(URL, json=body)
    assert answer.status_code == 200
    return answer.content.decode().replace(number, "number"), len(statements)


def test_it_reads_json_alone() -> None:
    """§5.9"""
    answer = api(NAV).post(URL, body=b"<Request/>", content_type="application/xml")
    assert_problem(answer, 415, code="content-type-unsupported")
