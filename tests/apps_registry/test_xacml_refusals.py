"""A policy that cannot be evaluated as meant is refused, each finding at its line."""

import pytest

from apps_registry import xacml_ast as ast
from apps_registry.xacml import PolicyRefused
from common.errors import DomainError
from tests.apps_registry.policy_xml import (
    DESIGNATOR,
    EQUAL,
    SUBJECT,
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


def refusal(content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(PolicyRefused) as caught:
        parse(content)
    for issue in caught.value.issues:
        assert issue.detail
    return [(issue.pointer, issue.code) for issue in caught.value.issues]


REFUSED_RULES = {
    "unknown function": (any_of([match(function="urn:x")]), "", "policy-function"),
    "regular expression": (
        any_of(
            [
                match(
                    function="urn:oasis:names:tc:xacml:1.0:function:string-regexp-match"
                )
            ]
        ),
        "",
        "policy-function",
    ),
    "function of no comparison": (
        any_of(
            [
                match(
                    function="urn:oasis:names:tc:xacml:1.0:function:string-one-and-only"
                )
            ]
        ),
        "",
        "policy-function",
    ),
    "unknown data type": (any_of([match(data_type="urn:x")]), "", "policy-data-type"),
    "function of another data type": (
        any_of([match(value="1", data_type=ast.INTEGER)]),
        "",
        "policy-data-type",
    ),
    "no number": (
        any_of(
            [
                match(
                    value="two",
                    data_type=ast.INTEGER,
                    function=EQUAL.replace("string", "integer"),
                )
            ]
        ),
        "",
        "policy-value",
    ),
    "unclear MustBePresent": (
        any_of([match(more='MustBePresent="no"')]),
        "",
        "policy-value",
    ),
    "no attribute id": (any_of([match(attribute_id="")]), "", "policy-attribute"),
    "element inside a value": (
        any_of([match(value="<b>dagl</b>")]),
        "",
        "policy-element",
    ),
    "no designator": (
        any_of([f'<Match MatchId="{EQUAL}">{literal("dagl")}</Match>']),
        "",
        "policy-element",
    ),
    "selector": (
        any_of([SUBJECT.replace("AttributeDesignator", "AttributeSelector")]),
        "",
        "policy-element",
    ),
    "empty AllOf": (any_of([]), "", "policy-element"),
    "empty AnyOf": ("<AnyOf/>", "", "policy-element"),
    "element of no namespace": (
        any_of([SUBJECT.replace("<Match ", '<Match xmlns="" ')]),
        "",
        "policy-element",
    ),
    "second target": (any_of([SUBJECT]), "<Target/>", "policy-element"),
    "variable": (
        any_of([SUBJECT]),
        '<VariableDefinition VariableId="v"/>',
        "policy-element",
    ),
    "condition of text": (
        any_of([SUBJECT]),
        condition(literal("x")),
        "policy-condition",
    ),
    "two conditions in one": (
        any_of([SUBJECT]),
        condition(literal("true", ast.BOOLEAN), literal("true", ast.BOOLEAN)),
        "policy-condition",
    ),
    "empty condition": (any_of([SUBJECT]), condition(), "policy-condition"),
    "bag compared with a value": (
        any_of([SUBJECT]),
        condition(apply("string-equal", DESIGNATOR, literal("ttd"))),
        "policy-data-type",
    ),
    "condition of arithmetic": (
        any_of([SUBJECT]),
        condition(
            apply("integer-add", literal("1", ast.INTEGER), literal("1", ast.INTEGER))
        ),
        "policy-function",
    ),
    "variable reference": (
        any_of([SUBJECT]),
        condition('<VariableReference VariableId="v"/>'),
        "policy-element",
    ),
    "obligation of another kind": (
        any_of([SUBJECT]),
        obligation(category="urn:mail"),
        "policy-obligation",
    ),
    "level above four": (any_of([SUBJECT]), obligation("5"), "policy-obligation"),
    "level as text": (
        any_of([SUBJECT]),
        obligation(data_type=ast.STRING),
        "policy-obligation",
    ),
    "obligation on maybe": (
        any_of([SUBJECT]),
        obligation(fulfill_on="Maybe"),
        "policy-value",
    ),
    "obligation without assignment": (
        any_of([SUBJECT]),
        "<ObligationExpressions>"
        "<ObligationExpression ObligationId='o' FulfillOn='Permit'/>"
        "</ObligationExpressions>",
        "policy-obligation",
    ),
}


@pytest.mark.parametrize("case", REFUSED_RULES)
def test_rule_that_cannot_be_evaluated_is_refused_with_its_line(case: str) -> None:
    """Z-058; Z-097 too: the only function with a pattern is refused"""
    target, body, code = REFUSED_RULES[case]
    content = policy("<Target/>", rule(any_of([SUBJECT])), rule(target, body=body))
    assert set(refusal(content)) == {("policy.xml:5", code)}


def test_effect_must_be_permit_or_deny() -> None:
    """Z-058"""
    assert refusal(policy(rule(effect="Allow"))) == [("policy.xml:3", "policy-value")]
    assert refusal(policy(rule(effect=""))) == [("policy.xml:3", "policy-attribute")]


def test_condition_nested_without_end_is_refused() -> None:
    """Z-058"""
    nested = literal("true", ast.BOOLEAN)
    for _ in range(40):
        nested = apply("boolean-equal", nested, literal("true", ast.BOOLEAN))
    assert refusal(policy(rule(body=condition(nested)))) == [
        ("policy.xml:3", "policy-element")
    ]


@pytest.mark.parametrize(
    "algorithm",
    [
        "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:only-one-applicable",
        "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:first-applicable",
        "deny-overrides",
    ],
)
def test_unknown_combining_algorithm_is_refused(algorithm: str) -> None:
    """Z-061"""
    content = policy("<Target/>", algorithm=algorithm)
    with pytest.raises(PolicyRefused) as caught:
        parse(content)
    (issue,) = caught.value.issues
    assert (issue.pointer, issue.code) == ("policy.xml:2", "policy-algorithm")
    assert algorithm in issue.detail


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (b"", 1, "xml-malformed"),
        (b"\n\n<Policy", 3, "xml-malformed"),
        (
            b'<!DOCTYPE Policy [<!ENTITY e SYSTEM "file:///etc/hostname">]>\n'
            + policy(rule()),
            None,
            "xml-doctype-refused",
        ),
        (b"<a>" * 65 + b"</a>" * 65, None, "xml-too-deep"),
    ],
    ids=["empty", "cut short", "doctype", "deep"],
)
def test_document_that_is_no_xml_is_refused(
    content: bytes, line: int | None, code: str
) -> None:
    """Z-058 Z-094: by the reader of all XML"""
    with pytest.raises(DomainError) as caught:
        parse(content)
    assert caught.value.code == code
    assert caught.value.context.get("line") == line


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            policy(rule()).replace(b"3.0:core:schema:wd-17", b"2.0:policy:schema:os"),
            ("policy.xml:2", "policy-root"),
        ),
        (
            policy(rule()).replace(b"Policy", b"PolicySet"),
            ("policy.xml:2", "policy-root"),
        ),
        (b"<Policy/>", ("policy.xml:1", "policy-root")),
    ],
    ids=["other namespace", "policy set", "no namespace"],
)
def test_document_that_is_no_policy_is_refused(
    content: bytes, expected: tuple[str, str]
) -> None:
    """Z-058 Z-094"""
    assert refusal(content) == [expected]


def test_every_finding_is_reported_at_once() -> None:
    """Z-058"""
    content = policy(
        rule(any_of([match(function="urn:a")], [match(function="urn:b")])),
        rule(any_of([match(data_type="urn:c")]), effect="Maybe"),
        obligation("9"),
        algorithm="urn:d",
    )
    assert sorted(refusal(content)) == [
        ("policy.xml:2", "policy-algorithm"),
        ("policy.xml:3", "policy-function"),
        ("policy.xml:3", "policy-function"),
        ("policy.xml:4", "policy-data-type"),
        ("policy.xml:4", "policy-data-type"),
        ("policy.xml:4", "policy-value"),
        ("policy.xml:5", "policy-obligation"),
    ]


def test_refusal_names_the_value_and_counts_the_findings() -> None:
    """Z-058"""
    with pytest.raises(
        PolicyRefused, match=r"2 finding.*policy\.xml:3.*'urn:odd\{0\}'"
    ) as caught:
        parse(
            policy(
                rule(any_of([match(function="urn:odd{0}")], [match(function="urn:b")]))
            )
        )
    assert caught.value.code == "policy-refused"
