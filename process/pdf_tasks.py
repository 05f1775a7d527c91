"""Receipts as PDF: service tasks that draw them, and the end of a task that does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from apps_registry import public_files
from apps_registry.bpmn import Extension, Task
from apps_registry.definition import PDF_TYPE, AppDefinition
from apps_registry.environments import extension_of
from apps_registry.errors import AppFileUnreadable
from data_elements.models import DataElement
from forms.task_data import layout_set_of, settings_of_set
from payments import config as payment_config
from payments import services as payments
from payments.choices import PaymentStatus
from pdf.drawing import draw
from process import payment_receipts
from process.hook_types import NewContent, ServiceTaskResult
from process.languages import language_for
from process.pdf_contents import (
    Subject,
    document_of_subform,
    document_of_tasks,
    file_name,
)
from process.service_tasks import Run, ServiceTask
from process.task_types import Step
from signing.config import TASK_TYPE as SIGNING
from signing.config import config_of

_SERVICES: Final = frozenset({"pdf", "subformPdf"})
_CONTENT_TYPE: Final = "application/pdf"
_PAYMENT_RECEIPT: Final = "Betalingskvittering.pdf"  # in any language, as in Altinn
_QUICK_BYTES: Final = 256 * 1024  # of forms; more is left to the worker


class PdfTask(ServiceTask):
    """Draws the answers of the tasks that its configuration names."""

    def is_quick(self, step: Step) -> bool:
        """Whether there is little to draw."""
        types = step.definition.data_types
        forms = (
            one.size
            for one in step.elements()
            if one.data_type in types and types[one.data_type].is_form
        )
        return sum(forms) <= _QUICK_BYTES

    def execute(self, run: Run) -> ServiceTaskResult:
        """Draw one document of all of them."""
        step = run.step
        tasks, without = _drawn(step.definition, step.task)
        subject = subject_of(step)
        content = draw(document_of_tasks(subject, tasks, without=without))
        name = file_name(subject, _text(step.task, "pdfConfig", _KEY))
        return ServiceTaskResult(
            contents=[NewContent(PDF_TYPE, content, _CONTENT_TYPE, name)]
        )


class SubformPdfTask(PdfTask):
    """Draws a document of each element of a subform's data type."""

    def execute(self, run: Run) -> ServiceTaskResult:
        """Draw them, one after the other."""
        step = run.step
        component = _text(step.task, _SUBFORM, "subformComponentId")
        data_type = _text(step.task, _SUBFORM, "subformDataTypeId")
        key = _text(step.task, _SUBFORM, _KEY)
        whole = subject_of(step)
        contents = []
        for element in step.elements():
            if element.data_type != data_type or element.deleted_at is not None:
                continue
            run.hold.renew()
            subject = replace(whole, elements=_with_one(whole.elements, element))
            content = draw(document_of_subform(subject, component, data_type))
            metadata = {
                "subformComponentId": component,
                "subformDataElementId": str(element.pk),
            }
            name = file_name(subject, key, data_type)
            contents.append(
                NewContent(PDF_TYPE, content, _CONTENT_TYPE, name, metadata)
            )
        return ServiceTaskResult(contents=contents)


_KEY: Final = "filenameTextResourceKey"
_SUBFORM: Final = "subformPdfConfig"


def subject_of(step: Step, *, language: str = "") -> Subject:
    """Return the instance in a step as receipts see it."""
    return Subject(
        principal=step.principal,
        definition=step.definition,
        instance=step.instance,
        elements=step.elements(),
        language=language
        or language_for(step.principal, owner_party_id=step.instance.owner_party_id),
        now=step.now,
    )


def drawn_at_end(step: Step) -> list[NewContent]:
    """Return what the end of a task draws by itself, before the move is written.

    Raises PdfUnavailable, PdfFailed, what reading the forms raises, and of a task to
    pay in PaymentNotCompleted and PaymentProcessorFailed.
    """
    return [*_of_the_forms(step), *_of_what_is_signed(step), *_of_what_is_paid(step)]


def _of_what_is_signed(step: Step) -> Iterator[NewContent]:
    """Yield the forms that a task to sign in lets sign, if it names a type for that."""
    config = config_of(step.task) if step.task.task_type == SIGNING else None
    if config is None or config.pdf_type not in step.definition.data_types:
        return
    types = step.definition.data_types
    signed = [types[one] for one in config.types_to_sign if one in types]
    tasks = list(dict.fromkeys(one.task_id for one in signed if one.is_form))
    content = draw(document_of_tasks(subject_of(step), tasks))
    name = f"{config.pdf_type}.pdf"
    yield NewContent(config.pdf_type, content, _CONTENT_TYPE, name)


