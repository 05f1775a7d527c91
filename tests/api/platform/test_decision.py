"""The decision endpoint: who may ask, and what is answered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps_registry import xacml_ast as ast
from authorization.models import Delegation, SystemUser
from instances.models import Instance
from parties.models import Profile
from tests import cast
from tests.api.platform.decision_requests import (
    MISSING,
    OK,
    PROCESSING_ERROR,
    URL,
    ask,
    component,
    decision,
    request,
    status,
)
from tests.cast import Person
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")

SYSTEM_USER = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
NOWHERE = "00000000-0000-4000-8000-000000000000"


# --- who may ask ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "person",
    [None, cast.OWNER, cast.SOPHIE, cast.SYSTEM_USER, cast.DESIGNER],
    ids=["AN", "OA", "UW", "SU", "SD"],
)
def test_d07_only_a_platform_access_token_opens_the_decision_point(
    person: Person | None,
) -> None:
    """M:P-13, D-07, Z-080, Z-086: 401 for everybody else"""
    answer = Api(PLATFORM_HOST, person).post(URL, json=request())
    assert_problem(answer, 401, code="platform-token-required")
    headers = {"PlatformAccessToken": "x.y.z"}
    answer = Api(PLATFORM_HOST, person, headers).post(URL, json=request())
    assert_problem(answer, 401, code="invalid-token")
    assert component().post(URL, json=request()).status_code == 200


# --- one request ----------------------------------------------------------------------
def test_the_whole_answer_to_one_request(instance: Instance) -> None:
    """Z-067, Z-070: golden"""
    body = request(
        resource={"instance_id": instance.instance_id},
        action="write",
        show="instance_id action_id",
    )
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    levels = [
        ("minimum-level", "2", ast.MINIMUM_LEVEL),
        ("minimum-level-org", "3", ast.MINIMUM_LEVEL_ORG),
    ]
    assert component().post(URL, json=body).json() == {
        "Response": [
            {
                "Decision": "Permit",
                "Status": {
                    "StatusMessage": None,
                    "StatusDetails": None,
                    "StatusCode": {"Value": OK, "StatusCode": None},
                },
                "Obligations": [
                    {
                        "Id": f"urn:altinn:obligation:{name}",
                        "AttributeAssignment": [
                            {
                                "AttributeId": f"urn:altinn:obligation:{name}:value",
                                "Value": value,
                                "Category": category_id,
                                "DataType": integer,
                                "Issuer": None,
                            }
                        ],
                    }
                    for name, value, category_id in levels
                ],
                "AssociateAdvice": None,
                "Category": [
                    {
                        "CategoryId": ast.ACTION,
                        "Attribute": [
                            {
                                "AttributeId": ast.ACTION_ID,
                                "Value": "write",
                                "DataType": ast.STRING,
                            }
                        ],
                    },
                    {
                        "CategoryId": ast.RESOURCE,
                        "Attribute": [
                            {
                                "AttributeId": ast.INSTANCE_ID,
                                "Value": instance.instance_id,
                                "DataType": ast.STRING,
                            },
                            {
                                "AttributeId": ast.PARTY_ID,
                                "Value": "500000",
                                "DataType": ast.STRING,
                            },
                        ],
                    },
                ],
                "PolicyIdentifierList": None,
            }
        ]
    }


def test_what_no_rule_permits_is_not_applicable_and_echoes_nothing() -> None:
    """Z-060, §5.6: no obligation, nothing included"""
    (result,) = ask(request(subject={"userid": "1002"}, show="userid action_id"))
    assert result["Decision"] == "NotApplicable"
    assert result["Status"]["StatusCode"]["Value"] == OK
    assert result["Obligations"] is result["Category"] is None


def test_the_obligations_are_not_weighed_here() -> None:
    """Z-070: the level is the asker's to check; a permit says which it takes"""
    weak = request(subject={"userid": "1337", "authlevel": "0"})
    assert decision(weak) == "Permit"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"org": "nav"}, "Permit"),
        ({"org": "skd"}, "NotApplicable"),
        ({"organizationnumber": "310000000"}, "NotApplicable"),
        ({"userid": "1337"}, "Permit"),
        ({"userid": 1337}, "Permit"),
        ({"userid": "1337", "partyid": "501337", "authlevel": "2"}, "Permit"),
        ({}, "NotApplicable"),
    ],
)
def test_subjects(subject: dict[str, object], expected: str) -> None:
    """Z-064"""
    assert decision(request(subject=subject)) == expected


