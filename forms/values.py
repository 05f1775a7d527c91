"""Values of expressions, and how one kind is read as another (app-api.md §19.1)."""

import re
from decimal import Decimal
from typing import TypeAlias

import orjson

from forms.errors import ExpressionFailed

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

# As far as programs in other languages count, and JSON is written.
LARGEST_INTEGER = 2**63 - 1
# A form may hold any text: none of the runs gives back a digit that it took.
NUMBER = re.compile(r"[-+]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?")
_TRUTHS = {"true": True, "false": False}
# Numbers outside are written with an exponent, as clients have come to expect.
_PLAIN_BELOW, _PLAIN_FROM = 1e15, 1e-5


def copied(value: Value) -> Value:
    """Return a copy that shares nothing that can be changed."""
    if isinstance(value, dict):
        return {name: copied(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [copied(inner) for inner in value]
    return value


def text_of(value: Value) -> str | None:
    """Return the string form, which equality compares."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_text(_float(value))
        case str():
            lowered = value.lower()
            if lowered == "null":
                return None
            return lowered if lowered in _TRUTHS else value
        case _:
            return orjson.dumps(_plain(value)).decode()


def number_text(number: float) -> str:
    """Write a number as briefly as it can be read back: 3, 1.5, 1E+20."""
    if number == 0:
        return "0"
    if _PLAIN_FROM <= abs(number) < _PLAIN_BELOW:
        text = format(Decimal(repr(number)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101  infinite numbers never get here
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    power = exponent + len(digits) - 1
    mantissa = f"{first}.{rest}" if rest else first
    return f"{'-' if sign else ''}{mantissa}E{'-' if power < 0 else '+'}{abs(power):02}"


def number_of(value: Value) -> float | None:
    """Read a number; raises ExpressionFailed."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _float(value)
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return finite(float(value))
    shown = value if isinstance(value, str) else text_of(value)
    raise ExpressionFailed(f'Expected number, got value "{shown!s:.100}"')


def decimal_of(value: Value) -> Decimal:
    """Read a number to reckon with, nothing as 0; raises ExpressionFailed."""
    number = number_of(value)
    return Decimal(0) if number is None else Decimal(repr(number))


def finite(number: float) -> float:
    """Return the number; raises ExpressionFailed for one that is too large."""
    if number in (float("inf"), float("-inf")) or number != number:
        raise ExpressionFailed("A number is too large")
    return number


def _float(number: int | float) -> float:
    try:
        return finite(float(number))
    except OverflowError:
        raise ExpressionFailed("A number is too large") from None


def truth_of(value: Value) -> bool:
    """Read true or false from what loosely says so; raises ExpressionFailed."""
    match value:
        case None:
            return False
        case bool():
            return value
        case int() | float() if value in (0, 1):
            return bool(value)
        case str():
            if value.lower() in _TRUTHS:
                return _TRUTHS[value.lower()]
            if NUMBER.fullmatch(value) and float(value) in (0, 1):
                return bool(float(value))
    raise ExpressionFailed(f"Expected boolean, got value {_shown(value)}")


def _shown(value: Value) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(text_of(value))
    return text if len(text) <= 100 else text[:100] + "…"


def _plain(value: Value) -> Value:
    """Write whole numbers as such in JSON."""
    match value:
        case float() if value.is_integer() and abs(value) < _PLAIN_BELOW:
            return int(value)
        case list():
            return [_plain(one) for one in value]
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case _:
            return value
