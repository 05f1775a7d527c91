"""The answers of a task as blocks of a document: by its pages, else by its model."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from apps_registry.layout_model import Kind
from forms.contexts import Context, Contexts
from forms.values import Value, text_of
from pdf.contents import Block, Field, Heading, Paragraph
from process.component_texts import ComponentTexts

_HEADINGS: Final = frozenset({"heading", "header"})
_TEXTS: Final = frozenset({"paragraph", "text"})
_ANSWER: Final = ("simpleBinding", "answer")
_PAGE_LEVEL: Final = 2
_DEEPEST: Final = 6


def blocks_of_pages(
    contexts: Contexts,
    texts: ComponentTexts,
    *,
    without_pages: Collection[str] = (),
    without: Collection[str] = (),
) -> Iterator[Block]:
    """Yield what is shown on the pages of a task; raises ExpressionFailed."""
    reading = _Reading(contexts, texts, frozenset(without))
    for page in contexts.pages:
        if page.name in without_pages or contexts.is_hidden(page):
            continue
        yield from reading.page(page, level=_PAGE_LEVEL)


def blocks_of_model(
    document: Mapping[str, Value], *, level: int = 2
) -> Iterator[Block]:
    """Yield what a form holds, by the names of its model."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield Heading(name, min(level + 1, _DEEPEST))
            yield from blocks_of_model(value, level=level + 1)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for number, row in enumerate(value, start=1):
                yield Heading(f"{name} {number}", min(level + 1, _DEEPEST))
                if isinstance(row, dict):
                    yield from blocks_of_model(row, level=level + 1)
        elif name != "altinnRowId":
            given = value if isinstance(value, list) else [value]
            yield Field(name, [t for one in given if (t := text_of(one))])


class _Reading:
    """Goes through the components in the order in which they are read."""

    def __init__(
        self, contexts: Contexts, texts: ComponentTexts, without: frozenset[str]
    ) -> None:
        self._contexts = contexts
        self._texts = texts
        self._without = without

    def page(self, page: Context, *, level: int) -> Iterator[Block]:
        """Yield a page: its title, if it has one, and what is on it."""
        title = self._texts.page(self._contexts, page)
        if title:
            yield Heading(title, level)
        for child in page.children:
            yield from self._component(child, level + bool(title))

    def _component(self, context: Context, level: int) -> Iterator[Block]:
        component = context.component
        if component is None:  # a page of a subform
            if not self._contexts.is_hidden(context):
                yield from self.page(context, level=level)
            return
        if component.id in self._without or self._contexts.is_hidden(context):
            return
        label = self._texts.label(self._contexts, context)
        kind = component.type.lower()
        if context.row is not None:
            yield from self._row(context, label, level)
        elif kind in _HEADINGS:
            if label:
                yield Heading(label, level)
        elif kind in _TEXTS:
            if label:
                yield Paragraph(label)
        elif component.kind is Kind.PLAIN or (
            component.kind is Kind.OPTIONS and "group" not in component.bindings
        ):
            yield from self._field(context, label)
        else:
            if label and context.children:
                yield Heading(label, level)
            for child in context.children:
                yield from self._component(child, level + bool(label))

    def _row(self, context: Context, label: str, level: int) -> Iterator[Block]:
        component = context.component
        if component is not None and component.kind is not Kind.ROWS:
            yield from self._field(context, label)  # a question, or a choice made
            return
        number = context.place.rows[-1] + 1
        yield Heading(f"{label} {number}".strip(), level)
        for child in context.children:
            yield from self._component(child, level + 1)

    def _field(self, context: Context, label: str) -> Iterator[Field]:
        component = context.component
        if component is None or not component.bindings:
            return
        values: list[str] = []
        chosen = [name for name in _ANSWER if name in component.bindings]
        for name in chosen or component.bindings:
            reference = self._contexts.reference(context, component.bindings[name])
            value = self._contexts.value(reference)
            values += self._texts.shown(self._contexts, context, value)
        last = next(iter(component.bindings.values())).field.rpartition(".")[2]
        yield Field(label or last, values)
