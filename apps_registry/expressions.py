"""Expressions of gateways as they are written in a process; not what they come to."""

import json
import math
from typing import TypeAlias

Expression: TypeAlias = "str | int | float | bool | tuple[Expression, ...] | None"


def read_condition(text: str) -> Expression:
    """Read a condition: a truth value, or an array that a function's name begins.

    Raises ValueError or RecursionError.
    """
    value = json.loads(text, parse_constant=_refuse_constant)
    is_call = isinstance(value, list) and value and isinstance(value[0], str)
    if not (is_call or isinstance(value, bool)):
        raise ValueError(text)
    return _frozen(value)


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
