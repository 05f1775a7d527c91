"""The decision table and the evaluator answer alike, whatever is asked."""

import itertools
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps_registry import xacml_ast as ast
from apps_registry.xacml import parse_policy
from apps_registry.xacml_ast import AttributeValue, Effect
from authorization.compiler import CompiledPolicy, compile_policy
from authorization.evaluator import Outcome, evaluate
from authorization.pdp import Reason, build_request, decide
from authorization.resources import Resource
from parties.identity import Principal, PrincipalKind
from tests.authorization.test_pdp import (
    NOBODY,
    ORGANISATION,
    OWNER,
    PRINCIPALS,
    SYSTEM_USER,
    USER,
    Roles,
)
from tests.shared import APPS, PARTIES


def assert_both_paths_agree(
    table: CompiledPolicy,
    principal: Principal,
    resource: Resource,
    action: str,
    codes: frozenset[str],
) -> None:
    roles = Roles(*codes)
    fast = decide(
        table, principal=principal, resource=resource, action=action, roles=roles
    )
    slow = decide(
        replace(table, slow=True),
        principal=principal, resource=resource, action=action, roles=Roles(*codes),
    )  # fmt: skip
    assert fast == slow
    assert roles.calls <= 1
    request = build_request(
        principal=principal, resource=resource, action=action, roles=codes
    )
    own = resource.org == table.org and resource.app == table.app
    ruled = evaluate(table.policy, request).outcome is Outcome.PERMIT
    expected = ruled and own and principal.kind is not PrincipalKind.UNKNOWN
    assert (fast.reason in (Reason.PERMIT, Reason.LEVEL_TOO_LOW)) is expected


def names_of(path: Path) -> tuple[str, str]:
    read = parse_policy(path.read_bytes(), org="ttd", app="my-app")
    found = {
        m.designator.attribute_id: m.literal.value for m in literals(read, ast.RESOURCE)
    }
    return found.get(ast.ORG, "ttd"), found.get(ast.APP, "my-app")


def literals(policy: ast.Policy, category: str, *attribute_ids: str) -> list[ast.Match]:
    return [
        match
        for rule in policy.rules
        for match in ast.matches(rule.target)
        if match.designator.category == category
        and (not attribute_ids or match.designator.attribute_id in attribute_ids)
    ]


def values(policy: ast.Policy, category: str, *attribute_ids: str) -> list[str]:
    return sorted({m.literal.value for m in literals(policy, category, *attribute_ids)})


@pytest.mark.parametrize(
    "path",
    [
        *sorted(APPS.glob("*/App/config/authorization/policy.xml")),
        *sorted(PARTIES.glob("authorization/resources/policies/*.xml")),
    ],
    ids=lambda path: path.parts[-5],
)
def test_both_paths_agree_on_everything_a_shared_policy_mentions(path: Path) -> None:
    """Z-069 Z-074"""
    org, app = names_of(path)
    policy = parse_policy(path.read_bytes(), org=org, app=app)
    table = compile_policy(policy, org=org, app=app)
    numbers = values(
        policy, ast.SUBJECT,
        "urn:altinn:organizationnumber", "urn:altinn:organization:identifier-no",
    )  # fmt: skip
    callers = [
        *PRINCIPALS,
        *(replace(OWNER, org=code) for code in values(policy, ast.SUBJECT, ast.ORG)),
        *(replace(ORGANISATION, org_number=number) for number in numbers),
        *(
            replace(SYSTEM_USER, system_user_id=uuid)
            for uuid in values(policy, ast.SUBJECT, "urn:altinn:systemuser:uuid")
        ),
    ]
    held = [NOBODY, frozenset({"unknown"})]
    held += [frozenset({code}) for code in values(policy, ast.SUBJECT, ast.ROLE_CODE)]
    here = Resource(org=org, app=app, party_id=500000)
    states = [here, replace(here, party_id=None), replace(here, app="unknown")]
    states += [replace(here, task=t) for t in [*table.tasks, "Unknown"]]
    states += [
        replace(here, end_event=e)
        for e in [*values(policy, ast.RESOURCE, ast.END_EVENT), "Unknown"]
    ]
    asked: Iterable[tuple[Principal, frozenset[str]]] = [
        *((caller, NOBODY) for caller in callers),
        *((USER, codes) for codes in held),
    ]
    for (principal, codes), state, action in itertools.product(
        asked, states, [*table.actions, "unknown", ""]
    ):
        assert_both_paths_agree(table, principal, state, action, codes)


