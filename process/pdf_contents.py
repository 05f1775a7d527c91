"""What stands in the receipt of an instance: who, when, answers, and attachments."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from apps_registry import public_files
from apps_registry.app_settings import shows_pdf_footer
from apps_registry.definition import PDF_TYPE, AppDefinition
from apps_registry.errors import AppFileUnreadable
from apps_registry.expressions import read_expression
from authorization.services import RoleLookup
from data_elements.models import DataElement
from forms.backend_texts import PDF_NAME, app_name
from forms.contexts import Contexts
from forms.errors import ExpressionFailed
from forms.expressions import holds
from forms.form_scope import Around, FormScope, Place
from forms.layouts import layout_set
from forms.scope import Scope
from forms.task_data import data_type_of, layout_set_of
from instances.models import Instance
from parties.identity import Principal
from parties.models import Party
from pdf.contents import Attachment, Block, Document, Field, Heading
from process import form_data
from process.component_texts import ComponentTexts
from process.form_layouts import around_of, contexts_of, evaluating
from process.pdf_blocks import blocks_of_model, blocks_of_pages
from process.pdf_format import layout_for
from process.pdf_hooks import PdfLayout
from process.pdf_words import words_in
from process.validation.subjects import readable_by
from process.validation.validators import TaskForms

OSLO: Final = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Subject:
    """An instance whose answers are written down, and for whom it is done."""

    principal: Principal
    definition: AppDefinition
    instance: Instance
    elements: Sequence[DataElement]
    language: str
    now: datetime

    def readable(self) -> list[DataElement]:
        """Return the elements that the caller may read, but deleted ones."""
        may_read = readable_by(RoleLookup(self.principal), self.instance)
        types = self.definition.data_types
        return [
            one
            for one in self.elements
            if one.deleted_at is None
            and one.data_type in types
            and may_read(types[one.data_type])
        ]


def document_of_tasks(
    subject: Subject,
    tasks: Sequence[str],
    *,
    without: Collection[str] = (),
    notice: str = "",
) -> Document:
    """Return the answers of tasks as a document; raises FormNotEvaluable."""
    elements = subject.readable()
    around = around_subject(subject, elements)
    blocks = _blocks_of_tasks(subject, around, elements, tasks, without)
    return _document(subject, around, blocks, elements, notice=notice)


def document_of_payment(
    subject: Subject, task: str, *, title: str, paid: Sequence[Block]
) -> Document:
    """Return what was paid in a task, and what its pages say besides.

    Raises FormNotEvaluable.
    """
    elements = subject.readable()
    around = around_subject(subject, elements)
    blocks = [*paid, *_blocks_of_tasks(subject, around, elements, [task], ())]
    return replace(_document(subject, around, blocks, [], notice=""), title=title)


def document_of_subform(subject: Subject, component: str, data_type: str) -> Document:
    """Return the answers of one element; the subject has no other of its type.

    ``component`` is the one that shows it. Raises FormNotEvaluable.
    """
    elements = subject.readable()
    around = around_subject(subject, elements)
    task = subject.instance.current_task or ""
    with evaluating(task):
        set_id = _set_of_subform(subject.definition, component, data_type)
        pages = None if set_id is None else layout_set(subject.definition, set_id)
        blocks: list[Block]
        if pages is None:
            blocks = list(_blocks_of_forms(subject, elements, [data_type]))
        else:
            contexts = Contexts(
                around,
                pages,
                data_type=data_type,
                sets=lambda name: layout_set(subject.definition, name),
            )
            texts = ComponentTexts(subject.definition, around, subject.language)
            layout = _layout(subject, elements, task, set_id, data_type)
            blocks = list(
                blocks_of_pages(
                    contexts,
                    texts,
                    without_pages=layout.excluded_pages,
                    without=layout.excluded_components,
                )
            )
    return _document(subject, around, blocks, [], notice="")


def file_name(subject: Subject, key: str, data_type: str | None = None) -> str:
    """Return the name of a file of the text of a key, else of the app's own.

    Its variables are filled in from the first form of a data type, else of the task's.
    """
    around = around_subject(subject, subject.readable())
    scope = scope_in(subject, around, data_type)
    named = around.texts.text(key, scope) if key else None
    if not named:
        named = around.texts.text(PDF_NAME, scope) or "Altinn PDF.pdf"
    safe = "".join("_" if c in '\\/:*?"<>|' or ord(c) < 32 else c for c in named)
    safe = safe.strip() or "Altinn PDF.pdf"
    return safe if safe.lower().endswith(".pdf") else f"{safe}.pdf"


def around_subject(subject: Subject, elements: Sequence[DataElement]) -> Around:
    """Return what texts and expressions of the instance may ask about."""
    return around_of(
        subject.definition,
        instance=subject.instance,
        elements=elements,
        form_of=TaskForms(subject.definition).of,
        language=subject.language,
    )


def scope_in(subject: Subject, around: Around, data_type: str | None = None) -> Scope:
    """Return what texts see from the first form of a type, else of the task's type."""
    wanted = data_type or data_type_of(
        subject.definition, subject.instance.current_task or ""
    )
    if wanted is None:
        return around.scope
    element = next(iter(around.forms.ids_of(wanted)), None)
    return FormScope(around, Place(wanted, element))


