"""Evaluates a policy's syntax tree against a request, completely, with no short cut.

The compiled table of ``compiler.py`` answers what it can; the rest, and every request
of the decision endpoint, is answered here (authorization.md §5.6).
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import AttributeValue, Combining, Effect, Operation

Attributes = Mapping[tuple[str, str], tuple[AttributeValue, ...]]


class Outcome(enum.Enum):
    """What a rule or a policy says.

    The three Indeterminates name what might have been.
    """

    PERMIT = "Permit"
    DENY = "Deny"
    NOT_APPLICABLE = "NotApplicable"
    INDETERMINATE_P = "Indeterminate{P}"
    INDETERMINATE_D = "Indeterminate{D}"
    INDETERMINATE_DP = "Indeterminate{DP}"

    @property
    def wire(self) -> str:
        """The word that a response carries.

        It does not tell the Indeterminates apart.
        """
        return self.value.partition("{")[0]


class Status(enum.Enum):
    """Whether, and why, an evaluation went wrong."""

    OK = "urn:oasis:names:tc:xacml:1.0:status:ok"
    MISSING_ATTRIBUTE = "urn:oasis:names:tc:xacml:1.0:status:missing-attribute"
    SYNTAX_ERROR = "urn:oasis:names:tc:xacml:1.0:status:syntax-error"
    PROCESSING_ERROR = "urn:oasis:names:tc:xacml:1.0:status:processing-error"


@dataclass(frozen=True, slots=True)
class Request:
    """The attributes of a request: (category, attribute id) → values."""

    attributes: Attributes

    def bag(self, designator: ast.Designator) -> tuple[AttributeValue, ...]:
        """Return the values of the designated attribute, data type and named issuer."""
        return tuple(
            value
            for value in self.attributes.get(
                (designator.category, designator.attribute_id), ()
            )
            if value.data_type == designator.data_type
            and designator.issuer in ("", value.issuer)
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A policy's answer, with what must be fulfilled before it is acted on."""

    outcome: Outcome
    status: Status = Status.OK
    obligations: tuple[ast.Obligation, ...] = field(default=())


class _Truth(enum.Enum):
    TRUE = enum.auto()
    FALSE = enum.auto()
    MISSING = enum.auto()
    BROKEN = enum.auto()


class _Failed(Exception):
    """An expression has no value; carries MISSING or BROKEN."""

    def __init__(self, truth: _Truth) -> None:
        super().__init__(truth)
        self.truth = truth


_STATUS = {
    _Truth.MISSING: Status.MISSING_ATTRIBUTE,
    _Truth.BROKEN: Status.PROCESSING_ERROR,
}
_EFFECT = {Effect.PERMIT: Outcome.PERMIT, Effect.DENY: Outcome.DENY}
_FAILED_EFFECT = {
    Effect.PERMIT: Outcome.INDETERMINATE_P,
    Effect.DENY: Outcome.INDETERMINATE_D,
}
_FAILED_TARGET = {
    Outcome.PERMIT: Outcome.INDETERMINATE_P,
    Outcome.DENY: Outcome.INDETERMINATE_D,
}
_MIRROR = {
    Outcome.PERMIT: Outcome.DENY,
    Outcome.DENY: Outcome.PERMIT,
    Outcome.INDETERMINATE_P: Outcome.INDETERMINATE_D,
    Outcome.INDETERMINATE_D: Outcome.INDETERMINATE_P,
}


def evaluate(policy: ast.Policy, request: Request) -> Evaluation:
    """Return what the policy says to the request."""
    target = _target(policy.target, request)
    if target is _Truth.FALSE:
        return Evaluation(Outcome.NOT_APPLICABLE)
    results: list[tuple[ast.Rule, Outcome]] = []
    status = _STATUS.get(target, Status.OK)
    for rule in policy.rules:
        outcome, rule_status = _rule(rule, request)
        results.append((rule, outcome))
        if status is Status.OK:
            status = rule_status
        if (
            policy.algorithm is Combining.FIRST_APPLICABLE
            and outcome is not Outcome.NOT_APPLICABLE
        ):
            break
    outcome = combine(policy.algorithm, [outcome for _, outcome in results])
    if target is not _Truth.TRUE:
        outcome = _FAILED_TARGET.get(outcome, outcome)
    if outcome not in _EFFECT.values():
        indeterminate = outcome is not Outcome.NOT_APPLICABLE
        return Evaluation(outcome, status if indeterminate else Status.OK)
    obligations = [*policy.obligations]
    for rule, result in results:
        if result is outcome:
            obligations += rule.obligations
    due = tuple(o for o in obligations if _EFFECT[o.fulfill_on] is outcome)
    return Evaluation(outcome, obligations=due)


def combine(algorithm: Combining, outcomes: Sequence[Outcome]) -> Outcome:
    """Return what the algorithm makes of the rules' outcomes, in the rules' order."""
    return _COMBINE[algorithm](outcomes)


def _deny_overrides(outcomes: Sequence[Outcome]) -> Outcome:
    found = set(outcomes)
    if Outcome.DENY in found:
        return Outcome.DENY
    if Outcome.INDETERMINATE_DP in found:
        return Outcome.INDETERMINATE_DP
    if Outcome.INDETERMINATE_D in found:
        might_permit = not found.isdisjoint({Outcome.INDETERMINATE_P, Outcome.PERMIT})
        return Outcome.INDETERMINATE_DP if might_permit else Outcome.INDETERMINATE_D
    for outcome in (Outcome.PERMIT, Outcome.INDETERMINATE_P):
        if outcome in found:
            return outcome
    return Outcome.NOT_APPLICABLE


