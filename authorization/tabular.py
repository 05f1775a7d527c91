"""Which policies a decision table can stand for; any other is evaluated in full."""

import math
from collections.abc import Iterable

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import Combining, Effect, Operation

MOST_TERMS = 4096

_OVERRIDES = frozenset(
    {
        Combining.DENY_OVERRIDES,
        Combining.ORDERED_DENY_OVERRIDES,
        Combining.PERMIT_OVERRIDES,
        Combining.ORDERED_PERMIT_OVERRIDES,
    }
)
_EQUALITY = frozenset({Operation.EQUAL, Operation.EQUAL_IGNORE_CASE})


def has_table(policy: ast.Policy, matches: Iterable[ast.Match]) -> bool:
    """Tell whether the policy has the shape of a table; ``matches`` are its rules'."""
    return (
        policy.algorithm in _OVERRIDES
        and not policy.target
        and sum(map(_count_terms, policy.rules)) <= MOST_TERMS
        and all(
            rule.effect is Effect.PERMIT
            and rule.condition is None
            and not rule.obligations
            for rule in policy.rules
        )
        and all(
            match.function.operation in _EQUALITY
            and not match.designator.must_be_present
            and not match.designator.issuer
            for match in matches
        )
    )


def _count_terms(rule: ast.Rule) -> int:
    return math.prod(map(len, rule.target))
