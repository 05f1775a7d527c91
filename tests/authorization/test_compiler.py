"""The decision table: what a policy compiles to, and when it does not."""

import dataclasses

import pytest

from apps_registry import xacml_ast as ast
from apps_registry.xacml import parse_policy
from authorization import tabular
from authorization.compiler import (
    ANY,
    NEVER,
    CompiledPolicy,
    Grant,
    StateKind,
    StateSelector,
    SubjectAttribute,
    SubjectPredicate,
    compile_policy,
)
from tests.apps_registry.policy_xml import (
    READ,
    SUBJECT,
    any_of,
    condition,
    literal,
    match,
    obligation,
    policy,
    rule,
)
from tests.shared import APPS

IGNORE_CASE = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
INTEGER_EQUAL = "urn:oasis:names:tc:xacml:1.0:function:integer-equal"
OWN_APP = [match(ast.RESOURCE, ast.ORG, "[ORG]"), match(ast.RESOURCE, ast.APP, "[APP]")]


def compiled(
    *parts: str, algorithm: str = "3.0:rule-combining-algorithm:deny-overrides"
) -> CompiledPolicy:
    content = policy(*parts, algorithm=f"urn:oasis:names:tc:xacml:{algorithm}")
    read = parse_policy(content, org="ttd", app="my-app")
    return compile_policy(read, org="ttd", app="my-app")


def resource(attribute_id: str, value: str, *, function: str = "") -> str:
    given = {"function": function} if function else {}
    return match(ast.RESOURCE, attribute_id, value, **given)


def subject(attribute_id: str, value: str) -> str:
    return match(ast.SUBJECT, attribute_id, value)


def roles(*codes: str) -> SubjectPredicate:
    return SubjectPredicate(SubjectAttribute.ROLE, frozenset(codes), ignore_case=True)


def owner(org: str = "ttd", *, ignore_case: bool = False) -> SubjectPredicate:
    return SubjectPredicate(SubjectAttribute.ORG, frozenset({org}), ignore_case)


def task(name: str, *, ignore_case: bool = False) -> StateSelector:
    return StateSelector(StateKind.TASK, name, ignore_case)


# Two of the apps name themselves; the others leave it to the placeholders.
NAMES = {
    "stateless-app": ("ttd", "stateless-app"),
    "tdd_permissive-app": ("tdd", "permissive-app"),
}


def shared(folder: str, *, name: tuple[str, str] | None = None) -> CompiledPolicy:
    org, app = name or NAMES.get(folder, ("ttd", "my-app"))
    content = (APPS / folder / "App/config/authorization/policy.xml").read_bytes()
    return compile_policy(parse_policy(content, org=org, app=app), org=org, app=app)


@pytest.mark.parametrize(
    "folder", sorted(path.name for path in APPS.iterdir() if path.is_dir())
)
def test_every_shared_app_compiles_to_a_table(folder: str) -> None:
    """Z-059 Z-073"""
    table = shared(folder)
    assert not table.slow
    assert table.uses_roles
    assert all(table.grants(action) for action in table.actions)


def test_template_lets_roles_and_the_owner_read_in_every_state() -> None:
    """Z-073"""
    table = shared("template_v8")
    everywhere = (
        Grant(ANY, (roles("priv", "dagl"),)),
        Grant(ANY, (owner(ignore_case=True),)),
    )
    assert set(table.grants("read")) == set(everywhere)
    assert table.grants("READ") == table.grants("read")
    assert table.grants("complete") == (Grant(ANY, (owner(ignore_case=True),)),)
    assert table.grants("confirm") == ()
    assert table.actions == {"read", "write", "delete", "instantiate", "complete"}
    assert (table.min_level, table.min_level_org) == (2, 3)


def test_grants_of_a_state_name_it() -> None:
    """Z-073"""
    table = shared("signing-test")
    auditors = (roles("a0237", "a0238"),)
    by_state = [g for g in table.grants("read") if g.selector != ANY]
    assert by_state == [
        Grant(task("Task_3"), auditors),
        Grant(StateSelector(StateKind.END, "EndEvent_1"), auditors),
    ]
    assert table.tasks == {"Task_1", "Task_2", "Task_3"}


def test_same_subject_twice_asks_for_it_once() -> None:
    """Z-059 Z-063"""
    table = shared("tdd_permissive-app")
    assert Grant(ANY, (owner("tdd"),)) in table.grants("read")


@pytest.mark.parametrize(
    ("org", "app"), [("ttd", "permissive-app"), ("tdd", "other"), ("skd", "other")]
)
def test_policy_that_names_another_app_grants_nothing(org: str, app: str) -> None:
    """Z-116"""
    table = shared("tdd_permissive-app", name=(org, app))
    assert not any(table.grants(action) for action in table.actions)
    assert not table.uses_roles


