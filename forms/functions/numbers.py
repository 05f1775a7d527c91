"""Reckoning, in decimals: 0.1 and 0.2 make 0.3."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, localcontext
from functools import reduce
from typing import Final

from forms.errors import ExpressionFailed
from forms.functions.arguments import Function, between, exactly
from forms.values import Value, decimal_of, finite, number_of

_PRECISION = Context(prec=28)
_MOST_DIGITS = 28


def _number(value: Decimal) -> float:
    return finite(float(value))


def _plus(*arguments: Value) -> Value:
    return _number(sum(map(decimal_of, arguments), Decimal(0)))


def _minus(one: Value, other: Value) -> Value:
    return _number(decimal_of(one) - decimal_of(other))


def _multiply(*arguments: Value) -> Value:
    product = reduce(lambda a, b: a * b, map(decimal_of, arguments), Decimal(1))
    return _number(product)


def _divide(one: Value, other: Value) -> Value:
    divisor = decimal_of(other)
    if not divisor:
        raise ExpressionFailed("The second argument is 0, cannot divide by 0")
    return _number(decimal_of(one) / divisor)


def _items(values: Value) -> list[Value]:
    if not isinstance(values, list):
        raise ExpressionFailed("Expected a list")
    return values


def _sum(values: Value) -> Value:
    return _plus(*_items(values))


def _average(values: Value, fallback: Value) -> Value:
    items = _items(values)
    if not items:
        return fallback
    return _number(sum(map(decimal_of, items), Decimal(0)) / len(items))


def _round(value: Value, digits: Value = 0) -> Value:
    """Write with fixed decimals and commas between thousands, as the original does."""
    places = number_of(digits) or 0.0
    if not (places.is_integer() and 0 <= places <= _MOST_DIGITS):
        raise ExpressionFailed(f"Expected 0 to {_MOST_DIGITS} decimals, got {places}")
    step = Decimal(1).scaleb(-int(places))
    with localcontext(prec=400):
        rounded = decimal_of(value).quantize(step, rounding=ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,f}"


def _in_decimals(function: Function) -> Function:
    def reckoned(arguments: list[Value], language: str) -> Value:
        try:
            with localcontext(_PRECISION):
                return function(arguments, language)
        except (DecimalException, OverflowError):
            raise ExpressionFailed("A number is too large") from None

    return reckoned  # type: ignore[return-value]  # a list is a sequence


FUNCTIONS: Final[Mapping[str, Function]] = {
    name: _in_decimals(function)
    for name, function in {
        "plus": between(1, None, _plus),
        "minus": exactly(2, _minus),
        "multiply": between(1, None, _multiply),
        "divide": exactly(2, _divide),
        "sum": exactly(1, _sum),
        "average": exactly(2, _average),
        "round": between(1, 2, _round),
    }.items()
}
