"""Conditions of gateways, as far as they need no form data."""

import pytest

from apps_registry.expressions import Expression
from process.conditions import GatewayContext, evaluate
from process.errors import ConditionNotEvaluable

REJECTED = GatewayContext(gateway="Gateway_1", action="reject")
SILENT = GatewayContext(gateway="Gateway_1", action=None)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (("equals", ("gatewayAction",), "reject"), True),
        (("notEquals", ("gatewayAction",), "reject"), False),
        (("equals", ("gatewayAction",), "Reject"), False),
        (("equals", True, "TRUE"), True),
        (("equals", None, "null"), True),
        (("equals", 3.0, "3"), True),
        (("equals", 1.5, "1.5"), True),
        (("notEquals", None, None), False),
    ],
)
def test_equality_compares_string_forms(expression: Expression, expected: bool) -> None:
    """A-230, A-252, A-253"""
    assert evaluate(expression, REJECTED) is expected


def test_no_action_is_null() -> None:
    """A-231"""
    assert evaluate(("equals", ("gatewayAction",), None), SILENT)


@pytest.mark.parametrize("value", ["true", 1, None, False, ("gatewayAction",)])
def test_only_the_truth_value_true_holds(value: Expression) -> None:
    """A-230"""
    assert evaluate(True, SILENT) is True
    assert evaluate(value, SILENT) is False


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (("and", True, "true", 1), True),
        (("and", True, None), False),
        (("or", False, "FALSE", "1"), True),
        (("or", None, 0), False),
        (("not", None), True),
        (("if", True, True), True),
        (("if", False, True), False),
        (("if", False, False, "else", True), True),
    ],
)
def test_logic_reads_loose_truth(expression: Expression, expected: bool) -> None:
    """A-252, A-255"""
    assert evaluate(expression, SILENT) is expected


@pytest.mark.parametrize(
    ("name", "below", "same", "above"),
    [
        ("greaterThan", False, False, True),
        ("greaterThanEq", False, True, True),
        ("lessThan", True, False, False),
        ("lessThanEq", True, True, False),
    ],
)
def test_order_is_numeric_and_null_is_never_in_order(
    name: str, below: bool, same: bool, above: bool
) -> None:
    """A-253"""
    assert evaluate((name, "9", 10), SILENT) is below
    assert evaluate((name, 10, "1e1"), SILENT) is same
    assert evaluate((name, 10, 9), SILENT) is above
    assert evaluate((name, None, 1), SILENT) is False
    assert evaluate((name, 1, None), SILENT) is False


@pytest.mark.parametrize(
    "expression",
    [
        ("dataModel", "a.b"),
        ("if", True, True, "else", ("component", "c")),
        ("Equals", 1, 1),
        ("equals", 1),
        ("and",),
        ("not", "maybe"),
        ("if", True, True, "otherwise", False),
        ("greaterThan", "ten", 1),
        ("greaterThan", True, 0),
        ("greaterThan", 10**400, 0),
        ("equals", 10**400, 0),
        (),
        (1, 2),
    ],
)
def test_what_cannot_be_evaluated_is_refused_naming_the_gateway(
    expression: Expression,
) -> None:
    """A-251, A-252, A-255: untaken branches are evaluated too."""
    with pytest.raises(ConditionNotEvaluable) as caught:
        evaluate(expression, SILENT)
    assert caught.value.code == "gateway-condition-not-evaluable"
    assert "Gateway_1" in caught.value.detail


def test_unknown_function_is_named() -> None:
    """A-251"""
    with pytest.raises(ConditionNotEvaluable, match="'dataModels' is not known"):
        evaluate(("equals", ("dataModels", "a"), 1), SILENT)
