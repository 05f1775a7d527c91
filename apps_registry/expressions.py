"""Expressions as they are written in an application's files; not what they come to."""

import json
import math
from typing import Final, TypeAlias

Expression: TypeAlias = "str | int | float | bool | tuple[Expression, ...] | None"

# What `forms.functions` has; a test holds the two together.
FUNCTION_NAMES: Final = frozenset(
    {
        *("if", "and", "or", "not", "equals", "notEquals", "compare"),
        *("greaterThan", "greaterThanEq", "lessThan", "lessThanEq"),
        *("plus", "minus", "multiply", "divide", "sum", "average", "round"),
        *("concat", "contains", "notContains", "commaContains", "startsWith"),
        *("endsWith", "stringLength", "stringIndexOf", "stringReplace", "stringSlice"),
        *("upperCase", "lowerCase", "upperCaseFirst", "lowerCaseFirst", "formatDate"),
        *("list", "object", "jmespath", "dataModel", "component", "text", "argv"),
        *("countDataElements", "instanceContext", "frontendSettings"),
        *("gatewayAction", "language"),
    }
)


def read_condition(text: str) -> Expression:
    """Read a condition: a truth value, or an array that a function's name begins.

    Raises ValueError or RecursionError.
    """
    value = json.loads(text, parse_constant=_refuse_constant)
    is_call = isinstance(value, list) and value and isinstance(value[0], str)
    if not (is_call or isinstance(value, bool)):
        raise ValueError(text)
    return _frozen(value)


def read_expression(value: object) -> Expression:
    """Read an expression: a plain value, or a list that a function's name begins.

    Raises ValueError.
    """
    frozen = _frozen(value)
    _require_calls(frozen)
    return frozen


def unknown_functions(expression: Expression) -> frozenset[str]:
    """Return the names of functions in an expression that there are not."""
    if not isinstance(expression, tuple) or not expression:
        return frozenset()
    name, *arguments = expression
    found = frozenset().union(*map(unknown_functions, arguments))
    if isinstance(name, str) and name not in FUNCTION_NAMES:
        return found | {name}
    return found


def components_asked(expression: Expression) -> frozenset[str]:
    """Return the components that an expression asks for by ids that are written out."""
    if not isinstance(expression, tuple) or not expression:
        return frozenset()
    name, *arguments = expression
    found = frozenset().union(*map(components_asked, arguments))
    if name == "component" and len(arguments) == 1 and isinstance(arguments[0], str):
        return found | {arguments[0]}
    return found


def _require_calls(expression: Expression) -> None:
    if isinstance(expression, tuple):
        if not (expression and isinstance(expression[0], str)):
            raise ValueError("a list begins with the name of a function")
        for argument in expression[1:]:
            _require_calls(argument)


def _refuse_constant(name: str) -> Expression:
    raise ValueError(f"{name} is no JSON number")


def _frozen(value: object) -> Expression:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, int | float) and not math.isfinite(_float(value)):
        raise ValueError("a number is too large to be compared")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueError(f"{value!r} is no expression")


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
