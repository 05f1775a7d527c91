"""Every component of a task's pages, in each row that it is shown in.

A context is a page, a component or a row of one. It is hidden when it is hidden itself
or stands in what is hidden.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from apps_registry.expressions import Expression
from apps_registry.layout_model import Binding, Component, Kind, LayoutSet, Page
from forms.errors import ExpressionFailed
from forms.expressions import evaluate, holds
from forms.form_scope import Around, FormScope, Place, Reference, refer, value_of
from forms.paths import Step
from forms.values import Value

GROUP: Final = "group"
CHECKED: Final = "checked"
QUESTIONS: Final = "questions"
SIMPLE: Final = "simpleBinding"
_LISTS: Final = {
    Kind.ROWS: GROUP,
    Kind.OPTIONS: GROUP,
    Kind.LIKERT: QUESTIONS,
}
_MOST: Final = 100_000  # contexts of one task
_MOST_ASKED: Final = 50  # components that ask for each other, one after the other

# Gives the pages of a subform by the id of their set.
Sets = Callable[[str], LayoutSet | None]
_Key = tuple[str | None, str, tuple[int, ...]]


@dataclass(eq=False, slots=True)
class Context:
    """A page, a component on it, or a row of the component (``row`` has the row).

    ``set_id`` names the layout set that the page is of.
    """

    page: Page
    place: Place
    set_id: str
    component: Component | None = None
    row: Reference | None = None
    parent: "Context | None" = None
    children: list["Context"] = field(default_factory=list)
    itself: bool | None = None  # whether it is hidden by itself, once that is known
    hidden: bool | None = None
    removable: bool | None = None
    known_at: int = 0  # which state of the forms that was known for

    @property
    def name(self) -> str:
        """What it is called in the application's files."""
        return self.component.id if self.component else self.page.name

    def all(self) -> Iterator["Context"]:
        """Yield it and all that is inside."""
        waiting = [self]
        while waiting:
            context = waiting.pop()
            yield context
            waiting.extend(reversed(context.children))


