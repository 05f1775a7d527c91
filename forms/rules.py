"""What an application's own rules find wrong in a form (app-api.md §20.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forms import paths
from forms.errors import ExpressionFailed
from forms.expressions import evaluate
from forms.field_paths import fields_at
from forms.form_scope import Around, Components, FormScope, Place, Reference
from forms.hidden import Hidden
from forms.rule_file import Rule, Rules
from forms.values import text_of


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a field breaks.

    ``text_key`` is what it says, ``description`` that in words, if there are any.
    """

    element_id: str
    field: str
    text_key: str
    severity: str
    description: str | None = None


def broken(
    around: Around,
    *,
    data_type: str,
    element_id: str,
    rules: Rules,
    hidden: Iterable[Reference] = (),
    components: Components | None = None,
) -> Iterator[Broken]:
    """Yield what the rules say about an element's fields that hold something.

    What is hidden is left alone. Raises ExpressionFailed.
    """
    data = around.forms.data_of(element_id)
    out_of_sight = Hidden(hidden)
    for path, listed in rules.items():
        if not listed:
            continue
        for steps, rows in fields_at(data, path):
            reference = Reference(element_id, steps)
            if paths.value_at(data, steps) is None or reference in out_of_sight:
                continue
            scope = FormScope(
                around,
                Place(data_type, element_id, rows),
                arguments=[reference.field],
                components=components,
            )
            for rule in listed:
                key = _said(rule, scope, reference.field)
                if key is not None:
                    yield Broken(
                        element_id=element_id,
                        field=reference.field,
                        text_key=key,
                        severity=rule.severity,
                        description=around.texts.text(key, scope),
                    )


def _said(rule: Rule, scope: FormScope, field: str) -> str | None:
    """Return what the rule has to say, None where it holds."""
    held = evaluate(rule.condition, scope)
    if not isinstance(held, bool):
        raise ExpressionFailed(
            f"The condition of a rule for {field} is {text_of(held)!s:.60}, not true or"
            " false"
        )
    return (text_of(evaluate(rule.message, scope)) or "") if held else None
