"""The slow path: the whole of a policy's semantics."""

from collections.abc import Sequence

import pytest

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import AttributeValue, Combining, Effect
from authorization.evaluator import Outcome, Request, Status, evaluate
from tests.apps_registry import policy_xml

OUTCOMES = {
    "P": Outcome.PERMIT,
    "D": Outcome.DENY,
    "N": Outcome.NOT_APPLICABLE,
    "p": Outcome.INDETERMINATE_P,
    "d": Outcome.INDETERMINATE_D,
    "x": Outcome.INDETERMINATE_DP,
}
PREFIX = "urn:oasis:names:tc:xacml:1.0:function:"
COLOUR = "urn:example:colour"


def function(name: str) -> ast.Function:
    return ast.FUNCTIONS[PREFIX + name]


def designator(
    data_type: str = ast.STRING, *, must_be_present: bool = False, issuer: str = ""
) -> ast.Designator:
    return ast.Designator(ast.SUBJECT, COLOUR, data_type, must_be_present, issuer)


def match(
    value: str = "red", *, must_be_present: bool = False, issuer: str = ""
) -> ast.Match:
    return ast.Match(
        function("string-equal"),
        AttributeValue(ast.STRING, value),
        designator(must_be_present=must_be_present, issuer=issuer),
    )


def target(*any_ofs: Sequence[Sequence[ast.Match]]) -> ast.Target:
    return tuple(tuple(tuple(all_of) for all_of in any_of) for any_of in any_ofs)


# A match that holds for a red subject, one that does not, and one that cannot be
# judged.
TRUE, FALSE = match("red"), match("blue")
ERROR = ast.Match(
    function("string-equal"),
    AttributeValue(ast.STRING, "red"),
    ast.Designator(ast.SUBJECT, "urn:example:absent", ast.STRING, must_be_present=True),
)
RED = Request({(ast.SUBJECT, COLOUR): (AttributeValue(ast.STRING, "red"),)})
NOTHING = Request({})
RULES = {
    "P": ast.Rule("permits", Effect.PERMIT),
    "D": ast.Rule("denies", Effect.DENY),
    "N": ast.Rule("does not apply", Effect.PERMIT, target([[FALSE]])),
    "p": ast.Rule("might permit", Effect.PERMIT, target([[ERROR]])),
    "d": ast.Rule("might deny", Effect.DENY, target([[ERROR]])),
}


def subject(*values: tuple[str, str], issuer: str = "") -> Request:
    bag = tuple(AttributeValue(data_type, value, issuer) for data_type, value in values)
    return Request({(ast.SUBJECT, COLOUR): bag})


def policy(
    *rules: ast.Rule,
    algorithm: Combining = Combining.DENY_OVERRIDES,
    own_target: ast.Target = (),
    obligations: tuple[ast.Obligation, ...] = (),
) -> ast.Policy:
    return ast.Policy("policy", algorithm, rules, own_target, obligations)


def outcome_of(rule_target: ast.Target, request: Request) -> Outcome:
    return evaluate(
        policy(ast.Rule("rule", Effect.PERMIT, rule_target)), request
    ).outcome


def outcome_if(expression: ast.Expression, request: Request = NOTHING) -> Outcome:
    rule = ast.Rule("rule", Effect.PERMIT, condition=ast.Condition(expression))
    return evaluate(policy(rule), request).outcome


@pytest.mark.parametrize(
    ("rule_target", "expected"),
    [
        (target(), "P"),
        (target([[TRUE, TRUE]]), "P"),
        (target([[TRUE, FALSE]]), "N"),
        (target([[TRUE, ERROR]]), "p"),
        (target([[ERROR, FALSE]]), "N"),
        (target([[FALSE], [TRUE]]), "P"),
        (target([[ERROR], [TRUE]]), "P"),
        (target([[ERROR], [FALSE]]), "p"),
        (target([[TRUE]], [[TRUE]]), "P"),
        (target([[TRUE]], [[FALSE]]), "N"),
        (target([[TRUE]], [[ERROR]]), "p"),
        (target([[ERROR]], [[FALSE]]), "N"),
    ],
)
def test_target_is_all_of_any_of_all_of(rule_target: ast.Target, expected: str) -> None:
    """Z-060"""
    assert outcome_of(rule_target, RED) is OUTCOMES[expected]


@pytest.mark.parametrize(
    ("algorithm", "rule", "of_error"),
    [
        (Combining.DENY_OVERRIDES, "P", "p"),
        (Combining.DENY_OVERRIDES, "D", "d"),
        (Combining.DENY_OVERRIDES, "N", "N"),
        (Combining.DENY_OVERRIDES, "d", "d"),
        (Combining.DENY_UNLESS_PERMIT, "N", "d"),
        (Combining.PERMIT_UNLESS_DENY, "N", "p"),
    ],
)
def test_policy_target_comes_before_its_rules(
    algorithm: Combining, rule: str, of_error: str
) -> None:
    """Z-060"""
    for own, expected in ((FALSE, "N"), (ERROR, of_error)):
        judged = policy(RULES[rule], algorithm=algorithm, own_target=target([[own]]))
        assert evaluate(judged, RED).outcome is OUTCOMES[expected]


