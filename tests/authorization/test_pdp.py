"""Decisions: who may do what, at which level, and what is asked for to find out."""

from dataclasses import replace

import pytest

from apps_registry import xacml_ast as ast
from apps_registry.xacml import parse_policy
from apps_registry.xacml_ast import AttributeValue
from authorization import pdp
from authorization.compiler import CompiledPolicy, compile_policy
from authorization.pdp import Reason, build_request, decide, subject_attributes
from authorization.resources import Resource
from parties.identity import Principal, PrincipalKind
from tests.apps_registry import policy_xml
from tests.shared import APPS

USER = Principal(
    kind=PrincipalKind.USER, level=3, user_id=1337, party_id=501337, party_uuid="u-1",
    scopes=frozenset({"altinn:b", "altinn:a"}), session_id="s-1",
)  # fmt: skip
OWNER = Principal(
    kind=PrincipalKind.SERVICE_OWNER, level=3, org="ttd", org_number="991825827"
)
OTHER_OWNER = replace(OWNER, org="skd", org_number="974761076")
ORGANISATION = Principal(
    kind=PrincipalKind.ORGANISATION, level=3, org_number="405003309"
)
SYSTEM_USER = Principal(kind=PrincipalKind.SYSTEM_USER, level=3, system_user_id="su-1")
UNKNOWN = Principal(kind=PrincipalKind.UNKNOWN, level=4, org="ttd", user_id=1337)
PRINCIPALS = (USER, OWNER, OTHER_OWNER, ORGANISATION, SYSTEM_USER, UNKNOWN)
APP = Resource(org="ttd", app="my-app")
INSTANCE = replace(APP, party_id=500000, instance_id="500000/1", task="Task_1")
NOBODY: frozenset[str] = frozenset()


class Roles:
    """Gives roles and counts how often it is asked."""

    def __init__(self, *codes: str) -> None:
        self.codes = frozenset(codes)
        self.calls = 0

    def __call__(self) -> frozenset[str]:
        self.calls += 1
        return self.codes


def compiled(*parts: str) -> CompiledPolicy:
    read = policy_xml.parse(policy_xml.policy(*parts))
    return compile_policy(read, org="ttd", app="my-app")


def template() -> CompiledPolicy:
    content = (APPS / "template_v8/App/config/authorization/policy.xml").read_bytes()
    return compile_policy(
        parse_policy(content, org="ttd", app="my-app"), org="ttd", app="my-app"
    )


def reason(
    table: CompiledPolicy,
    principal: Principal,
    action: str = "read",
    *codes: str,
    resource: Resource = INSTANCE,
) -> Reason:
    roles = Roles(*codes)
    decision = decide(
        table, principal=principal, resource=resource, action=action, roles=roles
    )
    assert roles.calls <= 1
    assert decision.permitted is (decision.reason is Reason.PERMIT)
    return decision.reason


def subject(attribute_id: str, value: str) -> str:
    return policy_xml.match(ast.SUBJECT, attribute_id, value)


def rule_for(attribute_id: str, value: str, *, effect: str = "Permit") -> str:
    return policy_xml.rule(
        policy_xml.any_of([subject(attribute_id, value)]), effect=effect
    )


@pytest.mark.parametrize(
    ("principal", "action", "codes", "expected"),
    [
        (USER, "read", ["dagl"], Reason.PERMIT),
        (USER, "read", ["medl", "DAGL"], Reason.PERMIT),
        (USER, "READ", ["dagl"], Reason.PERMIT),
        (USER, "read", ["medl"], Reason.NOT_APPLICABLE),
        (USER, "complete", ["dagl"], Reason.NOT_APPLICABLE),
        (USER, "confirm", ["dagl"], Reason.NOT_APPLICABLE),
        (OWNER, "complete", [], Reason.PERMIT),
        (OWNER, "delete", [], Reason.NOT_APPLICABLE),
        (OTHER_OWNER, "read", ["dagl"], Reason.NOT_APPLICABLE),
        (ORGANISATION, "read", ["dagl"], Reason.NOT_APPLICABLE),
        (SYSTEM_USER, "read", ["dagl"], Reason.NOT_APPLICABLE),
        (UNKNOWN, "read", ["dagl"], Reason.NOT_APPLICABLE),
    ],
)
def test_template_policy_permits_whom_it_names_and_nobody_else(
    principal: Principal, action: str, codes: list[str], expected: Reason
) -> None:
    """Z-004 Z-048 Z-069 Z-073 Z-086 D-08"""
    assert reason(template(), principal, action, *codes) is expected


