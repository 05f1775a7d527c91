"""Reading a policy: what is understood, and what is warned of."""

from fractions import Fraction
from pathlib import Path

import pytest

from apps_registry import xacml_ast as ast
from apps_registry.xacml import PolicyRefused, parse_policy
from apps_registry.xacml_lint import lint_policy
from tests.apps_registry.policy_xml import (
    DESIGNATOR,
    OTHER_SUBJECT,
    READ,
    SUBJECT,
    WRITE,
    any_of,
    apply,
    condition,
    literal,
    match,
    obligation,
    parse,
    policy,
    rule,
)
from tests.shared import APPS, PARTIES

SHARED_POLICIES = [
    *sorted(APPS.glob("*/App/config/authorization/policy.xml")),
    *sorted(PARTIES.glob("authorization/resources/policies/*.xml")),
]


@pytest.mark.parametrize("path", SHARED_POLICIES, ids=lambda path: path.parts[-5])
def test_every_shared_policy_is_read_whole(path: Path) -> None:
    """Z-058 Z-059"""
    content = path.read_bytes()
    read = parse(content)
    matches = [m for rule in read.rules for m in ast.matches(rule.target)]
    assert len(read.rules) == content.count(b"</xacml:Rule>")
    assert len(matches) == content.count(b"</xacml:Match>")
    assert len(read.obligations) == content.count(b"</xacml:ObligationExpression>")
    assert not [m for m in matches if "[" in m.literal.value]


def test_placeholders_are_filled_inside_values_alone() -> None:
    """Z-058"""
    values = ["[ORG]", "[org]", "[APP]", "[app]", "app_[ORG]_[APP]", "[Org]", "ORG"]
    content = policy(
        rule(any_of(*([match(attribute_id="[ORG]", value=v)] for v in values)))
    )
    read = parse(content)
    found = list(ast.matches(read.rules[0].target))
    assert [m.literal.value for m in found] == [
        "ttd", "ttd", "my-app", "my-app", "app_ttd_my-app", "[Org]", "ORG",
    ]  # fmt: skip
    assert {m.designator.attribute_id for m in found} == {"[ORG]"}
    assert (read.id, read.rules[0].id) == ("policy:[ORG]", "rule:[ORG]")


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    """Z-058"""
    content = policy(rule(any_of([match(value="[ORG]")])))
    read = parse_policy(content, org="[app]", app="my-app")
    assert next(ast.matches(read.rules[0].target)).literal.value == "[app]"


def test_comments_and_a_byte_order_mark_change_nothing() -> None:
    """Z-058"""
    plain = policy(rule(any_of([SUBJECT]), any_of([READ])))
    commented = plain.replace(b">dagl<", b">da<!-- x -->gl<").replace(
        b"<AllOf>", b"<AllOf><!-- -->"
    )
    assert parse(b"\xef\xbb\xbf" + commented) == parse(plain)


def test_blanks_around_a_comment_are_part_of_the_value() -> None:
    """Z-058"""
    content = policy(rule(any_of([match(value=" <!-- x -->dagl")])))
    read = parse(content)
    assert next(ast.matches(read.rules[0].target)).literal.value == " dagl"


def test_a_rule_knows_the_lines_of_its_matches() -> None:
    """Z-058: of those that are spelled like others, too"""
    first = any_of([SUBJECT], [OTHER_SUBJECT]).replace("<Match", "\n<Match")
    content = policy(rule(first), rule(any_of([SUBJECT]), any_of([READ])))
    assert [one.lines for one in parse(content).rules] == [(4, 5), (6, 6)]


@pytest.mark.parametrize(
    ("algorithm", "combining"),
    [
        ("3.0:rule-combining-algorithm:deny-overrides", ast.Combining.DENY_OVERRIDES),
        (
            "3.0:rule-combining-algorithm:permit-overrides",
            ast.Combining.PERMIT_OVERRIDES,
        ),
        (
            "3.0:rule-combining-algorithm:ordered-deny-overrides",
            ast.Combining.ORDERED_DENY_OVERRIDES,
        ),
        (
            "3.0:rule-combining-algorithm:ordered-permit-overrides",
            ast.Combining.ORDERED_PERMIT_OVERRIDES,
        ),
        (
            "3.0:rule-combining-algorithm:deny-unless-permit",
            ast.Combining.DENY_UNLESS_PERMIT,
        ),
        (
            "3.0:rule-combining-algorithm:permit-unless-deny",
            ast.Combining.PERMIT_UNLESS_DENY,
        ),
        (
            "1.0:rule-combining-algorithm:first-applicable",
            ast.Combining.FIRST_APPLICABLE,
        ),
        ("1.0:rule-combining-algorithm:deny-overrides", ast.Combining.DENY_OVERRIDES),
        (
            "1.0:rule-combining-algorithm:permit-overrides",
            ast.Combining.PERMIT_OVERRIDES,
        ),
        ("3.0:policy-combining-algorithm:deny-overrides", ast.Combining.DENY_OVERRIDES),
        (
            "3.0:policy-combining-algorithm:permit-overrides",
            ast.Combining.PERMIT_OVERRIDES,
        ),
    ],
)
def test_every_known_combining_algorithm_is_read(
    algorithm: str, combining: ast.Combining
) -> None:
    """Z-061"""
    read = parse(policy(rule(), algorithm=f"urn:oasis:names:tc:xacml:{algorithm}"))
    assert read.algorithm is combining


