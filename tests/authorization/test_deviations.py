"""Where the original lets more through than it should: one test for each of ours.

The numbers are those of authorization.md §6.7. Each says in its name what is done
instead, and is asked over the address where it counts.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F

from api import issuer
from apps_registry import catalogue
from apps_registry.errors import AppFolderRefused
from authorization.models import RoleAssignment
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from parties.issued_claims import user_claims
from parties.tokens import TokenIssuer
from tests import cast
from tests.api.platform.decision_requests import URL as DECISION
from tests.api.platform.decision_requests import ask, decision, multi
from tests.api.platform.decision_requests import request as question
from tests.authorization.matrix.fixture import CALLERS, Names, deploy, populate
from tests.authorization.matrix.rows import APP, AppFiles, Q
from tests.cast import Person
from tests.client import (
    APP_HOST,
    DOMAIN,
    PLATFORM_HOST,
    Api,
    assert_problem,
    body_of,
)
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
STORAGE = "/storage/api/v1/instances"
APP_POLICY = "authz-matrix/App/config/authorization/policy.xml"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def at(instance: Instance) -> str:
    """Return the address of an instance in storage."""
    return f"{STORAGE}/{instance.instance_id}"


def test_d01_an_enterprise_user_stays_a_user(instance: Instance) -> None:
    """Z-003, Z-086: the organisation's number in the token changes nothing"""
    claims = {**cast.SOPHIE.claims, "urn:altinn:orgNumber": "310000000"}
    api = Api(PLATFORM_HOST, Person("enterprise user", claims))
    assert api.get(at(instance)).status_code == 200
    made = make_element(instance=instance)
    answer = api.put(f"{at(instance)}/data/{made.id}", body=b"<a/>", filename="a.xml")
    assert answer.json()["lastChangedBy"] == "1337"


def test_d02_a_selected_party_is_looked_up() -> None:
    """Z-006, Z-086"""
    sophie = Api(APP_HOST, cast.SOPHIE, headers={"Cookie": f"AltinnPartyId={Q}"})
    answer = sophie.get("/nav/app2018/api/authorization/parties/current")
    assert answer.json() == 501337


def test_d03_a_bad_bearer_does_not_fall_back_to_a_cookie(instance: Instance) -> None:
    """Z-008, Z-086"""
    cookie = f"AltinnStudioRuntime={cast.SOPHIE.token()}"
    api = Api(PLATFORM_HOST, headers={"Cookie": cookie})
    assert api.get(at(instance)).status_code == 200
    answer = api.get(at(instance), headers={"Authorization": "Bearer a.b.c"})
    assert_problem(answer, 401, code="invalid-token")


@pytest.mark.parametrize(
    "claim", ["urn:altinn:rolecode", "urn:altinn:accesspackage", "urn:altinn:role"]
)
def test_d04_a_claim_that_names_a_role_gives_none(
    instance: Instance, claim: str
) -> None:
    """Z-064, Z-086, T-09"""
    injected = Person("injected", {**cast.STRANGER.claims, claim: "dagl"})
    answer = Api(PLATFORM_HOST, injected).delete(at(instance))
    assert_problem(answer, 403, code="not-permitted")
    instance.refresh_from_db()
    assert instance.soft_deleted_at is None


def test_d05_the_issuer_is_compared_exactly(instance: Instance) -> None:
    """Z-024, Z-086: our key under a name that begins like ours is another issuer"""
    name = f"{issuer.issuer_name()}evil/"
    foreign = TokenIssuer(name, issuer.keys(), lifetime=timedelta(minutes=5))
    bearer = {"Authorization": f"Bearer {foreign.issue(cast.SOPHIE.claims)}"}
    answer = Api(PLATFORM_HOST).get(at(instance), headers=bearer)
    assert_problem(answer, 401, code="invalid-token")


@pytest.mark.parametrize(
    "scope",
    [
        "xaltinn:serviceowner/instances.readx",
        "ALTINN:SERVICEOWNER/INSTANCES.READ",
        "altinn:serviceowner",
        "altinn:serviceowner/instances",
    ],
)
def test_d06_a_scope_is_compared_exactly(instance: Instance, scope: str) -> None:
    """Z-034, Z-086, T-10: and a user with an owner's scope is no owner"""
    owner = Api(PLATFORM_HOST, cast.service_owner("nav", scope=scope))
    answer = owner.get(f"{STORAGE}?appId=nav/app2018")
    assert_problem(answer, 403, code="scope-missing")
    claims = user_claims(
        user_id=1337,
        party_id=501337,
        username="sophie",
        level=3,
        scope=cast.OWNER_SCOPES,
    )
    user = Api(PLATFORM_HOST, Person("user", claims))
    assert user.get(f"{STORAGE}?org=nav").status_code == 400