NAMES = {
    ast.SUBJECT: [
        *[(ast.ROLE_CODE, ["dagl", "DAGL", "regna"])] * 3,
        *[(ast.ORG, ["ttd", "TTD", "skd", ""])] * 3,
        (ast.ROLE_CODE, [""]),
        ("urn:altinn:userid", ["1337", "1"]),
        ("urn:altinn:organizationnumber", ["405003309"]),
        ("urn:altinn:organization:identifier-no", ["405003309"]),
        ("urn:altinn:systemuser:uuid", ["su-1", "SU-1"]),
        ("urn:altinn:authlevel", ["3"]),
        ("urn:altinn:accesspackage", ["skatt"]),
    ],
    ast.RESOURCE: [
        *[(ast.ORG, ["ttd", "ttd", "ttd", "TTD", "skd"])] * 3,
        *[(ast.APP, ["my-app", "my-app", "My-App", "other"])] * 3,
        (ast.RESOURCE_ID, ["app_ttd_my-app", "app_skd_other"]),
        *[(ast.TASK, ["Task_1", "task_1", "Task_2", ""])] * 5,
        *[(ast.END_EVENT, ["End", "END"])] * 3,
        ("urn:altinn:appresource", ["events"]),
        (ast.PARTY_ID, ["500000"]),
    ],
    ast.ACTION: [
        *[(ast.ACTION_ID, ["read", "read", "READ", "Read", "write", ""])] * 9,
        ("urn:other", ["read"]),
    ],
    "urn:environment": [("urn:time", ["noon"])],
}
EQUAL = ast.FUNCTIONS["urn:oasis:names:tc:xacml:1.0:function:string-equal"]
IGNORE_CASE = ast.FUNCTIONS[
    "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
]
ANY_URI_EQUAL = ast.FUNCTIONS["urn:oasis:names:tc:xacml:1.0:function:anyURI-equal"]


@st.composite
def matches(draw: st.DrawFn) -> ast.Match:
    usual = [ast.SUBJECT, ast.RESOURCE, ast.ACTION]
    category = draw(st.sampled_from([*usual * 7, "urn:environment"]))
    attribute_id, texts = draw(st.sampled_from(NAMES[category]))
    function = draw(st.sampled_from([*[EQUAL, IGNORE_CASE] * 10, ANY_URI_EQUAL]))
    data_type = function.data_type
    must_be_present = draw(st.sampled_from([False] * 100 + [True]))
    return ast.Match(
        function,
        AttributeValue(data_type, draw(st.sampled_from(texts))),
        ast.Designator(category, attribute_id, data_type, must_be_present),
    )


def some(
    strategy: st.SearchStrategy[ast.Match], most: int
) -> st.SearchStrategy[tuple[ast.Match, ...]]:
    return st.lists(strategy, min_size=1, max_size=most).map(tuple)


ALL_OFS = some(matches(), 2)
ANY_OFS = st.lists(ALL_OFS, min_size=1, max_size=3).map(tuple)
TARGETS = st.lists(ANY_OFS, max_size=3).map(tuple)
RULES = st.builds(
    ast.Rule,
    id=st.just("rule"),
    effect=st.sampled_from([Effect.PERMIT] * 40 + [Effect.DENY]),
    target=TARGETS | TARGETS.map(ast.project),
)
OVERRIDES = [ast.Combining.DENY_OVERRIDES, ast.Combining.ORDERED_PERMIT_OVERRIDES]
LEVEL = ast.Assignment("a", ast.MINIMUM_LEVEL, AttributeValue(ast.INTEGER, "3"))
POLICIES = st.builds(
    ast.Policy,
    id=st.just("policy"),
    algorithm=st.sampled_from([*OVERRIDES * 4, *ast.Combining]),
    rules=st.lists(RULES, min_size=1, max_size=5).map(tuple),
    obligations=st.sampled_from([(), (ast.Obligation("o", Effect.PERMIT, (LEVEL,)),)]),
)
RESOURCES = st.builds(
    Resource,
    org=st.sampled_from(["ttd", "ttd", "ttd", "skd"]),
    app=st.just("my-app"),
    party_id=st.sampled_from([500000, 500000, None]),
    task=st.sampled_from(["", "Task_1", "task_1", "Task_3"]),
) | st.builds(
    Resource,
    org=st.just("ttd"),
    app=st.just("my-app"),
    party_id=st.just(500000),
    end_event=st.sampled_from(["End", "end"]),
)


# PROPERTY_EXAMPLES=10000 looks longer than a run of the suite has time for.
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "400"))


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    policy=POLICIES,
    resources=st.lists(RESOURCES, min_size=4, max_size=4),
    codes=st.frozensets(st.sampled_from(["dagl", "DAGL", "REGNA", "medl"])),
    level=st.sampled_from([3, 3, 2]),
)
def test_both_paths_agree_on_any_policy(
    policy: ast.Policy, resources: list[Resource], codes: frozenset[str], level: int
) -> None:
    """Z-069 Z-074"""
    table = compile_policy(policy, org="ttd", app="my-app")
    callers = [replace(principal, level=level) for principal in PRINCIPALS]
    for principal, resource, action in itertools.product(
        callers, resources, ["read", "READ", ""]
    ):
        assert_both_paths_agree(table, principal, resource, action, codes)
