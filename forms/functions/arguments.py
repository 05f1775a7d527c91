"""What all functions share: their shape, and how arguments are counted."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from forms.errors import ExpressionFailed
from forms.values import Value

Arguments: TypeAlias = Sequence[Value]
Function: TypeAlias = Callable[[Arguments, str], Value]  # arguments, language


def exactly(count: int, function: Callable[..., Value]) -> Function:
    """Make a function of so many arguments; another count is refused."""
    return between(count, count, function)


def between(least: int, most: int | None, function: Callable[..., Value]) -> Function:
    """Make a function of ``least`` to ``most`` arguments, None for no bound."""

    def called(arguments: Arguments, language: str) -> Value:
        if len(arguments) < least or (most is not None and len(arguments) > most):
            wanted = _count(least, most)
            raise ExpressionFailed(f"Expected {wanted}, got {len(arguments)}")
        return function(*arguments)

    return called


def _count(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least} argument(s)"
    if least == most:
        return f"{least} argument(s)"
    return f"{least} to {most} argument(s)"
