"""Conditions of gateways: expressions about the form and the action (§17.5, §19)."""

from collections.abc import Callable
from dataclasses import dataclass

from apps_registry.expressions import Expression
from forms.errors import ExpressionFailed
from forms.expressions import evaluate as value_of
from forms.scope import BareScope, Scope
from process.errors import ConditionNotEvaluable


@dataclass(frozen=True, slots=True)
class GatewayContext:
    """The gateway, the data type that it is connected to, and the action that moves on.

    ``data_type`` is empty where the gateway names none.
    """

    gateway: str
    action: str | None
    data_type: str = ""


ScopeOf = Callable[[GatewayContext], Scope]


class GatewayScope(BareScope):
    """What a condition can ask about where there is no form."""

    def __init__(self, context: GatewayContext) -> None:
        self.action = context.action


def evaluate(
    expression: Expression,
    context: GatewayContext,
    scope_of: ScopeOf = GatewayScope,
) -> bool:
    """Return whether the condition is exactly true.

    Raises ConditionNotEvaluable, with the reason, which is for the application's owner.
    """
    try:
        return value_of(expression, scope_of(context)) is True
    except ExpressionFailed as error:
        raise ConditionNotEvaluable(
            gateway=context.gateway, reason=f"{error}."
        ) from None