def _of_what_is_paid(step: Step) -> Iterator[NewContent]:
    """Yield the receipt of a payment that is made; what was skipped has none."""
    config = payment_config.config_of(step.task)
    if config is None or step.task.task_type != payment_config.TASK_TYPE:
        return
    if config.receipt_pdf_type not in step.definition.data_types:
        return
    found = payments.settled(step.definition, step.task, step.elements())
    if found.status == PaymentStatus.PAID:
        document = payment_receipts.document_of(subject_of(step), step.task.id, found)
        yield NewContent(
            config.receipt_pdf_type, draw(document), _CONTENT_TYPE, _PAYMENT_RECEIPT
        )


def _of_the_forms(step: Step) -> list[NewContent]:
    """Return the receipt of the task's own forms.

    An application that has service tasks for it draws by those alone, and one without
    the data type for it draws nothing.
    """
    definition = step.definition
    wanted = {
        t.id
        for t in definition.data_types.values()
        if t.task_id == step.task.id and t.is_form and t.enable_pdf_creation
    }
    if (
        PDF_TYPE not in definition.data_types
        or has_pdf_tasks(definition)
        or not any(
            one.data_type in wanted and one.deleted_at is None
            for one in step.elements()
        )
    ):
        return []
    subject = subject_of(step)
    content = draw(document_of_tasks(subject, [step.task.id]))
    return [NewContent(PDF_TYPE, content, _CONTENT_TYPE, file_name(subject, ""))]


def has_pdf_tasks(definition: AppDefinition) -> bool:
    """Whether the process itself says when a PDF is drawn."""
    elements = definition.process.elements.values()
    return any(isinstance(e, Task) and e.task_type in _SERVICES for e in elements)


def _drawn(definition: AppDefinition, task: Task) -> tuple[list[str], list[str]]:
    """Return the tasks that are drawn, and the components that are not.

    Those that the configuration lists, else those that the PDF page of the task's own
    pages sums up, else every task with a form that comes before.
    """
    config = extension_of(task, "pdfConfig")
    listed = [
        one.text
        for child in (config.children if config else ())
        if child.name == "autoPdfTaskIds"
        for one in child.children
        if one.text
    ]
    if listed:
        return listed, []
    summed, without = _summed_up(definition, task)
    if summed:
        return summed, without
    forms = {t.task_id for t in definition.data_types.values() if t.is_form}
    elements = definition.process.elements.values()
    return [e.id for e in elements if isinstance(e, Task) and e.id in forms], []


def _summed_up(definition: AppDefinition, task: Task) -> tuple[list[str], list[str]]:
    tasks: list[str] = []
    without: list[str] = []
    for node in _pdf_page(definition, task):
        target = node.get("target")
        if node.get("type") != "Summary2" or not isinstance(target, Mapping):
            continue
        named = target.get("taskId")
        if isinstance(named, str) and named not in tasks:
            tasks.append(named)
        for one in node.get("overrides") or ():
            if one.get("hidden") is True and isinstance(one.get("componentId"), str):
                without.append(one["componentId"])
    return tasks, without


def _pdf_page(definition: AppDefinition, task: Task) -> Iterator[Mapping[str, Any]]:
    """Yield the components of the page that the task's pages name for PDF."""
    set_id = layout_set_of(definition, task.id)
    pages = settings_of_set(definition, set_id).get("pages") if set_id else None
    name = pages.get("pdfLayoutName") if isinstance(pages, Mapping) else None
    if set_id is None or not isinstance(name, str):
        return
    try:
        document: Any = public_files.parsed(
            definition, public_files.page_path(set_id, name)
        )
        yield from document["data"]["layout"]
    except (AppFileUnreadable, KeyError, TypeError):
        return


def _with_one(
    elements: Sequence[DataElement], wanted: DataElement
) -> list[DataElement]:
    """Return the elements without the others of the wanted one's type."""
    return [
        one for one in elements if one == wanted or one.data_type != wanted.data_type
    ]


def _text(task: Task, extension: str, member: str) -> str:
    given: Extension | None = extension_of(task, extension)
    children = given.children if given is not None else ()
    return next((child.text for child in children if child.name == member), "")