def test_the_roles_are_the_registers_whatever_the_request_states() -> None:
    """T-09: a stated role code gives no right"""
    forged = request(subject={"userid": "1002", "rolecode": "DAGL"})
    assert decision(forged) == "NotApplicable"


@pytest.mark.parametrize(
    "resource",
    [
        {"resource": "app_nav_app2018", "partyid": "500000"},
        {"resource": "app_nav_app2018", "org": "nav", "partyid": "500000"},
        {"org": "nav", "app": "app2018", "partyid": 500000},
    ],
)
def test_an_app_by_either_name(resource: dict[str, object]) -> None:
    """Z-050"""
    assert decision(request(resource=resource)) == "Permit"


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ({"resource": "app_nav_unknown", "partyid": "500000"}, PROCESSING_ERROR),
        ({"resource": "something-else", "partyid": "500000"}, PROCESSING_ERROR),
        ({"resource": "app_nav_app2018", "org": "skd"}, PROCESSING_ERROR),
        ({"org": ["nav", "skd"], "app": "app2018"}, PROCESSING_ERROR),
        ({"org": "nav", "app": "app2018", "partyid": "x"}, PROCESSING_ERROR),
        ({"org": "nav", "app": "app2018", "partyid": "9" * 30}, PROCESSING_ERROR),
        ({"instance_id": f"500000/{NOWHERE}"}, PROCESSING_ERROR),
        ({"instance_id": "no guid at all"}, PROCESSING_ERROR),
        ({"org": "nav", "partyid": "500000"}, MISSING),
        ({}, MISSING),
    ],
)
def test_what_cannot_be_decided(resource: dict[str, object], code: str) -> None:
    """Z-050, §5.6: Indeterminate, with a status and a reason"""
    (result,) = ask(request(resource=resource, show="org action_id"))
    assert result["Decision"] == "Indeterminate"
    assert result["Status"]["StatusCode"]["Value"] == code
    assert result["Status"]["StatusMessage"]
    assert result["Category"] is result["Obligations"] is None


@pytest.mark.parametrize(
    "subject",
    [
        {"systemuser__uuid": SYSTEM_USER, "userid": "1337"},
        {"systemuser__uuid": SYSTEM_USER, "org": "nav"},
        {"systemuser__uuid": SYSTEM_USER, "organizationnumber": "310000000"},
        {"systemuser__uuid": SYSTEM_USER, "partyid": "501337"},
        {"userid": "1337", "person__identifier_no": "01039012345"},
        {"userid": "1337", "organization__identifier_no": "310000000"},
        {"person__uuid": NOWHERE, "organizationnumber": "310000000"},
        {"userid": ["1337", "1002"]},
        {"userid": "1" * 20},
        {"systemuser__uuid": "nobody"},
    ],
)
def test_two_identities_are_indeterminate(subject: dict[str, object]) -> None:
    """Z-051"""
    assert status(request(subject=subject)) == ("Indeterminate", PROCESSING_ERROR)


def test_a_person_is_found_by_number_and_by_uuid() -> None:
    """§4.3: the subject's user is looked up"""
    party = Profile.objects.select_related("party").get(pk=1337).party
    by_uuid = request(subject={"person__uuid": str(party.uuid)})
    by_number = request(subject={"person__identifier_no": party.ssn})
    assert decision(by_uuid) == decision(by_number) == "Permit"
    unknown = request(subject={"person__identifier_no": "00000000000"})
    assert decision(unknown) == "NotApplicable"