LEVELS = [
    # minimum, of a service owner, caller's org, caller's level, level that is lacking
    (None, None, "", 0, None),
    (2, None, "", 2, None),
    (2, None, "", 1, 2),
    (2, None, "", 0, 2),
    (2, 3, "", 1, 2),
    (2, 3, "ttd", 2, None),
    (2, 3, "ttd", 1, 3),
    (4, 3, "ttd", 3, None),
    (4, 3, "ttd", 2, 3),
    (4, 3, "", 3, 4),
    (4, None, "ttd", 3, 4),
    (0, 3, "ttd", 0, None),
    (None, 3, "ttd", 0, None),
    (4, 0, "ttd", 0, None),
]


@pytest.mark.parametrize(("minimum", "of_org", "org", "level", "lacking"), LEVELS)
@pytest.mark.parametrize("slow", [False, True])
def test_level_of_a_service_owner_only_relaxes_the_other(
    *,
    minimum: int | None,
    of_org: int | None,
    org: str,
    level: int,
    lacking: int | None,
    slow: bool,
) -> None:
    """S-039, Z-070"""
    given = {ast.MINIMUM_LEVEL: minimum, ast.MINIMUM_LEVEL_ORG: of_org}
    obligations = "".join(
        policy_xml.obligation(str(value), category=category)
        for category, value in given.items()
        if value is not None
    ).replace("</ObligationExpressions><ObligationExpressions>", "")
    table = replace(compiled(policy_xml.rule(), obligations), slow=slow)
    principal = replace(OWNER if org else USER, level=level)
    decision = decide(
        table, principal=principal, resource=APP, action="read", roles=Roles()
    )
    assert decision.permitted is (lacking is None)
    assert decision.required_level == lacking
    assert decision.reason is (
        Reason.PERMIT if lacking is None else Reason.LEVEL_TOO_LOW
    )


def test_level_is_not_asked_for_where_the_rules_refuse() -> None:
    """Z-070"""
    table = compiled(rule_for(ast.ORG, "skd"), policy_xml.obligation("4"))
    decision = decide(table, principal=USER, resource=APP, action="read", roles=Roles())
    assert decision == pdp.NOT_APPLICABLE
    assert decision.required_level is None


def test_rule_with_a_level_of_its_own_demands_it() -> None:
    """Z-070"""
    strict = policy_xml.rule(
        policy_xml.any_of([policy_xml.READ]), body=policy_xml.obligation("4")
    )
    table = compiled(strict, policy_xml.rule(), policy_xml.obligation("2"))
    for action, lacking in (("read", 4), ("write", None)):
        decision = decide(
            table, principal=USER, resource=APP, action=action, roles=Roles()
        )
        assert decision.required_level == lacking


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (
            USER,
            {
                "urn:altinn:userid": ["1337"],
                "urn:altinn:partyid": ["501337"],
                "urn:altinn:person:uuid": ["u-1"],
                "urn:altinn:authlevel": ["3"],
                "urn:altinn:rolecode": ["dagl", "medl"],
                "urn:altinn:sessionid": ["s-1"],
                "urn:scope": ["altinn:a altinn:b"],
            },
        ),
        (
            OWNER,
            {
                "urn:altinn:org": ["ttd"],
                "urn:altinn:organizationnumber": ["991825827"],
                "urn:altinn:organization:identifier-no": ["991825827"],
                "urn:altinn:authlevel": ["3"],
            },
        ),
        (
            replace(ORGANISATION, party_uuid="u-2"),
            {
                "urn:altinn:organizationnumber": ["405003309"],
                "urn:altinn:organization:identifier-no": ["405003309"],
                "urn:altinn:authlevel": ["3"],
            },
        ),
        (SYSTEM_USER, {"urn:altinn:systemuser:uuid": ["su-1"]}),
        (
            replace(USER, system_user_id="su-1", org="ttd", org_number="991825827"),
            {"urn:altinn:systemuser:uuid": ["su-1"]},
        ),
        (replace(USER, kind=PrincipalKind.SYSTEM_USER), {}),
        (UNKNOWN, {}),
    ],
    ids=[
        "user",
        "owner",
        "organisation",
        "system user",
        "system user first",
        "no id",
        "unknown",
    ],
)
def test_subject_has_the_attributes_of_the_allow_list_alone(
    principal: Principal, expected: dict[str, list[str]]
) -> None:
    """Z-051 Z-064 Z-065 Z-086 D-04"""
    attributes = subject_attributes(principal, frozenset({"medl", "dagl", ""}))
    assert {category for category, _ in attributes} <= {ast.SUBJECT}
    assert {v.data_type for bag in attributes.values() for v in bag} <= {ast.STRING}
    assert {
        name: [v.value for v in bag] for (_, name), bag in attributes.items()
    } == expected


