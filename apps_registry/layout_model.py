"""What pages consist of, as far as the server evaluates them (app-api.md §19.5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from apps_registry.expressions import Expression


class Kind(Enum):
    """How a component stands to what is inside it."""

    PLAIN = "plain"
    GROUP = "group"  # holds components, and shows each once
    ROWS = "rows"  # shows its components once for each row of a list
    LIKERT = "likert"  # asks one question for each row of a list
    OPTIONS = "options"  # offers choices; may keep those chosen as rows of a list
    SUBFORM = "subform"  # shows other pages for each element of a data type


@dataclass(frozen=True, slots=True)
class Binding:
    """The field that a component fills in; empty ``data_type`` is that of the pages."""

    field: str
    data_type: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a page.

    ``children`` stand in each row where there are rows; ``beside_rows`` stand before
    and after them. ``title`` is the key of a text where that is written out.
    """

    id: str
    type: str = ""
    kind: Kind = Kind.PLAIN
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    hidden: Expression = False
    hidden_row: Expression = False
    required: Expression = False
    remove_when_hidden: Expression = None
    title: str = ""
    layout_set: str = ""
    children: tuple["Component", ...] = ()
    beside_rows: tuple["Component", ...] = ()

    @property
    def within(self) -> tuple["Component", ...]:
        """All components right inside."""
        return self.children + self.beside_rows


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the components that stand in no other."""

    name: str
    components: tuple[Component, ...] = ()
    hidden: Expression = False
    remove_when_hidden: Expression = None

    def all_components(self) -> Iterator[Component]:
        """Yield every component, each before what is inside it."""
        waiting = list(reversed(self.components))
        while waiting:
            component = waiting.pop()
            yield component
            waiting.extend(reversed(component.within))


@dataclass(frozen=True, slots=True)
class LayoutSet:
    """Pages that belong together, in their order, and the data type they are about."""

    id: str
    pages: tuple[Page, ...] = ()
    data_type: str = ""