# --- the instance ---------------------------------------------------------------------
def test_d09_the_stored_instance_wins_over_what_is_stated(instance: Instance) -> None:
    """D-09, Z-050, Z-086"""
    stated: dict[str, object] = {
        "instance_id": instance.instance_id,
        "org": "nav",
        "app": "app2018",
        "partyid": "500000",
        "task": "confirm",
    }
    assert decision(request(resource=stated, action="confirm")) == "NotApplicable"
    assert decision(request(resource=stated, action="write")) == "Permit"
    ended = {**stated, "end_event": "EndEvent_1", "task": "formfilling"}
    assert decision(request(resource=ended, action="write")) == "Permit"
    elsewhere = {**stated, "org": "ttd", "app": "other", "partyid": "12345"}
    assert decision(request(resource=elsewhere, action="write")) == "Permit"
    other_party = {**stated, "instance_id": f"12345/{instance.id}"}
    assert decision(request(resource=other_party)) == "Indeterminate"


def test_a_complete_request_needs_no_stored_instance() -> None:
    """Z-050: it is decided as it is stated"""
    stated: dict[str, object] = {
        "instance_id": f"500000/{NOWHERE}",
        "org": "nav",
        "app": "app2018",
        "partyid": "500000",
        "task": "formfilling",
    }
    assert decision(request(resource=stated, action="write")) == "Permit"
    del stated["task"]
    assert decision(request(resource=stated, action="read")) == "Indeterminate"


def test_an_ended_instance_stands_in_no_task(submitted: Instance) -> None:
    """Z-066"""
    resource: dict[str, object] = {"instance_id": submitted.instance_id}
    assert decision(request(resource=resource, action="read")) == "Permit"
    assert decision(request(resource=resource, action="write")) == "NotApplicable"


def test_roles_are_looked_up_only_where_the_policy_asks(instance: Instance) -> None:
    """Z-052: not for an org, not without a party"""
    for subject, resource, looked_up in (
        ({"org": "nav"}, {"org": "nav", "app": "app2018", "partyid": "500000"}, False),
        ({"userid": "1337"}, {"org": "nav", "app": "app2018"}, False),
        ({"userid": "1337"}, {"org": "nav", "app": "app2018", "partyid": "5"}, True),
    ):
        with CaptureQueriesContext(connection) as captured:
            ask(request(subject=dict(subject), resource=dict(resource)))
        asked = any("roleassignment" in q["sql"] for q in captured.captured_queries)
        assert asked is looked_up, subject


# --- delegations ----------------------------------------------------------------------
def test_a_delegation_permits_what_the_policy_does_not_speak_of(
    instance: Instance,
) -> None:
    """Z-053: under the app's own obligations, and echoed like any permit"""
    system = {"systemuser__uuid": SYSTEM_USER}
    body = request(
        subject=dict(system),
        resource={"instance_id": instance.instance_id},
        show="instance_id",
    )
    Delegation.objects.all().delete()
    assert decision(body) == "NotApplicable"
    standing, _ = SystemUser.objects.get_or_create(
        id=SYSTEM_USER, defaults={"party_id": 500000, "system_id": "1_a"}
    )
    Delegation.objects.create(
        system_user=standing, from_party_id=500000, app_id="nav/app2018", action="read"
    )
    (result,) = ask(body)
    assert result["Decision"] == "Permit"
    assert len(result["Obligations"]) == 2
    assert result["Category"]
    write = request(subject=dict(system), action="write")
    assert decision(write) == "NotApplicable"
    assert decision(request(subject=dict(system), resource={
        "instance_id": make_instance(party=12345).instance_id
    })) == "NotApplicable"  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"partyid": "500000"}, "Permit"),
        ({"organization__identifier_no": "353801961"}, "Permit"),
        ({"partyid": "500001"}, "NotApplicable"),
        ({"organization__identifier_no": "310000000"}, "NotApplicable"),
    ],
)
def test_a_party_may_be_the_subject(subject: dict[str, object], expected: str) -> None:
    """Z-053, §4.4: what was delegated to it counts, by whichever name it is called"""
    given = Delegation.objects.create(
        to_party_id=500000, from_party_id=12345, app_id="nav/app2018", action="read"
    )
    resource: dict[str, object] = {
        "instance_id": make_instance(party=12345).instance_id
    }
    read = request(subject=subject, resource=resource)
    write = request(subject=subject, resource=resource, action="write")
    assert (decision(read), decision(write)) == (expected, "NotApplicable")
    given.delete()
    assert decision(read) == "NotApplicable"
