"""Truth, equality and order."""

from collections.abc import Callable, Mapping
from typing import Final

from forms.errors import ExpressionFailed
from forms.functions.arguments import Function, between, exactly
from forms.functions.dates import compared_dates
from forms.values import Value, number_of, text_of, truth_of


def _if(condition: Value, then: Value, *rest: Value) -> Value:
    if len(rest) == 1 or (rest and rest[0] != "else"):
        raise ExpressionFailed('Expected third argument to be "else"')
    if truth_of(condition):
        return then
    return rest[1] if rest else None


def _and(*arguments: Value) -> Value:
    truths = [truth_of(one) for one in arguments]  # each is held to be one
    return all(truths)


def _or(*arguments: Value) -> Value:
    truths = [truth_of(one) for one in arguments]
    return any(truths)


def _equals(one: Value, other: Value) -> bool:
    return text_of(one) == text_of(other)


_ORDERS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "greaterThan": lambda one, other: one > other,
    "greaterThanEq": lambda one, other: one >= other,
    "lessThan": lambda one, other: one < other,
    "lessThanEq": lambda one, other: one <= other,
}


def _ordered(name: str) -> Callable[[Value, Value], bool]:
    order = _ORDERS[name]

    def compare(one: Value, other: Value) -> bool:
        left, right = number_of(one), number_of(other)
        return left is not None and right is not None and order(left, right)

    return compare


def _compare(one: Value, *rest: Value) -> Value:
    """Compare as an operator says, or as ``"not"`` and an operator do."""
    negated = len(rest) == 3
    if negated and rest[0] != "not":
        raise ExpressionFailed('Expected second argument to be "not"')
    operator, other = rest[-2:]
    if operator == "equals":
        held = _equals(one, other)
    elif isinstance(operator, str) and operator in _ORDERS:
        held = _ordered(operator)(one, other)
    elif isinstance(operator, str):
        held = compared_dates(operator, one, other)
    else:
        raise ExpressionFailed(f"Invalid operator {text_of(operator)}")
    return held is not negated


FUNCTIONS: Final[Mapping[str, Function]] = {
    "if": between(2, 4, _if),
    "and": between(1, None, _and),
    "or": between(1, None, _or),
    "not": exactly(1, lambda one: not truth_of(one)),
    "equals": exactly(2, _equals),
    "notEquals": exactly(2, lambda one, other: not _equals(one, other)),
    **{name: exactly(2, _ordered(name)) for name in _ORDERS},
    "compare": between(3, 4, _compare),
}