def _permit_overrides(outcomes: Sequence[Outcome]) -> Outcome:
    mirrored = _deny_overrides([_MIRROR.get(outcome, outcome) for outcome in outcomes])
    return _MIRROR.get(mirrored, mirrored)


def _first_applicable(outcomes: Sequence[Outcome]) -> Outcome:
    applicable = (o for o in outcomes if o is not Outcome.NOT_APPLICABLE)
    return next(applicable, Outcome.NOT_APPLICABLE)


def _deny_unless_permit(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome.PERMIT if Outcome.PERMIT in outcomes else Outcome.DENY


def _permit_unless_deny(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome.DENY if Outcome.DENY in outcomes else Outcome.PERMIT


_COMBINE: Mapping[Combining, Callable[[Sequence[Outcome]], Outcome]] = {
    Combining.DENY_OVERRIDES: _deny_overrides,
    Combining.ORDERED_DENY_OVERRIDES: _deny_overrides,
    Combining.PERMIT_OVERRIDES: _permit_overrides,
    Combining.ORDERED_PERMIT_OVERRIDES: _permit_overrides,
    Combining.FIRST_APPLICABLE: _first_applicable,
    Combining.DENY_UNLESS_PERMIT: _deny_unless_permit,
    Combining.PERMIT_UNLESS_DENY: _permit_unless_deny,
}


def _rule(rule: ast.Rule, request: Request) -> tuple[Outcome, Status]:
    truth = _target(rule.target, request)
    if truth is _Truth.TRUE and rule.condition is not None:
        truth = _condition(rule.condition, request)
    if truth is _Truth.TRUE:
        return _EFFECT[rule.effect], Status.OK
    if truth is _Truth.FALSE:
        return Outcome.NOT_APPLICABLE, Status.OK
    return _FAILED_EFFECT[rule.effect], _STATUS[truth]


def _target(target: ast.Target, request: Request) -> _Truth:
    return _every(_any_of(any_of, request) for any_of in target)


def _any_of(any_of: ast.AnyOf, request: Request) -> _Truth:
    return _some(_all_of(all_of, request) for all_of in any_of)


def _all_of(all_of: ast.AllOf, request: Request) -> _Truth:
    return _every(_match(match, request) for match in all_of)


def _every(truths: Iterable[_Truth]) -> _Truth:
    return _strongest(truths, decisive=_Truth.FALSE, otherwise=_Truth.TRUE)


def _some(truths: Iterable[_Truth]) -> _Truth:
    return _strongest(truths, decisive=_Truth.TRUE, otherwise=_Truth.FALSE)


def _strongest(
    truths: Iterable[_Truth], *, decisive: _Truth, otherwise: _Truth
) -> _Truth:
    result = otherwise
    for truth in truths:
        if truth is decisive:
            return truth
        if truth is not otherwise:
            result = truth
    return result


def _match(match: ast.Match, request: Request) -> _Truth:
    bag = request.bag(match.designator)
    if not bag:
        return _Truth.MISSING if match.designator.must_be_present else _Truth.FALSE
    return _some(
        _equal(match.literal, value, ignore_case=match.ignore_case) for value in bag
    )


def _equal(left: AttributeValue, right: AttributeValue, *, ignore_case: bool) -> _Truth:
    if left.data_type != right.data_type:
        return _Truth.BROKEN
    if ignore_case:
        same = ast.fold(left.value) == ast.fold(right.value)
        return _Truth.TRUE if same else _Truth.FALSE
    try:
        one, other = (ast.comparable(v.data_type, v.value) for v in (left, right))
    except ValueError:
        return _Truth.BROKEN
    return _Truth.TRUE if one == other else _Truth.FALSE


def _condition(condition: ast.Condition, request: Request) -> _Truth:
    try:
        value = _single(condition.expression, request)
    except _Failed as failed:
        return failed.truth
    return _equal(value, _TRUE, ignore_case=False)


_TRUE = AttributeValue(ast.BOOLEAN, "true")
_FALSE = AttributeValue(ast.BOOLEAN, "false")


def _single(expression: ast.Expression, request: Request) -> AttributeValue:
    if isinstance(expression, AttributeValue):
        return expression
    if isinstance(expression, ast.Designator):
        raise _Failed(_Truth.BROKEN)
    operation = expression.function.operation
    if operation is Operation.ONE_AND_ONLY:
        (bag,) = expression.arguments
        values = _bag(bag, request)
        if len(values) != 1:
            raise _Failed(_Truth.BROKEN)
        return values[0]
    first, second = expression.arguments
    value = _single(first, request)
    others = (
        _bag(second, request)
        if operation is Operation.IS_IN
        else (_single(second, request),)
    )
    ignore_case = operation is Operation.EQUAL_IGNORE_CASE
    truth = _some(_equal(value, other, ignore_case=ignore_case) for other in others)
    if truth in _STATUS:
        raise _Failed(truth)
    return _TRUE if truth is _Truth.TRUE else _FALSE


def _bag(expression: ast.Expression, request: Request) -> tuple[AttributeValue, ...]:
    if not isinstance(expression, ast.Designator):
        raise _Failed(_Truth.BROKEN)
    values = request.bag(expression)
    if not values and expression.must_be_present:
        raise _Failed(_Truth.MISSING)
    return values