AMBIGUOUS = {
    "two AnyOf of one category": (
        any_of([SUBJECT]),
        any_of([OTHER_SUBJECT]),
        any_of([READ]),
    ),
    "mixed alternatives": (any_of([SUBJECT, READ], [OTHER_SUBJECT, WRITE]),),
    "one alternative mixed": (any_of([SUBJECT], [OTHER_SUBJECT, WRITE]),),
    "alternatives of different categories": (any_of([SUBJECT], [READ]),),
    "mixed alternative beside its category": (any_of([SUBJECT, READ]), any_of([WRITE])),
}


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_policy_that_two_engines_read_differently_needs_the_opt_in(case: str) -> None:
    """Z-059 Z-063 Z-086 D-10"""
    content = policy("<Target/>", rule(*AMBIGUOUS[case]))
    with pytest.raises(PolicyRefused, match='policySemantics to "altinn"') as caught:
        parse(content)
    found = [(issue.pointer, issue.code) for issue in caught.value.issues]
    assert found == [("policy.xml:4", "policy-ambiguous")]
    read = parse(content, "altinn")
    assert read.semantics == "altinn"
    per_any_of = [
        {m.designator.category for m in ast.matches((any_of,))}
        for any_of in read.rules[0].target
    ]
    assert sorted(map(sorted, per_any_of)) == [[ast.SUBJECT], [ast.ACTION]]


@pytest.mark.parametrize(
    "target",
    [
        (any_of([SUBJECT], [OTHER_SUBJECT]), any_of([READ], [WRITE])),
        (any_of([SUBJECT, OTHER_SUBJECT]), any_of([READ])),
        (any_of([SUBJECT]), any_of([match(ast.RESOURCE, ast.ORG, "ttd"), READ])),
        (
            any_of([SUBJECT], [OTHER_SUBJECT]),
            any_of([OTHER_SUBJECT], [SUBJECT]),
            any_of([READ]),
        ),
        (),
    ],
    ids=[
        "usual",
        "both subjects",
        "one mixed alternative",
        "same AnyOf twice",
        "empty",
    ],
)
def test_policy_that_both_engines_read_alike_needs_no_opt_in(
    target: tuple[str, ...],
) -> None:
    """Z-063"""
    assert parse(policy(rule(*target))).semantics == "standard"


def test_policy_target_is_kept_by_the_standard_and_dropped_by_altinn() -> None:
    """Z-060 Z-063"""
    content = policy(f"<Target>{any_of([READ])}</Target>", rule(any_of([SUBJECT])))
    standard = parse(content)
    assert len(standard.target) == 1
    assert parse(content, "altinn").target == ()
    (warning,) = lint_policy(standard, org="ttd", app="my-app")
    assert (warning.pointer, warning.code) == ("policy.xml:3", "policy-target")


def test_condition_and_obligations_are_read() -> None:
    """Z-058 Z-070"""
    compared = apply(
        "string-equal", apply("string-one-and-only", DESIGNATOR), literal("[org]")
    )
    content = policy(
        rule(
            any_of([SUBJECT]),
            body=condition(compared) + obligation(fulfill_on="Deny", category="urn:x"),
        ),
        obligation(" 3 ", category=ast.MINIMUM_LEVEL_ORG),
    )
    read = parse(content)
    string_equal = ast.FUNCTIONS["urn:oasis:names:tc:xacml:1.0:function:string-equal"]
    one_and_only = ast.FUNCTIONS[
        "urn:oasis:names:tc:xacml:1.0:function:string-one-and-only"
    ]
    org = ast.Designator(ast.SUBJECT, ast.ORG, ast.STRING)
    assert read.rules[0].condition == ast.Condition(
        ast.Apply(
            string_equal,
            (ast.Apply(one_and_only, (org,)), ast.AttributeValue(ast.STRING, "ttd")),
        )
    )
    assert [o.fulfill_on for o in read.rules[0].obligations] == [ast.Effect.DENY]
    assert [a.category for o in read.obligations for a in o.assignments] == [
        ast.MINIMUM_LEVEL_ORG
    ]


def test_membership_and_nested_equality_are_read() -> None:
    """Z-060"""
    is_in = apply("string-is-in", literal("ttd"), DESIGNATOR)
    body = condition(apply("boolean-equal", is_in, literal("true", ast.BOOLEAN)))
    assert parse(policy(rule(body=body))).rules[0].condition is not None