SLOW = {
    "deny rule": (rule(any_of([SUBJECT]), effect="Deny"),),
    "condition": (
        rule(any_of([SUBJECT]), body=condition(literal("true", ast.BOOLEAN))),
    ),
    "obligation of a rule": (rule(any_of([SUBJECT]), body=obligation()),),
    "policy target": (f"<Target>{any_of([READ])}</Target>", rule(any_of([SUBJECT]))),
    "must be present": (rule(any_of([match(more='MustBePresent="true"')])),),
    "issuer": (rule(any_of([match(more='MustBePresent="false" Issuer="ca"')])),),
    "membership": (
        rule(
            any_of(
                [match(function="urn:oasis:names:tc:xacml:1.0:function:string-is-in")]
            )
        ),
    ),
    "one party": (rule(any_of([*OWN_APP, resource(ast.PARTY_ID, "500000")])),),
    "one instance": (rule(any_of([*OWN_APP, resource(ast.INSTANCE_ID, "500000/1")])),),
}


@pytest.mark.parametrize("case", SLOW)
def test_what_has_no_place_in_a_table_goes_the_slow_path_and_grants_no_list(
    case: str,
) -> None:
    """Z-073"""
    table = compiled(*SLOW[case], obligation("3"))
    assert table.slow
    assert table.grants("read") == ()
    assert table.min_level == 3


@pytest.mark.parametrize(
    ("algorithm", "slow"),
    [
        ("3.0:rule-combining-algorithm:deny-overrides", False),
        ("3.0:rule-combining-algorithm:ordered-permit-overrides", False),
        ("3.0:policy-combining-algorithm:permit-overrides", False),
        ("1.0:rule-combining-algorithm:first-applicable", True),
        ("3.0:rule-combining-algorithm:deny-unless-permit", True),
        ("3.0:rule-combining-algorithm:permit-unless-deny", True),
    ],
)
def test_only_the_overrides_algorithms_have_a_table(
    algorithm: str, *, slow: bool
) -> None:
    """Z-073"""
    assert compiled(rule(any_of([SUBJECT])), algorithm=algorithm).slow is slow


def test_party_of_another_app_does_not_make_a_policy_slow() -> None:
    """Z-073 Z-116"""
    foreign = [resource(ast.ORG, "skd"), resource(ast.PARTY_ID, "500000")]
    table = compiled(rule(any_of([SUBJECT]), any_of(foreign)))
    assert (table.slow, table.grants("read")) == (False, ())


def test_more_terms_than_the_cap_go_the_slow_path() -> None:
    """Z-073 Z-117"""
    many = [[match(value=f"r{n}")] for n in range(tabular.MOST_TERMS // 2)]
    two = any_of([READ], [match(ast.ACTION, ast.ACTION_ID, "write")])
    assert not compiled(rule(any_of(*many), two)).slow
    assert compiled(rule(any_of(*many), two), rule(any_of([SUBJECT]))).slow


@pytest.mark.parametrize(
    "literals",
    [
        [resource(ast.APP, "other")],
        [resource(ast.ORG, "TTD")],
        [resource(ast.RESOURCE_ID, "app_ttd_other")],
        [resource("urn:altinn:appresource", "events")],
        [resource(ast.TASK, "")],
        [resource(ast.TASK, "Task_1"), resource(ast.TASK, "Task_2")],
        [resource(ast.TASK, "Same"), resource(ast.END_EVENT, "Same")],
        [subject("urn:altinn:resource:delegation", "app_ttd_my-app")],
        [subject(ast.ORG, "")],
        [match(ast.ACTION, "urn:other", "read")],
        [READ, match(ast.ACTION, ast.ACTION_ID, "write")],
        [match("urn:environment", "urn:time", "noon")],
        [
            match(
                attribute_id="urn:altinn:userid",
                value="1",
                data_type=ast.INTEGER,
                function=INTEGER_EQUAL,
            )
        ],
    ],
)
def test_term_that_no_request_satisfies_is_left_out(literals: list[str]) -> None:
    """Z-064 Z-073"""
    table = compiled(rule(any_of(literals)))
    assert (table.slow, table.grants("read"), table.grants("write")) == (False, (), ())


@pytest.mark.parametrize(
    ("literals", "selector"),
    [
        ([*OWN_APP], ANY),
        ([resource(ast.ORG, "TTD", function=IGNORE_CASE)], ANY),
        ([resource(ast.RESOURCE_ID, "app_[org]_[app]")], ANY),
        ([resource(ast.TASK, "Task_1")], task("Task_1")),
        (
            [resource(ast.TASK, "Task_1", function=IGNORE_CASE)],
            task("task_1", ignore_case=True),
        ),
        (
            [
                resource(ast.TASK, "TASK_1", function=IGNORE_CASE),
                resource(ast.TASK, "Task_1"),
            ],
            task("Task_1"),
        ),
        ([resource(ast.END_EVENT, "End")], StateSelector(StateKind.END, "End")),
    ],
)
def test_resource_becomes_a_selector_of_states(
    literals: list[str], selector: StateSelector
) -> None:
    """Z-073"""
    table = compiled(rule(any_of([SUBJECT]), any_of(literals), any_of([READ])))
    assert table.grants("read") == (Grant(selector, (roles("dagl"),)),)


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (ANY, {"Task_1", "task_1", "Task_2", "End", ""}),
        (task("Task_1"), {"Task_1"}),
        (task("task_1", ignore_case=True), {"Task_1", "task_1"}),
        (StateSelector(StateKind.END, "End"), {"End"}),
        (NEVER, set()),
    ],
)
def test_selector_selects_its_states_alone(
    selector: StateSelector, selected: set[str]
) -> None:
    """Z-066 Z-073"""
    states = {
        "Task_1": ("Task_1", ""),
        "task_1": ("task_1", ""),
        "Task_2": ("Task_2", ""),
    }
    states |= {"End": ("", "End"), "": ("", "")}
    found = {n for n, (t, e) in states.items() if selector.selects(task=t, end_event=e)}
    assert found == selected