def _in_capitals(files: AppFiles) -> None:
    files.policy = files.policy.replace(">dagl<", ">DAGL<").replace(
        "3.0:function:string-equal-ignore-case", "1.0:function:string-equal"
    )


def test_d07_decisions_are_for_components_of_the_platform(storage: Api) -> None:
    """M:P-13, Z-086: a token of any other kind counts as none"""
    for api in (Api(PLATFORM_HOST), storage):
        answer = api.post(DECISION, json=question())
        assert_problem(answer, 401, code="platform-token-required")
    assert decision(question()) == "Permit"


def test_d08_role_codes_ignore_case(tmp_path: Path) -> None:
    """Z-048, Z-086: a policy that says DAGL under string-equal permits dagl"""
    deploy(tmp_path)
    populate()
    names = Names("Task_1")
    deploy(tmp_path, change=_in_capitals)
    assert ">DAGL<" in (tmp_path / APP_POLICY).read_text(encoding="utf-8")
    director = Api(PLATFORM_HOST, CALLERS["UW"])
    assert director.get(at(names.instance)).status_code == 200


def _with_two_subjects(files: AppFiles) -> None:
    any_of = re.search(r"<xacml:AnyOf>.*?</xacml:AnyOf>", files.policy, re.DOTALL)
    assert any_of is not None
    both = any_of[0] + any_of[0].replace(">dagl<", ">medl<")
    files.policy = files.policy.replace(any_of[0], both, 1)


def test_d09_the_stored_instance_wins_over_what_is_stated(
    submitted: Instance,
) -> None:
    """Z-050, Z-086: an ended one, though the request says that it can be written"""
    stated = {
        "instance_id": submitted.instance_id,
        "org": "nav",
        "app": "app2018",
        "partyid": "500000",
        "task": "formfilling",
    }
    assert decision(question(resource=stated, action="write")) == "NotApplicable"
    del stated["instance_id"]
    assert decision(question(resource=stated, action="write")) == "Permit"


def test_d10_a_policy_of_two_readings_is_refused(tmp_path: Path) -> None:
    """Z-063, Z-086, T-45: and what was in force before stays so"""
    deploy(tmp_path)
    current = catalogue.definition_of(*APP.split("/"))
    with pytest.raises(AppFolderRefused) as refused:
        deploy(tmp_path, change=_with_two_subjects)
    assert {f.code for f in refused.value.report.errors} == {"policy-ambiguous"}
    assert catalogue.definition_of(*APP.split("/")) is current


def test_d11_a_write_to_an_unknown_instance_is_404(owner_storage: Api) -> None:
    """M:S-30, Z-086"""
    answer = owner_storage.put(
        f"{STORAGE}/500000/{NOWHERE}/substatus", json={"label": "a"}
    )
    assert_problem(answer, 404, code="instance-not-found")


def test_d12_what_components_ask_is_closed_to_all_others(
    storage: Api, instance: Instance
) -> None:
    """M:S-69, Z-086"""
    url = f"{at(instance)}/process/authinfo"
    assert_problem(Api(PLATFORM_HOST).get(url), 401, code="token-missing")
    assert_problem(storage.get(url), 403, code="platform-token-missing")
    component = Api(PLATFORM_HOST, headers=cast.platform_headers())
    assert component.get(url).status_code == 200


def test_d13_an_event_names_the_instance_of_its_address(
    storage: Api, instance: Instance
) -> None:
    """M:S-73, Z-086, Z-103"""
    before = InstanceEvent.objects.count()
    other = make_instance()
    event = {"instanceId": other.instance_id, "eventType": "MessageRead"}
    assert storage.post(f"{at(instance)}/events", json=event).status_code == 400
    assert InstanceEvent.objects.exclude(instance_id=other.pk).count() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "lookup/organisation/353801961", None),
        (
            "POST",
            "lookup/person",
            {"socialSecurityNumber": "17919033037", "lastName": "Salt"},
        ),
    ],
)
def test_d14_look_ups_ask_who_calls(method: str, path: str, body: object) -> None:
    """M:A-45, M:A-46, Z-086"""
    answer = Api(APP_HOST).call(method, f"/nav/app2018/api/v1/{path}", json=body)
    assert_problem(answer, 401, code="token-missing")