def test_rules_that_name_another_app_are_warned_of_with_their_line() -> None:
    """Z-116"""
    ignore_case = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
    content = policy(
        rule(
            any_of(
                [
                    match(ast.RESOURCE, ast.ORG, "[ORG]"),
                    match(ast.RESOURCE, ast.APP, "[APP]"),
                ]
            )
        ),
        rule(
            any_of(
                [
                    match(ast.RESOURCE, ast.ORG, "skd"),
                    match(ast.RESOURCE, ast.APP, "[APP]"),
                ]
            )
        ),
        rule(any_of([match(ast.RESOURCE, ast.APP, "tax")])),
        rule(any_of([match(ast.RESOURCE, ast.RESOURCE_ID, "app_skd_my-app")])),
        rule(any_of([match(ast.RESOURCE, ast.RESOURCE_ID, "app_[ORG]_[APP]")])),
        rule(any_of([match(ast.RESOURCE, ast.ORG, "TTD")])),
        rule(any_of([match(ast.RESOURCE, ast.ORG, "TTD", function=ignore_case)])),
        rule(any_of([match(ast.SUBJECT, ast.ORG, "skd")])),
    )
    warnings = lint_policy(parse(content), org="ttd", app="my-app")
    assert {warning.code for warning in warnings} == {"policy-names-other-app"}
    assert [warning.pointer for warning in warnings] == [
        f"policy.xml:{line}" for line in (4, 5, 6, 8)
    ]
    assert "'skd'" in warnings[0].detail


def test_white_space_in_a_value_and_a_policy_without_rules_are_warned_of() -> None:
    """Z-058"""
    spaced = parse(policy("<Target/>", rule(any_of([match(value=" dagl")]))))
    (warning,) = lint_policy(spaced, org="ttd", app="my-app")
    assert (warning.pointer, warning.code) == ("policy.xml:4", "policy-white-space")
    (warning,) = lint_policy(parse(policy("<Target/>")), org="ttd", app="my-app")
    assert warning.code == "policy-without-rules"


@pytest.mark.parametrize(
    ("data_type", "text", "same"),
    [
        (ast.STRING, " a", " a"),
        (ast.ANY_URI, "urn:a", "urn:a"),
        (ast.INTEGER, " +07\n", "7"),
        (ast.BOOLEAN, "1", "true"),
        (ast.DATE, "2024-02-29Z", "2024-02-29"),
        (ast.DATE, "2024-02-29+02:00", "2024-02-29+02:00"),
        (ast.TIME, "09:30:00.50+01:00", "08:30:00.5"),
        (ast.DATE_TIME, "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"),
    ],
)
def test_values_that_mean_the_same_compare_equal(
    data_type: str, text: str, same: str
) -> None:
    """Z-062"""
    assert ast.comparable(data_type, text) == ast.comparable(data_type, same)


def test_fractions_of_a_second_count() -> None:
    """Z-062"""
    assert ast.comparable(ast.DATE_TIME, "1970-01-01T00:00:01.5Z") == Fraction(3, 2)


@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        (ast.INTEGER, "1.0"),
        (ast.INTEGER, "٣"),
        (ast.INTEGER, "9" * 101),
        (ast.BOOLEAN, "TRUE"),
        (ast.DATE, "2023-02-29"),
        (ast.DATE, "2023-02-09T00:00:00"),
        (ast.TIME, "25:00:00"),
        (ast.DATE_TIME, "2023-02-09"),
        ("urn:x", "a"),
    ],
)
def test_text_that_is_no_value_of_the_type_is_refused(
    data_type: str, text: str
) -> None:
    """Z-062"""
    with pytest.raises(ValueError, match=r".+"):
        ast.comparable(data_type, text)


def test_match_that_is_repeated_is_read_once_and_warned_of_at_each_line() -> None:
    """Z-058 Z-116"""
    foreign = match(ast.RESOURCE, ast.ORG, "skd")
    commented = foreign.replace("skd", "sk<!-- -->d")
    content = policy(*(rule(any_of([part])) for part in (foreign, foreign, commented)))
    read = parse(content)
    first, second, third = (next(ast.matches(one.target)) for one in read.rules)
    assert first is second
    assert first == third
    warnings = lint_policy(read, org="ttd", app="my-app")
    assert [w.pointer for w in warnings] == [f"policy.xml:{n}" for n in (3, 4, 5)]


def test_finding_that_is_repeated_is_reported_at_each_line() -> None:
    """Z-058"""
    wrong = rule(any_of([match(function="urn:unknown")]))
    spaced = wrong.replace("</Match>", "<Other/></Match>")
    with pytest.raises(PolicyRefused) as refused:
        parse(policy(wrong, rule(any_of([SUBJECT])), wrong, spaced))
    found = [(issue.pointer, issue.code) for issue in refused.value.issues]
    assert found == [
        ("policy.xml:3", "policy-function"),
        ("policy.xml:5", "policy-function"),
        ("policy.xml:6", "policy-element"),
        ("policy.xml:6", "policy-function"),
    ]