def test_absent_attribute_is_an_error_only_if_it_must_be_present() -> None:
    """Z-062"""
    assert outcome_of(target([[match()]]), NOTHING) is Outcome.NOT_APPLICABLE
    rule = ast.Rule("rule", Effect.DENY, target([[match(must_be_present=True)]]))
    answer = evaluate(policy(rule), NOTHING)
    assert (answer.outcome, answer.status) == (
        Outcome.INDETERMINATE_D,
        Status.MISSING_ATTRIBUTE,
    )
    assert evaluate(policy(rule), RED).status is Status.OK


def test_status_is_ok_where_an_error_made_no_difference() -> None:
    """Z-060"""
    answer = evaluate(policy(RULES["p"], RULES["D"]), RED)
    assert (answer.outcome, answer.status) == (Outcome.DENY, Status.OK)


def test_any_value_of_the_bag_suffices() -> None:
    """Z-060"""
    bag = subject((ast.STRING, "blue"), (ast.STRING, "red"))
    assert outcome_of(target([[match("red")]]), bag) is Outcome.PERMIT


def test_issuer_narrows_the_bag() -> None:
    """Z-062"""
    named = target([[match(issuer="ca")]])
    values = (ast.STRING, "red")
    assert outcome_of(named, subject(values, issuer="ca")) is Outcome.PERMIT
    assert outcome_of(named, subject(values, issuer="other")) is Outcome.NOT_APPLICABLE
    assert outcome_of(named, subject(values)) is Outcome.NOT_APPLICABLE
    assert (
        outcome_of(target([[match()]]), subject(values, issuer="ca")) is Outcome.PERMIT
    )


def test_value_of_another_data_type_is_not_in_the_bag() -> None:
    """Z-062"""
    wrong = subject((ast.ANY_URI, "red"), ("string", "red"))
    assert outcome_of(target([[match()]]), wrong) is Outcome.NOT_APPLICABLE
    must = target([[match(must_be_present=True)]])
    assert outcome_of(must, wrong) is Outcome.INDETERMINATE_P


@pytest.mark.parametrize(
    ("data_type", "literal", "value", "expected"),
    [
        ("string", "red", "RED", "N"),
        ("anyURI", "urn:a", "urn:A", "N"),
        ("integer", "7", "+07", "P"),
        ("integer", "7", "8", "N"),
        ("integer", "7", "seven", "p"),
        ("boolean", "true", "1", "P"),
        ("date", "2024-01-01", "2024-01-01Z", "P"),
        ("time", "12:00:00Z", "13:00:00+01:00", "P"),
        ("dateTime", "2024-01-01T00:00:00Z", "2023-12-31T19:00:00-05:00", "P"),
        ("dateTime", "2024-01-01T00:00:00Z", "yesterday", "p"),
    ],
)
def test_equality_is_that_of_the_data_type(
    data_type: str, literal: str, value: str, expected: str
) -> None:
    """Z-060 Z-062"""
    uri = ast.STRING.replace("string", data_type)
    compared = ast.Match(
        function(f"{data_type}-equal"), AttributeValue(uri, literal), designator(uri)
    )
    assert outcome_of(target([[compared]]), subject((uri, value))) is OUTCOMES[expected]


def test_value_that_cannot_be_read_does_not_hide_one_that_matches() -> None:
    """Z-060"""
    compared = ast.Match(
        function("integer-equal"),
        AttributeValue(ast.INTEGER, "7"),
        designator(ast.INTEGER),
    )
    bag = subject((ast.INTEGER, "seven"), (ast.INTEGER, "7"))
    assert outcome_of(target([[compared]]), bag) is Outcome.PERMIT


@pytest.mark.parametrize(
    ("category", "attribute_id", "literal", "value", "expected"),
    [
        (ast.SUBJECT, ast.ROLE_CODE, "DAGL", "dagl", "P"),
        (ast.SUBJECT, ast.ROLE_CODE, "ffør", "FFØR", "P"),
        (ast.SUBJECT, "urn:digitaltdodsbo:rolecode", "DAGL", "dagl", "N"),
        (ast.RESOURCE, ast.ROLE_CODE, "DAGL", "dagl", "N"),
        (ast.SUBJECT, ast.ORG, "TTD", "ttd", "N"),
    ],
)
def test_case_of_role_codes_and_of_nothing_else_is_ignored(
    category: str, attribute_id: str, literal: str, value: str, expected: str
) -> None:
    """Z-048 Z-086 D-08"""
    compared = ast.Match(
        function("string-equal"),
        AttributeValue(ast.STRING, literal),
        ast.Designator(category, attribute_id, ast.STRING),
    )
    request = Request({(category, attribute_id): (AttributeValue(ast.STRING, value),)})
    assert outcome_of(target([[compared]]), request) is OUTCOMES[expected]


def test_function_that_ignores_case_ignores_it() -> None:
    """Z-060"""
    name = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
    compared = ast.Match(
        ast.FUNCTIONS[name], AttributeValue(ast.STRING, "Rød"), designator()
    )
    assert (
        outcome_of(target([[compared]]), subject((ast.STRING, "rØD"))) is Outcome.PERMIT
    )


