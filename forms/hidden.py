"""Data of what is hidden: which fields, and a form without them (app-api.md §18.6)."""

from collections.abc import Iterable, Iterator
from typing import Final

from apps_registry.layout_model import Kind
from forms.contexts import GROUP, Context, Contexts
from forms.form_scope import Reference
from forms.values import Value

Document = dict[str, Value]
_NO_ROW: Final = -1


def hidden_fields(contexts: Contexts, *, for_removal: bool) -> list[Reference]:
    """Return what is hidden wherever it is bound, the last rows first.

    What holds something that is shown elsewhere is not among them. ``for_removal``
    leaves out what pages and components want to keep (``removeWhenHidden``).
    """
    hidden: dict[Reference, None] = {}
    shown: set[tuple[str, tuple[str | int, ...]]] = set()
    is_hidden = contexts.is_removable if for_removal else contexts.is_hidden
    for context in contexts.all():
        references = [one for one in _bound(contexts, context) if one is not None]
        if not references:
            continue
        if not is_hidden(context):
            for one in references:
                steps = one.steps
                shown |= {(one.element_id, steps[:n]) for n in range(1, len(steps) + 1)}
        elif not _is_likert(context):
            hidden.update(dict.fromkeys(references))
    found = [one for one in hidden if (one.element_id, one.steps) not in shown]
    return sorted(found, key=_place, reverse=True)


def remove(
    document: Document, references: Iterable[Reference], *, delete_rows: bool
) -> bool:
    """Take fields out of a form, in the order given; rows are deleted or emptied.

    Return whether any of them was there.
    """
    removed = False
    for reference in references:
        *outer, last = reference.path
        inside: Value = document
        for step in outer:
            inside = inside.get(step.name) if isinstance(inside, dict) else None
            if step.row is not None:
                inside = _row(inside, step.row)
        if not isinstance(inside, dict):
            continue
        if last.row is None:
            removed = last.name in inside or removed
            inside.pop(last.name, None)
            continue
        rows = inside.get(last.name)
        if isinstance(rows, list) and last.row < len(rows):
            removed = True
            if delete_rows:
                del rows[last.row]
            else:
                rows[last.row] = None
    return removed


class Hidden:
    """Fields that are out of sight: those that are hidden, and what is inside them."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._steps = {(one.element_id, one.steps) for one in references}

    def __contains__(self, reference: Reference) -> bool:
        """Whether the field, or something that holds it, is hidden."""
        steps = reference.steps
        return any(
            (reference.element_id, steps[:length]) in self._steps
            for length in range(1, len(steps) + 1)
        )


def _bound(contexts: Contexts, context: Context) -> Iterator[Reference | None]:
    """Yield what goes with a context when it is hidden."""
    component = context.component
    if component is None:
        return
    if context.row is not None:
        yield context.row
        return
    # Of choices that are kept as rows the list goes, with all that is in it.
    in_rows = component.kind is Kind.OPTIONS and GROUP in component.bindings
    for name, binding in component.bindings.items():
        if not in_rows or name == GROUP:
            yield contexts.reference(context, binding)


def _is_likert(context: Context) -> bool:
    return context.component is not None and context.component.kind is Kind.LIKERT


def _place(reference: Reference) -> tuple[object, ...]:
    """Order paths by names and numbers, what is inside after what holds it."""
    steps = tuple(
        (step.name, _NO_ROW if step.row is None else step.row)
        for step in reference.path
    )
    return reference.element_id, steps


def _row(value: Value, row: int) -> Value:
    return value[row] if isinstance(value, list) and row < len(value) else None
