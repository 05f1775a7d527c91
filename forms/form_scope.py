"""What an expression can ask where it stands in a form: in an element and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from forms import paths
from forms.errors import ExpressionFailed
from forms.paths import Step
from forms.scope import BareScope, Scope
from forms.texts import Texts
from forms.values import Value


class FormSource(Protocol):
    """The forms of an instance; each method may raise ExpressionFailed."""

    def ids_of(self, data_type: str) -> Sequence[str]:
        """Return the ids of the elements of a type."""

    def data_of(self, element_id: str) -> Value:
        """Return what an element holds."""

    def is_single(self, data_type: str) -> bool:
        """Whether there is one element of the type at most."""


class Components(Protocol):
    """Where components stand, for what asks for their values."""

    def value_of(
        self, component_id: str, place: "Place", page: str | None = None
    ) -> Value:
        """Return what the component shows, seen from a place in the form."""

    def forget(self) -> None:
        """Look anew at what is hidden: a field has changed."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is the same everywhere in the forms of an instance."""

    forms: FormSource
    scope: Scope
    texts: Texts


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the forms something stands: in an element, and in which of its rows.

    ``element_id`` is None where there is no element of the type.
    """

    data_type: str
    element_id: str | None
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of an element, with the rows that it stands in."""

    element_id: str
    path: tuple[Step, ...]

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The path by names and rows, each for itself: ``a``, 2, ``b``."""
        return tuple(
            part
            for step in self.path
            for part in ((step.name,) if step.row is None else (step.name, step.row))
        )

    @property
    def field(self) -> str:
        """The path as it is written."""
        return paths.written(self.path)


def refer(
    around: Around, place: Place, path: str, data_type: str | None
) -> Reference | None:
    """Return what a path means at a place; None where there is no such element.

    Another type than the place's is meant as a whole, and must be one element. Raises
    ExpressionFailed.
    """
    element_id = place.element_id
    if data_type and data_type != place.data_type:
        if not around.forms.is_single(data_type):
            raise ExpressionFailed(f"{data_type} may have several elements; which?")
        element_id = next(iter(around.forms.ids_of(data_type)), None)
    steps = paths.parse(path)
    if element_id is None:
        return None
    data = around.forms.data_of(element_id)
    return Reference(element_id, paths.indexed(steps, place.rows, data))


def value_of(around: Around, reference: Reference | None) -> Value:
    """Return what stands at a reference, None where nothing does."""
    if reference is None:
        return None
    return paths.value_at(around.forms.data_of(reference.element_id), reference.path)


class FormScope(BareScope):
    """An expression at a place in a form, with arguments if it is given any."""

    def __init__(
        self,
        around: Around,
        place: Place,
        *,
        arguments: Sequence[Value] = (),
        components: Components | None = None,
        page: str | None = None,
    ) -> None:
        self._around = around
        self._place = place
        self._components = components
        self._page = page
        self.arguments = arguments
        self.action = around.scope.action
        self.language = around.scope.language

    def field(self, path: str, data_type: str | None) -> Value:
        """Return what form data have at a path, as seen from here."""
        return value_of(self._around, refer(self._around, self._place, path, data_type))

    def component(self, component_id: str) -> Value:
        """Return what a component shows in this row."""
        if self._components is None:
            return super().component(component_id)
        return self._components.value_of(component_id, self._place, self._page)

    def count_of(self, data_type: str) -> int:
        """Return how many elements of a type the instance has."""
        return self._around.scope.count_of(data_type)

    def about_instance(self, key: str) -> Value:
        """Return a fact about the instance."""
        return self._around.scope.about_instance(key)

    def setting(self, key: str) -> Value:
        """Return a setting of the front end."""
        return self._around.scope.setting(key)

    def text(self, key: str) -> str:
        """Return a text resource, its variables filled in as seen from here."""
        return self._around.texts.text(key, self) or key