class Contexts:
    """The contexts of a layout set over an instance's forms.

    All methods raise ExpressionFailed for what cannot be evaluated, and say where.
    """

    def __init__(
        self, around: Around, layout_set: LayoutSet, *, data_type: str, sets: Sets
    ) -> None:
        self._around = around
        self._sets = sets
        self._count = 0
        self._found: dict[_Key, dict[str, Context]] = {}  # then by page
        self._known = {
            component.id
            for page in layout_set.pages
            for component in page.all_components()
        }
        self._asked: list[Context] = []
        self._state = 0
        element_id = next(iter(around.forms.ids_of(data_type)), None)
        place = Place(data_type, element_id)
        self.pages = [
            self._page(page, place, layout_set.id, None) for page in layout_set.pages
        ]

    def all(self) -> Iterator[Context]:
        """Yield every context."""
        for page in self.pages:
            yield from page.all()

    def forget(self) -> None:
        """Look anew at what is hidden: fields, but no rows, have changed."""
        self._state += 1

    def is_hidden(self, context: Context) -> bool:
        """Whether it is hidden, or stands in what is."""
        self._look_at(context)
        if context.hidden is None:
            outside = context.parent is not None and self.is_hidden(context.parent)
            context.hidden = outside or self._is_hidden_itself(context)
        return context.hidden

    def is_removable(self, context: Context) -> bool:
        """Whether what it binds goes because it is hidden (``removeWhenHidden``).

        All must allow that, from what is hidden to the context itself.
        """
        self._look_at(context)
        if context.removable is None:
            context.removable = self._goes_when_hidden(context) and (
                self._is_hidden_itself(context)
                or (context.parent is not None and self.is_removable(context.parent))
            )
        return context.removable

    def is_required(self, context: Context) -> bool:
        """Whether the component must be filled in; a row has no word in it."""
        required = context.component.required if context.component else False
        return self._holds(context, required, "required")

    def scope(self, context: Context) -> FormScope:
        """Return what an expression of the context can ask."""
        return FormScope(
            self._around, context.place, components=self, page=context.page.name
        )

    def reference(self, context: Context, binding: Binding) -> Reference | None:
        """Return the field that a binding means here."""
        with _at(context, "dataModelBindings"):
            return refer(self._around, context.place, binding.field, binding.data_type)

    def value(self, reference: Reference | None) -> Value:
        """Return what stands at a reference."""
        return value_of(self._around, reference)

    def value_of(
        self, component_id: str, place: Place, page: str | None = None
    ) -> Value:
        """Return what the component shows, null where it is hidden or not in the row.

        It is looked for in the row and those around it, on the page first.
        """
        context = self._find(component_id, place, page)
        if context is None:
            if component_id not in self._known:
                raise ExpressionFailed(f"There is no component {component_id!r:.90}")
            return None
        component = context.component
        binding = component.bindings.get(SIMPLE) if component else None
        if binding is None:
            raise ExpressionFailed(f"{component_id} has no simpleBinding")
        if self.is_hidden(context):
            return None
        return self.value(self.reference(context, binding))

    # --- building ---------------------------------------------------------------------
    def _page(
        self, page: Page, place: Place, set_id: str, parent: Context | None
    ) -> Context:
        made = Context(page, place, set_id, parent=parent)
        made.children = [self._component(one, made) for one in page.components]
        return made

    def _component(self, component: Component, parent: Context) -> Context:
        self._count_one()
        made = Context(
            parent.page, parent.place, parent.set_id, component, parent=parent
        )
        place = made.place
        key = (place.element_id, component.id, place.rows)
        self._found.setdefault(key, {}).setdefault(made.page.name, made)
        match component.kind:
            case Kind.SUBFORM:
                made.children = list(self._subform(component, made))
            case kind if kind in _LISTS and _LISTS[kind] in component.bindings:
                made.children = [
                    *self._rows(component, component.bindings[_LISTS[kind]], made),
                    *(self._component(one, made) for one in component.beside_rows),
                ]
            case _:
                made.children = [self._component(one, made) for one in component.within]
        return made

    def _count_one(self) -> None:
        self._count += 1
        if self._count > _MOST:
            raise ExpressionFailed(
                f"The pages have more than {_MOST} components and rows"
            )

    def _rows(
        self, component: Component, binding: Binding, parent: Context
    ) -> Iterator[Context]:
        listed = self.reference(parent, binding)
        rows = self.value(listed)
        if listed is None or not isinstance(rows, list):
            return
        for number in range(len(rows)):
            self._count_one()
            last = Step(listed.path[-1].name, number)
            row = Reference(listed.element_id, (*listed.path[:-1], last))
            place = replace(parent.place, rows=(*parent.place.rows, number))
            made = Context(
                parent.page, place, parent.set_id, component, row=row, parent=parent
            )
            made.children = [self._component(one, made) for one in component.children]
            yield made

    def _subform(self, component: Component, parent: Context) -> Iterator[Context]:
        pages = self._sets(component.layout_set)
        if pages is None:
            raise ExpressionFailed(
                f"There is no layout set {component.layout_set!r:.90}"
            )
        outer: Context | None = parent
        while outer is not None:
            if outer.place.data_type == pages.data_type:
                raise ExpressionFailed(f"The subform {component.id} stands in itself")
            outer = outer.parent
        self._known.update(
            one.id for page in pages.pages for one in page.all_components()
        )
        for element_id in self._around.forms.ids_of(pages.data_type):
            place = Place(pages.data_type, element_id)
            for page in pages.pages:
                yield self._page(page, place, pages.id, parent)

    # --- asking -----------------------------------------------------------------------
    def _find(
        self, component_id: str, place: Place, page: str | None
    ) -> Context | None:
        for deep in range(len(place.rows), -1, -1):
            key = (place.element_id, component_id, place.rows[:deep])
            found = self._found.get(key)
            if found is not None:
                return found.get(page or "") or next(iter(found.values()))
        return None

    def _look_at(self, context: Context) -> None:
        if context.known_at != self._state:
            context.itself = context.hidden = context.removable = None
            context.known_at = self._state

    def _is_hidden_itself(self, context: Context) -> bool:
        self._look_at(context)
        if context.itself is None:
            if context in self._asked or len(self._asked) >= _MOST_ASKED:
                raise ExpressionFailed(f"Whether {context.name} is hidden asks itself")
            self._asked.append(context)
            try:
                context.itself = self._hides(context)
            finally:
                self._asked.pop()
        return context.itself

    def _hides(self, context: Context) -> bool:
        component = context.component
        if component is None:
            return self._holds(context, context.page.hidden, "hidden")
        if context.row is None:
            return self._holds(context, component.hidden, "hidden")
        if self.value(context.row) is None:
            return True
        if component.kind is Kind.OPTIONS:
            checked = component.bindings.get(CHECKED)
            return checked is not None and (
                self.value(self.reference(context, checked)) is not True
            )
        return self._holds(context, component.hidden_row, "hiddenRow")

    def _goes_when_hidden(self, context: Context) -> bool:
        holder = context.component or context.page
        expression = holder.remove_when_hidden
        with _at(context, "removeWhenHidden"):
            if expression is None or evaluate(expression, self.scope(context)) is None:
                return True
        return self._holds(context, expression, "removeWhenHidden")

    def _holds(self, context: Context, expression: Expression, member: str) -> bool:
        if isinstance(expression, bool) or expression is None:
            return bool(expression)
        with _at(context, member):
            return holds(expression, self.scope(context))


class FailedThere(ExpressionFailed):
    """An expression of a page has no value; the text says which, and why."""


@contextmanager
def _at(context: Context, member: str) -> Iterator[None]:
    """Say where in the pages an expression failed."""
    try:
        yield
    except FailedThere:
        raise
    except ExpressionFailed as error:
        where = f"{context.page.name}: {context.name}.{member}"
        raise FailedThere(f"{where}: {error}") from None
    except RecursionError:
        raise FailedThere(f"{context.name}.{member} asks too far") from None
