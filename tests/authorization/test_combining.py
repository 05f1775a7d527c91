"""How the outcomes of rules combine: the truth tables of XACML 3.0, appendix C."""

import pytest

from apps_registry.xacml_ast import Combining
from authorization.evaluator import Outcome, combine, evaluate
from tests.authorization.test_evaluator import OUTCOMES, RED, RULES, policy

# One word a row, one letter a column, both in the order of OUTCOMES.
DENY_OVERRIDES = "PDPPxx DDDDDD PDNpdx PDppxx xDdxdx xDxxxx"
PERMIT_OVERRIDES = "PPPPPP PDDxDx PDNpdx Pxppxx PDdxdx Pxxxxx"
TABLES = {
    Combining.DENY_OVERRIDES: DENY_OVERRIDES,
    Combining.ORDERED_DENY_OVERRIDES: DENY_OVERRIDES,
    Combining.PERMIT_OVERRIDES: PERMIT_OVERRIDES,
    Combining.ORDERED_PERMIT_OVERRIDES: PERMIT_OVERRIDES,
    Combining.FIRST_APPLICABLE: "PPPPPP DDDDDD PDNpdx pppppp dddddd xxxxxx",
    Combining.DENY_UNLESS_PERMIT: "PPPPPP PDDDDD PDDDDD PDDDDD PDDDDD PDDDDD",
    Combining.PERMIT_UNLESS_DENY: "PDPPPP DDDDDD PDPPPP PDPPPP PDPPPP PDPPPP",
}


@pytest.mark.parametrize("algorithm", Combining)
def test_two_rules_combine_as_the_truth_table_says(algorithm: Combining) -> None:
    """Z-060 Z-061"""
    for first, row in zip(OUTCOMES, TABLES[algorithm].split(), strict=True):
        for second, expected in zip(OUTCOMES, row, strict=True):
            given = [OUTCOMES[first], OUTCOMES[second]]
            assert combine(algorithm, given) is OUTCOMES[expected], (first, second)
            if first in RULES and second in RULES:
                combined = policy(RULES[first], RULES[second], algorithm=algorithm)
                assert evaluate(combined, RED).outcome is OUTCOMES[expected], (
                    first,
                    second,
                )


@pytest.mark.parametrize("algorithm", Combining)
def test_no_rule_at_all_is_not_applicable_but_for_the_unless_algorithms(
    algorithm: Combining,
) -> None:
    """Z-061"""
    unless = {
        Combining.DENY_UNLESS_PERMIT: Outcome.DENY,
        Combining.PERMIT_UNLESS_DENY: Outcome.PERMIT,
    }
    expected = unless.get(algorithm, Outcome.NOT_APPLICABLE)
    assert evaluate(policy(algorithm=algorithm), RED).outcome is expected


@pytest.mark.parametrize(
    "algorithm", [Combining.DENY_OVERRIDES, Combining.PERMIT_OVERRIDES]
)
def test_possible_deny_and_possible_permit_apart_are_both_possible(
    algorithm: Combining,
) -> None:
    """Z-060"""
    three = [Outcome.NOT_APPLICABLE, Outcome.INDETERMINATE_P, Outcome.INDETERMINATE_D]
    assert combine(algorithm, three) is Outcome.INDETERMINATE_DP


def test_indeterminates_have_one_word_in_a_response() -> None:
    """Z-060"""
    words = [outcome.wire for outcome in OUTCOMES.values()]
    assert words == ["Permit", "Deny", "NotApplicable", *["Indeterminate"] * 3]