def test_rule_without_target_grants_everything_to_anyone() -> None:
    """Z-060 Z-073"""
    assert compiled(rule()).grants("anything") == (Grant(ANY),)


def test_literals_of_one_alternative_must_hold_together() -> None:
    """Z-073"""
    both = [SUBJECT, match(value="REGNA"), subject(ast.ORG, "skd")]
    (grant,) = compiled(rule(any_of(both), any_of([READ]))).grants("read")
    assert set(grant.all_of) == {roles("dagl"), roles("regna"), owner("skd")}


def test_both_names_of_the_organisation_number_are_one_attribute() -> None:
    """Z-064"""
    names = ("urn:altinn:organizationnumber", "urn:altinn:organization:identifier-no")
    numbers = any_of(*([subject(name, f"{n}")] for n, name in enumerate(names)))
    (grant,) = compiled(rule(numbers, any_of([READ]))).grants("read")
    assert grant.all_of == (
        SubjectPredicate(SubjectAttribute.ORG_NUMBER, frozenset({"0", "1"})),
    )


def test_action_is_compared_as_its_function_says() -> None:
    """Z-073"""
    loosely = match(ast.ACTION, ast.ACTION_ID, "Sign", function=IGNORE_CASE)
    table = compiled(
        rule(any_of([SUBJECT]), any_of([match(ast.ACTION, ast.ACTION_ID, "Read")])),
        rule(any_of([SUBJECT]), any_of([loosely])),
    )
    granted = (Grant(ANY, (roles("dagl"),)),)
    assert [table.grants(a) for a in ("Read", "sign", "SIGN")] == [granted] * 3
    assert [table.grants(a) for a in ("read", "READ", "sig")] == [()] * 3


def test_who_is_granted_every_state_needs_no_grant_for_one() -> None:
    """Z-073 Z-075"""
    table = compiled(
        rule(
            any_of([SUBJECT], [match(value="regna")]), any_of([resource(ast.TASK, "T")])
        ),
        rule(any_of([SUBJECT])),
    )
    assert set(table.grants("read")) == {
        Grant(ANY, (roles("dagl"),)),
        Grant(task("T"), (roles("regna"),)),
    }


@pytest.mark.parametrize(
    ("obligations", "levels"),
    [
        ("", (0, None)),
        (obligation("4"), (4, None)),
        (obligation("3", category=ast.MINIMUM_LEVEL_ORG), (0, 3)),
        (obligation("2", fulfill_on="Deny"), (0, None)),
        (
            (obligation("2") + obligation("4") + obligation("3")).replace(
                "</ObligationExpressions><ObligationExpressions>", ""
            ),
            (4, None),
        ),
    ],
)
def test_levels_are_known_by_category_and_the_highest_counts(
    obligations: str, levels: tuple[int, int | None]
) -> None:
    """Z-070"""
    table = compiled(rule(any_of([SUBJECT])), obligations)
    assert (table.min_level, table.min_level_org) == levels


@pytest.mark.parametrize(
    ("part", "uses"),
    [
        (rule(any_of([SUBJECT]), effect="Deny"), True),
        (rule(any_of([subject(ast.ORG, "ttd")]), effect="Deny"), False),
        (rule(any_of([subject(ast.ORG, "ttd")])), False),
    ],
)
def test_policy_knows_whether_roles_matter(part: str, *, uses: bool) -> None:
    """Z-052"""
    assert compiled(part).uses_roles is uses


def test_role_in_a_condition_matters() -> None:
    """Z-052"""
    bag = (
        f'<AttributeDesignator Category="{ast.SUBJECT}" AttributeId="{ast.ROLE_CODE}" '
        f'DataType="{ast.STRING}" MustBePresent="false"/>'
    )
    name = "urn:oasis:names:tc:xacml:1.0:function:string-is-in"
    among = f'<Apply FunctionId="{name}">{literal("dagl")}{bag}</Apply>'
    assert compiled(rule(body=condition(among))).uses_roles


def test_compiled_policy_cannot_be_changed() -> None:
    """Z-073"""
    table = shared("template_v8")
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.slow = True  # type: ignore[misc]  # must fail
    with pytest.raises(TypeError):
        table.ignoring_case["read"] = ()  # type: ignore[index]  # must fail