ONE = ast.Apply(function("string-one-and-only"), (designator(),))
IS_RED = ast.Apply(function("string-equal"), (ONE, AttributeValue(ast.STRING, "red")))
AMONG = ast.Apply(
    function("string-is-in"), (AttributeValue(ast.STRING, "red"), designator())
)
TWO_COLOURS = subject((ast.STRING, "red"), (ast.STRING, "blue"))


@pytest.mark.parametrize(
    ("expression", "request_", "expected"),
    [
        (IS_RED, RED, "P"),
        (IS_RED, subject((ast.STRING, "blue")), "N"),
        (IS_RED, NOTHING, "p"),
        (IS_RED, TWO_COLOURS, "p"),
        (AMONG, TWO_COLOURS, "P"),
        (AMONG, subject((ast.STRING, "reddish")), "N"),
        (AMONG, NOTHING, "N"),
        (AttributeValue(ast.BOOLEAN, "1"), NOTHING, "P"),
        (AttributeValue(ast.BOOLEAN, "false"), NOTHING, "N"),
        (ast.Apply(function("boolean-equal"), (AMONG, IS_RED)), RED, "P"),
        (AttributeValue(ast.STRING, "true"), NOTHING, "p"),
        (designator(ast.BOOLEAN), subject((ast.BOOLEAN, "true")), "p"),
    ],
)
def test_condition_decides_after_the_target(
    expression: ast.Expression, request_: Request, expected: str
) -> None:
    """Z-060"""
    assert outcome_if(expression, request_) is OUTCOMES[expected]


def test_condition_is_not_looked_at_where_the_target_does_not_match() -> None:
    """Z-060"""
    rule = ast.Rule(
        "rule", Effect.PERMIT, target([[match("green")]]), ast.Condition(IS_RED)
    )
    assert evaluate(policy(rule), TWO_COLOURS).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("must_be_present", "status"),
    [(True, Status.MISSING_ATTRIBUTE), (False, Status.PROCESSING_ERROR)],
)
def test_status_tells_a_missing_attribute_from_another_error(
    must_be_present: bool, status: Status
) -> None:
    """Z-062"""
    bag = designator(must_be_present=must_be_present)
    one = ast.Apply(function("string-one-and-only"), (bag,))
    same = ast.Apply(function("string-equal"), (one, one))
    rule = ast.Rule("rule", Effect.PERMIT, condition=ast.Condition(same))
    assert evaluate(policy(rule), NOTHING).status is status


def obligation(name: str, fulfill_on: Effect = Effect.PERMIT) -> ast.Obligation:
    return ast.Obligation(name, fulfill_on, ())


def test_obligations_are_the_policys_and_those_of_the_rules_that_decided() -> None:
    """Z-060"""
    both = (obligation("permit"), obligation("deny", Effect.DENY))
    rules = (
        ast.Rule("granted", Effect.PERMIT, obligations=(obligation("of the rule"),)),
        ast.Rule(
            "silent", Effect.PERMIT, target([[FALSE]]), obligations=(obligation("no"),)
        ),
        ast.Rule("deny", Effect.DENY, target([[match("green")]]), obligations=both),
    )
    judged = policy(*rules, obligations=both)
    names = [o.id for o in evaluate(judged, RED).obligations]
    assert names == ["permit", "of the rule"]
    names = [o.id for o in evaluate(judged, subject((ast.STRING, "green"))).obligations]
    assert names == ["deny", "deny"]


@pytest.mark.parametrize("rule", ["N", "p", "d"])
def test_without_a_decision_there_is_no_obligation(rule: str) -> None:
    """Z-060"""
    both = (obligation("permit"), obligation("deny", Effect.DENY))
    assert evaluate(policy(RULES[rule], obligations=both), RED).obligations == ()


def test_first_applicable_rule_ends_the_search() -> None:
    """Z-061"""
    later = ast.Rule("later", Effect.PERMIT, obligations=(obligation("later"),))
    judged = policy(RULES["N"], RULES["P"], later, algorithm=Combining.FIRST_APPLICABLE)
    assert evaluate(judged, RED).obligations == ()


def test_altinns_reading_takes_one_of_two_subjects_where_the_standard_wants_both() -> (
    None
):
    """Z-063 Z-086 D-10"""
    first = policy_xml.any_of([policy_xml.match(attribute_id=ast.ORG, value="nav")])
    second = policy_xml.any_of([policy_xml.match(attribute_id=ast.ORG, value="skd")])
    content = policy_xml.policy(
        policy_xml.rule(first, second, policy_xml.any_of([policy_xml.READ]))
    )
    altinn = policy_xml.parse(content, "altinn")
    read = (AttributeValue(ast.STRING, "read"),)
    for org, expected in (("nav", "P"), ("skd", "P"), ("ttd", "N")):
        caller = (AttributeValue(ast.STRING, org),)
        request = Request(
            {(ast.SUBJECT, ast.ORG): caller, (ast.ACTION, ast.ACTION_ID): read}
        )
        assert evaluate(altinn, request).outcome is OUTCOMES[expected]