def test_d15_an_element_counts_at_its_whole_address(
    storage: Api, element: DataElement
) -> None:
    """Z-083, Z-086, T-02"""
    other = make_instance()
    url = f"{at(other)}/data/{element.id}"
    assert_problem(storage.get(url), 404, code="data-element-not-found")
    assert_problem(storage.delete(url), 404, code="data-element-not-found")
    assert DataElement.objects.filter(pk=element.pk).exists()


def test_d16_a_wrong_party_is_an_unknown_instance(
    storage: Api, instance: Instance
) -> None:
    """Z-082, Z-086, T-01"""
    url = f"{STORAGE}/501337/{instance.id}"
    assert_problem(storage.get(url), 404, code="instance-not-found")


def test_d17_no_problem_tells_of_the_inside(storage: Api, instance: Instance) -> None:
    """Z-086, Z-111, T-37: the client of these tests checks every detail for it"""
    for url in (f"{STORAGE}/500000/{NOWHERE}", f"{at(instance)}/data/{NOWHERE}"):
        problem = storage.get(url).json()
        assert re.fullmatch(r"[0-9a-f]{32}", problem["traceId"])
        assert problem.keys() <= {
            *("type", "title", "status", "detail", "instance", "code", "traceId"),
        }


def test_d18_a_right_that_is_taken_away_is_gone_at_once(
    storage: Api, instance: Instance
) -> None:
    """Z-057, Z-086, T-39: no decision outlives its request"""
    assert storage.get(at(instance)).status_code == 200
    RoleAssignment.objects.filter(user=1337).delete()
    assert_problem(storage.get(at(instance)), 403, code="not-permitted")


def test_d19_one_bad_question_spoils_no_other() -> None:
    """Z-067, Z-086"""
    app = {"org": "nav", "app": "app2018", "partyid": "500000"}
    asked = multi(
        {"s": {"userid": "1337"}},
        {"a": "read"},
        {"known": app, "unknown": {**app, "app": "none"}},
        [["s", "a", "unknown"], ["s", "a", "known"]],
    )
    assert [one["Decision"] for one in ask(asked)] == ["Indeterminate", "Permit"]


def test_d20_what_a_browser_would_run_is_an_attachment(
    storage: Api, instance: Instance
) -> None:
    """Z-086, Z-091, T-15"""
    made = storage.post(
        f"{at(instance)}/data?dataType=vedlegg",
        body=b"<script>alert(1)</script>",
        content_type="text/html",
        filename="a.html",
    )
    answer = storage.get(f"{at(instance)}/data/{made.json()['id']}")
    assert body_of(answer) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_d21_a_user_cannot_make_an_instance_that_is_done(storage: Api) -> None:
    """Z-086, Z-100, T-26"""
    body = {
        "instanceOwner": {"partyId": "500000"},
        "process": {"ended": "2020-01-01T00:00:00Z"},
        "status": {"isArchived": True},
        "dataValues": {"a": "b"},
    }
    document = storage.post(f"{STORAGE}?appId=nav/app2018", json=body).json()
    assert "process" not in document
    assert "dataValues" not in document
    assert not document["status"]["isArchived"]


def test_d22_nobody_gets_a_stateless_form_that_is_not_for_anyone(
    tmp_path: Path,
) -> None:
    """M:A-39, Z-086: whoever calls"""
    deploy(tmp_path)
    url = f"/{APP}/v1/data/anonymous"
    anyone = Api(f"ttd.apps.{DOMAIN}")
    assert anyone.get(f"{url}?dataType=open").status_code == 200
    populate()
    for api in (anyone, Api(anyone.host, CALLERS["UW"])):
        for method, body in (("GET", None), ("POST", {})):
            answer = api.call(method, f"{url}?dataType=model", json=body)
            assert answer.status_code == 401


def test_d23_a_locked_element_is_not_deleted(
    storage: Api, element: DataElement
) -> None:
    """Z-086, Z-102, T-28"""
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=F("created"), locked_by="1337"
    )
    answer = storage.delete(f"{at(element.instance)}/data/{element.id}")
    assert_problem(answer, 409, code="data-element-locked")
    assert DataElement.objects.filter(pk=element.pk).exists()


def test_every_deviation_has_a_test_that_is_named_after_it() -> None:
    """Z-086"""
    named = {int(n[6:8]) for n in globals() if re.match(r"test_d\d\d_", n)}
    assert named == set(range(1, 24))
