"""Fields that an application's calculations fill in (app-api.md §18.2)."""

from collections.abc import Sequence
from typing import Final

import structlog

from forms import paths
from forms.errors import ExpressionFailed
from forms.expressions import evaluate
from forms.field_paths import fields_at
from forms.form_scope import Around, Components, FormScope, Place, Reference
from forms.model import Member, Model, ObjectType, Simple
from forms.paths import Step
from forms.rule_file import Calculations
from forms.values import NUMBER, Value, finite, text_of, truth_of

log = structlog.get_logger()

_LARGEST: Final = 2**63


def calculate(
    around: Around,
    *,
    data_type: str,
    element_id: str,
    model: Model,
    calculations: Calculations,
    components: Components | None = None,
) -> bool:
    """Fill in an element's fields, in the file's order; return whether any changed.

    The element's data are changed in place, so that a calculation sees those before it.
    One that cannot be evaluated, or comes to what its field does not take, is logged,
    and the field stays as it was.
    """
    changed = False
    data = around.forms.data_of(element_id)
    for path, expression in calculations.items():
        try:
            fields = list(fields_at(data, path))
        except ExpressionFailed as error:
            log.warning("calculation_failed", path=path, reason=str(error))
            continue
        for steps, rows in fields:
            field = Reference(element_id, steps).field
            scope = FormScope(
                around,
                Place(data_type, element_id, rows),
                arguments=[field],
                components=components,
            )
            try:
                value = fitting(
                    evaluate(expression, scope), _member_at(model, steps), steps
                )
            except ExpressionFailed as error:
                log.warning("calculation_failed", field=field, reason=str(error))
                continue
            if _put(data, steps, value):
                changed = True
                if components is not None:
                    components.forget()
    return changed


def fitting(value: Value, member: Member | None, path: Sequence[Step]) -> Value:
    """Return a value as the kind of its field; raises ExpressionFailed."""
    if member is None:
        raise ExpressionFailed("The form has no such field")
    if value is None:
        return None
    if (member.repeated and path[-1].row is None) or isinstance(
        member.type, ObjectType
    ):
        raise ExpressionFailed("A list or an object is not calculated")
    match member.type:
        case Simple.TEXT:
            return text_of(value)
        case Simple.TRUTH:
            return truth_of(value)
    number = _number(value)
    if member.type is Simple.INTEGER:
        if not number.is_integer():
            raise ExpressionFailed(f"{text_of(number)} is no whole number")
        return int(number)
    return int(number) if number.is_integer() and abs(number) < _LARGEST else number


def _number(value: Value) -> float:
    match value:
        case bool():
            return float(value)
        case int() | float():
            return finite(float(value))
        case str() if NUMBER.fullmatch(value.strip()):
            return finite(float(value))
    raise ExpressionFailed(f"{text_of(value)!s:.60} is no number")


def _member_at(model: Model, steps: Sequence[Step]) -> Member | None:
    return model.member_at(".".join(step.name for step in steps))


def _put(data: Value, steps: Sequence[Step], value: Value) -> bool:
    """Put a value into a form; what holds it is made where it is not there yet."""
    if paths.value_at(data, steps) == value and not _differ_in_kind(data, steps, value):
        return False
    *outer, last = steps
    for step in outer:
        if not isinstance(data, dict):
            return False
        inner = data.get(step.name)
        if step.row is not None:
            inner = inner[step.row] if isinstance(inner, list) else None
        elif inner is None:
            inner = data[step.name] = {}
        data = inner
    if not isinstance(data, dict):
        return False
    if last.row is None:
        if value is None:
            data.pop(last.name, None)
        else:
            data[last.name] = value
        return True
    rows = data.get(last.name)
    if not isinstance(rows, list) or last.row >= len(rows):
        return False
    rows[last.row] = value
    return True


def _differ_in_kind(data: Value, steps: Sequence[Step], value: Value) -> bool:
    """Whether one is a truth value and the other a number that Python takes for it."""
    present = paths.value_at(data, steps)
    return isinstance(present, bool) is not isinstance(value, bool)
