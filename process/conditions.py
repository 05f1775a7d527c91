"""Conditions of gateways: the expressions that need no form data (app-api.md §19)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apps_registry.expressions import Expression
from process.errors import ConditionNotEvaluable

_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?")
_LARGEST_PLAIN = 1e15


@dataclass(frozen=True, slots=True)
class GatewayContext:
    """What a condition can ask about: the gateway, and the action that moves on."""

    gateway: str
    action: str | None


def evaluate(expression: Expression, context: GatewayContext) -> bool:
    """Return whether the condition is exactly true.

    Raises ConditionNotEvaluable for functions that need form data, and for wrong
    arguments.
    """
    try:
        return _value(expression, context) is True
    except (_Refused, OverflowError) as error:
        raise ConditionNotEvaluable(
            gateway=context.gateway, reason=str(error)
        ) from None


class _Refused(Exception):
    """Why an expression has no value."""


def _value(expression: Expression, context: GatewayContext) -> Expression:
    if not isinstance(expression, tuple):
        return expression
    if not expression or not isinstance(expression[0], str):
        raise _Refused("an expression begins with the name of a function.")
    name = expression[0]
    if name == "gatewayAction":
        return context.action
    function = _FUNCTIONS.get(name)
    if function is None:
        raise _Refused(f"the function {name!r} is not known here.")
    arguments = [_value(argument, context) for argument in expression[1:]]
    return function(name, arguments)


def _equals(name: str, arguments: Sequence[Expression]) -> Expression:
    one, other = _exactly(name, arguments, 2)
    return (_text(one) == _text(other)) is (name == "equals")


def _all_or_any(name: str, arguments: Sequence[Expression]) -> Expression:
    if not arguments:
        raise _Refused(f"{name} needs at least one argument.")
    truths = [_truth(argument) for argument in arguments]
    return all(truths) if name == "and" else any(truths)


def _not(name: str, arguments: Sequence[Expression]) -> Expression:
    (one,) = _exactly(name, arguments, 1)
    return not _truth(one)


def _if(name: str, arguments: Sequence[Expression]) -> Expression:
    if len(arguments) == 2:
        return arguments[1] if _truth(arguments[0]) else None
    if len(arguments) == 4 and arguments[2] == "else":
        return arguments[1] if _truth(arguments[0]) else arguments[3]
    raise _Refused('if needs a condition and a value, and perhaps "else" and another.')


def _compared(name: str, arguments: Sequence[Expression]) -> Expression:
    one, other = (_number(argument) for argument in _exactly(name, arguments, 2))
    if one is None or other is None:
        return False
    return _COMPARISONS[name](one, other)


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "greaterThan": lambda one, other: one > other,
    "greaterThanEq": lambda one, other: one >= other,
    "lessThan": lambda one, other: one < other,
    "lessThanEq": lambda one, other: one <= other,
}
_FUNCTIONS: Mapping[str, Callable[[str, Sequence[Expression]], Expression]] = {
    "equals": _equals,
    "notEquals": _equals,
    "and": _all_or_any,
    "or": _all_or_any,
    "not": _not,
    "if": _if,
    **dict.fromkeys(_COMPARISONS, _compared),
}


def _exactly(
    name: str, arguments: Sequence[Expression], count: int
) -> Sequence[Expression]:
    if len(arguments) != count:
        raise _Refused(f"{name} needs {count} argument(s), it has {len(arguments)}.")
    return arguments


def _text(value: Expression) -> str | None:
    """Return the string form that equality compares."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        number = float(value)
        return (
            str(int(number))
            if number.is_integer() and abs(number) < _LARGEST_PLAIN
            else repr(number)
        )
    if isinstance(value, str):
        lowered = value.lower()
        if lowered == "null":
            return None
        return lowered if lowered in ("true", "false") else value
    if value is None:
        return None
    raise _Refused("a list has no text to compare.")


def _truth(value: Expression) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    text = _text(value)
    truths = {"true": True, "1": True, "false": False, "0": False, None: False}
    if text not in truths:
        raise _Refused(f"expected true or false, got {value!r}.")
    return truths[text]


def _number(value: Expression) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    raise _Refused(f"expected number, got value {value!r}.")