def test_resource_has_its_attributes_and_no_empty_one() -> None:
    """Z-066"""
    for resource, own in (
        (APP, {}),
        (
            INSTANCE,
            {ast.PARTY_ID: "500000", ast.INSTANCE_ID: "500000/1", ast.TASK: "Task_1"},
        ),
        (replace(INSTANCE, task="", end_event="End"), {
            ast.PARTY_ID: "500000", ast.INSTANCE_ID: "500000/1", ast.END_EVENT: "End",
        }),
    ):  # fmt: skip
        request = build_request(
            principal=OWNER, resource=resource, action="read", roles=NOBODY
        )
        named = {
            ast.ORG: "ttd",
            ast.APP: "my-app",
            ast.RESOURCE_ID: "app_ttd_my-app",
            **own,
        }
        found = {k: v for k, v in request.attributes.items() if k[0] != ast.SUBJECT}
        assert found == {
            (ast.ACTION, ast.ACTION_ID): (AttributeValue(ast.STRING, "read"),),
            **{
                (ast.RESOURCE, n): (AttributeValue(ast.STRING, v),)
                for n, v in named.items()
            },
        }


@pytest.mark.parametrize(
    ("principal", "action", "resource", "calls"),
    [
        (USER, "read", INSTANCE, 1),
        (USER, "complete", INSTANCE, 0),
        (USER, "confirm", INSTANCE, 0),
        (USER, "read", APP, 0),
        (USER, "read", replace(INSTANCE, app="other"), 0),
        (OWNER, "read", INSTANCE, 0),
        (SYSTEM_USER, "read", INSTANCE, 0),
        (replace(USER, org="ttd"), "read", INSTANCE, 0),
        (UNKNOWN, "read", INSTANCE, 0),
    ],
)
def test_roles_are_asked_for_once_and_only_where_one_could_decide(
    principal: Principal, action: str, resource: Resource, calls: int
) -> None:
    """Z-052"""
    roles = Roles("regna")
    decide(
        template(), principal=principal, resource=resource, action=action, roles=roles
    )
    assert roles.calls == calls


def test_slow_policy_asks_for_roles_only_if_it_uses_them() -> None:
    """Z-052"""
    without = compiled(rule_for(ast.ORG, "ttd", effect="Deny"), policy_xml.rule())
    with_role = compiled(
        rule_for(ast.ROLE_CODE, "dagl", effect="Deny"), policy_xml.rule()
    )
    for table, resource, calls in (
        (without, INSTANCE, 0),
        (with_role, INSTANCE, 1),
        (with_role, APP, 0),
    ):
        roles = Roles()
        decide(table, principal=USER, resource=resource, action="read", roles=roles)
        assert (table.slow, roles.calls) == (True, calls)


def test_slow_policy_tells_deny_and_error_apart() -> None:
    """Z-060 Z-069"""
    must = policy_xml.match(
        attribute_id=ast.ORG, value="x", more='MustBePresent="true"'
    )
    table = compiled(
        rule_for(ast.ROLE_CODE, "dagl", effect="Deny"),
        policy_xml.rule(policy_xml.any_of([must]), effect="Deny"),
        policy_xml.rule(policy_xml.any_of([policy_xml.READ])),
    )
    assert reason(table, USER, "read", "dagl") is Reason.DENY
    assert reason(table, USER, "read") is Reason.INDETERMINATE
    assert reason(table, OWNER, "read") is Reason.PERMIT
    assert reason(table, OWNER, "write") is Reason.NOT_APPLICABLE


@pytest.mark.parametrize("effect", ["Permit", "Deny"])
def test_policy_never_grants_on_another_app_nor_to_an_unknown_caller(
    effect: str,
) -> None:
    """Z-004 Z-116"""
    # A rule without a resource, by the table and, with the second rule, by the
    # evaluator.
    table = compiled(policy_xml.rule(), rule_for(ast.ORG, "nobody", effect=effect))
    assert table.slow is (effect == "Deny")
    assert reason(table, OWNER) is Reason.PERMIT
    assert reason(table, UNKNOWN) is Reason.NOT_APPLICABLE
    for other in (replace(INSTANCE, app="other"), replace(INSTANCE, org="skd")):
        assert reason(table, OWNER, resource=other) is Reason.NOT_APPLICABLE


def test_two_roles_in_one_alternative_must_both_be_held() -> None:
    """Z-073"""
    both = [subject(ast.ROLE_CODE, "DAGL"), subject(ast.ROLE_CODE, "regna")]
    table = compiled(policy_xml.rule(policy_xml.any_of(both)))
    assert reason(table, USER, "read", "dagl", "REGNA") is Reason.PERMIT
    assert reason(table, USER, "read", "dagl") is Reason.NOT_APPLICABLE