def _blocks_of_tasks(
    subject: Subject,
    around: Around,
    elements: Sequence[DataElement],
    tasks: Sequence[str],
    without: Collection[str],
) -> list[Block]:
    blocks: list[Block] = []
    for task in tasks:
        with evaluating(task):
            blocks += _blocks_of_task(subject, around, elements, task, without)
    return blocks


def _blocks_of_task(
    subject: Subject,
    around: Around,
    elements: Sequence[DataElement],
    task: str,
    without: Collection[str],
) -> Iterator[Block]:
    definition = subject.definition
    contexts = contexts_of(definition, around, task=task)
    if contexts is None or not contexts.pages:
        types = [t.id for t in definition.data_types.values() if t.task_id == task]
        yield from _blocks_of_forms(subject, elements, types)
        return
    set_id, data_type = layout_set_of(definition, task), data_type_of(definition, task)
    layout = _layout(subject, elements, task, set_id, data_type)
    yield from blocks_of_pages(
        contexts,
        ComponentTexts(definition, around, subject.language),
        without_pages=layout.excluded_pages,
        without=(*layout.excluded_components, *without),
    )


def _layout(
    subject: Subject,
    elements: Sequence[DataElement],
    task: str,
    set_id: str | None,
    data_type: str | None,
) -> PdfLayout:
    shown = (one for one in elements if one.data_type == data_type)
    return layout_for(
        subject.principal,
        definition=subject.definition,
        instance=subject.instance,
        task=task,
        layout_set=set_id,
        element=next(shown, None),
    )


def _blocks_of_forms(
    subject: Subject, elements: Sequence[DataElement], types: Collection[str]
) -> Iterator[Block]:
    """Yield what forms hold that no page shows."""
    for element in elements:
        if element.data_type not in types:
            continue
        form = form_data.read_element(subject.definition, element)
        if form is not None:
            yield Heading(element.data_type)
            yield from blocks_of_model(form.document)


def _document(
    subject: Subject,
    around: Around,
    blocks: Sequence[Block],
    elements: Sequence[DataElement],
    *,
    notice: str,
) -> Document:
    title = app_name(subject.definition, subject.language)
    words, instance = words_in(subject.language), subject.instance
    when = subject.now.astimezone(OSLO).strftime("%d.%m.%Y %H:%M")
    reference = str(instance.pk).rpartition("-")[2]
    owner = Party.objects.filter(pk=instance.owner_party_id).first()
    facts = [Field(words.sender, [owner.name] if owner else [])]
    if instance.owner_org_no:
        facts.append(Field(words.organisation_number, [instance.owner_org_no]))
    by = _name_of(subject.principal)
    if by and (owner is None or by != owner.name):
        facts.append(Field(words.by, [by]))
    facts += [Field(words.time, [when]), Field(words.reference, [reference])]
    return Document(
        title=title,
        language=subject.language,
        words=words.in_document,
        facts=facts,
        blocks=blocks,
        attachments=list(_attachments(subject.definition, elements)),
        footer=_footer(subject, around, [when, f"ID:{reference}"]),
        notice=notice,
    )


def _footer(subject: Subject, around: Around, facts: Sequence[str]) -> str | None:
    """Return what stands at the foot of each page, None where the app wants no foot."""
    app = subject.definition
    if not shows_pdf_footer(app, environment=settings.ALTINN_ENVIRONMENT):
        return None
    named = (
        []
        if _hides_name(app, scope_in(subject, around))
        else [app_name(app, subject.language)]
    )
    return "  ".join([*named, *facts])


def _attachments(
    definition: AppDefinition, elements: Sequence[DataElement]
) -> Iterator[Attachment]:
    """Yield the files that somebody sent; what the server made is not among them."""
    for element in elements:
        data_type = definition.data_types[element.data_type]
        made = data_type.id == PDF_TYPE or bool(element.references)
        if data_type.is_form or made or element.created_by_owner:
            continue
        kilobytes = max(1, round(element.size / 1000))
        yield Attachment(element.filename or data_type.id, f"{kilobytes} kB")


def _name_of(principal: Principal) -> str:
    if principal.party_id is not None:
        party = Party.objects.filter(pk=principal.party_id).first()
        if party is not None:
            return party.name
    return str(principal.org or principal.org_number)


def _set_of_subform(
    definition: AppDefinition, component: str, data_type: str
) -> str | None:
    """Return the pages that a component shows an element on, else those of the type."""
    for set_id in public_files.layout_sets(definition):
        pages = layout_set(definition, set_id)
        for page in pages.pages if pages else ():
            for one in page.all_components():
                if one.id == component and one.layout_set:
                    return one.layout_set
    for set_id in public_files.layout_sets(definition):
        pages = layout_set(definition, set_id)
        if pages is not None and pages.data_type == data_type:
            return set_id
    return None


def _hides_name(definition: AppDefinition, scope: Scope) -> bool:
    """Whether the application keeps its name out of the footer."""
    try:
        document: Any = public_files.parsed(definition, public_files.LAYOUT_SETS)
        hidden = document["uiSettings"]["hideAppNameInPdf"]
        return holds(read_expression(hidden), scope)
    except (
        AppFileUnreadable,
        ExpressionFailed,
        KeyError,
        TypeError,
        ValueError,
    ):
        return False  # it says nothing of it
