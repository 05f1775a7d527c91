"""Evaluates expressions (app-api.md §19).

All arguments are evaluated before their function, as clients and the original do: an
error in the branch that is not taken is an error all the same.
"""

from typing import Final

from apps_registry.expressions import Expression
from forms.errors import ExpressionFailed
from forms.functions import FUNCTIONS
from forms.functions.surroundings import ASKING
from forms.scope import Scope
from forms.values import Value, truth_of

MAX_DEPTH: Final = 100


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Return what the expression comes to; raises ExpressionFailed."""
    return _value(expression, scope, MAX_DEPTH)


def holds(expression: Expression, scope: Scope) -> bool:
    """Whether the expression is loosely true; raises ExpressionFailed.

    What is no truth value counts as false (§19.3); what cannot be evaluated does not.
    """
    value = evaluate(expression, scope)
    try:
        return truth_of(value)
    except ExpressionFailed:
        return False


def _value(expression: Expression, scope: Scope, depth: int) -> Value:
    if not isinstance(expression, tuple):
        return expression
    if not depth:
        raise ExpressionFailed(f"An expression is nested more than {MAX_DEPTH} deep")
    name = expression[0] if expression else None
    if not isinstance(name, str):
        raise ExpressionFailed("An expression begins with the name of a function")
    given = expression[1:]
    arguments = [_value(one, scope, depth - 1) for one in given]
    if name in ASKING:
        literal = [not isinstance(one, tuple) for one in given]
        return ASKING[name](scope, arguments, literal)
    if name not in FUNCTIONS:
        raise ExpressionFailed(f"Function {name!r:.60} is not known")
    return FUNCTIONS[name](arguments, scope.language)
