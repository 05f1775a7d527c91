"""What must be filled in and is not (app-api.md §20.3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apps_registry.layout_model import Binding, Component, Kind
from forms.contexts import GROUP, QUESTIONS, Context, Contexts
from forms.values import Value


@dataclass(frozen=True, slots=True)
class Missing:
    """A binding of a component that holds nothing; the context says where it stands."""

    element_id: str
    field: str
    context: Context
    component: Component
    binding: str


def missing(contexts: Contexts) -> Iterator[Missing]:
    """Yield what is required, shown and empty; raises ExpressionFailed."""
    for context in contexts.all():
        component = context.component
        if component is None or not component.required:
            continue
        bindings = _to_fill_in(context)
        if not bindings or contexts.is_hidden(context):
            continue
        if not contexts.is_required(context):
            continue
        for name, binding in bindings.items():
            reference = contexts.reference(context, binding)
            if reference is not None and is_empty(_value(contexts, context, name)):
                yield Missing(
                    element_id=reference.element_id,
                    field=reference.field,
                    context=context,
                    component=component,
                    binding=name,
                )


def is_empty(value: Value) -> bool:
    """Whether that is nothing: null, a blank text, an empty list or object."""
    match value:
        case None:
            return True
        case str():
            return not value.strip()
        case list() | dict():
            return not value
    return False


def _to_fill_in(context: Context) -> Mapping[str, Binding]:
    """Return the bindings that a user fills in, where the context stands.

    Those of a question stand in its row; of choices that are rows, the rows count.
    """
    component = context.component
    if component is None:
        return {}
    bindings = component.bindings
    match component.kind:
        case Kind.LIKERT:
            if context.row is None:
                return {}
            return {name: b for name, b in bindings.items() if name != QUESTIONS}
        case Kind.OPTIONS if GROUP in bindings:
            return {} if context.row else {GROUP: bindings[GROUP]}
    return {} if context.row else bindings


def _value(contexts: Contexts, context: Context, name: str) -> Value:
    """Return what a binding holds; of choices as rows, those that are checked."""
    component = context.component
    assert component is not None  # noqa: S101  whoever asks has one
    if component.kind is Kind.OPTIONS and name == GROUP:
        rows = [one for one in context.children if one.row]
        return [one.name for one in rows if not contexts.is_hidden(one)]
    return contexts.value(contexts.reference(context, component.bindings[name]))
