"""New instances that begin as copies of archived ones."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import IO

from django.utils import timezone

from apps_registry.definition import PDF_TYPE, AppDefinition, DataType
from apps_registry.presentation import Copying, presentation_of
from common.errors import Conflict, DomainError, Invalid, Phrase
from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from data_elements.services import Content
from forms import filling
from instances.models import Instance
from parties.identity import Principal
from process import engine, form_data, hook_calls, task_hooks
from process.hook_refusals import InstantiationRefusedByApp
from process.hook_views import caller_of, instance_view
from process.hooks import CopyView
from process.instantiation import FirstData


class CopyingDisabled(Invalid):
    """The application does not let instances begin as copies of archived ones.

    Its metadata has no ``copyInstanceSettings`` with ``enabled``.
    """

    code = "copying-disabled"
    detail = (
        "Creating instance based on a copy from an archived instance is not enabled"
        " for this app."
    )


class SourceNotArchived(Invalid):
    """Only what was archived can be copied."""

    code = "copy-source-not-archived"
    detail = "It is not possible to copy an instance that isn't archived."


class DataNotCopyable(Conflict):
    """Data cannot be read, or not so that what the application excludes is taken out.

    Nothing was made. The application's owner mends the form or the data model.
    """

    code = "data-not-copyable"
    detail = "The data element {element_id} cannot be copied: {reason}"


def copying_of(definition: AppDefinition) -> Copying:
    """Return how the application copies; raises CopyingDisabled if it does not."""
    copying = presentation_of(definition).copying
    if not copying.enabled:
        raise CopyingDisabled
    return copying


def check_source(
    principal: Principal, *, definition: AppDefinition, source: Instance
) -> None:
    """Raise SourceNotArchived, or InstantiationRefusedByApp if the app's code refuses.

    The caller may read the source.
    """
    if source.archived_at is None:
        raise SourceNotArchived
    hook_calls.call(
        definition,
        "validate_copy",
        lambda: CopyView(caller=caller_of(principal), source=instance_view(source)),
        refusal=InstantiationRefusedByApp,
        accept=hook_calls.nothing,
    )


@contextmanager
def copied(
    definition: AppDefinition,
    elements: Iterable[DataElement],
    *,
    may_copy: Callable[[DataType], bool],
) -> Iterator[list[FirstData]]:
    """Store copies of what belongs in a new instance's first task, for a block.

    ``may_copy`` says of which types the caller may. Infected content is left out.
    Raises DataNotCopyable.
    """
    copying, task = copying_of(definition), first_task(definition)
    with ExitStack() as stack:
        copies: list[FirstData] = []
        for element in elements:
            data_type = definition.data_types.get(element.data_type)
            if (
                data_type is None
                or data_type.task_id != task
                or data_type.id in copying.excluded_types
                or data_type.id == PDF_TYPE
                or not (data_type.is_form or copying.with_attachments)
                or element.deleted_at is not None
                or element.scan_result == FileScanResult.INFECTED
                or not may_copy(data_type)
            ):
                continue
            fields = copying.excluded_fields if data_type.is_form else ()
            content = stack.enter_context(_copy_of(definition, element, without=fields))
            copies.append(FirstData(data_type, content))
        yield copies


def first_task(definition: AppDefinition) -> str | None:
    """Return the task that a new instance stands in."""
    start = engine.start(
        definition.process, now=timezone.now(), pick=task_hooks.pick_for(definition)
    )
    task = start.state.current_task
    return None if task is None else task.element_id


@contextmanager
def _copy_of(
    definition: AppDefinition,
    element: DataElement,
    *,
    without: tuple[str, ...],
) -> Iterator[Content]:
    with _opened(element) as stream:
        if without:
            form = _cleared(definition, element, without=without)
            incoming = _incoming(form)
        else:
            incoming = Incoming(stream, max_bytes=element.size)
        with blobs.stored(incoming) as blob:
            yield Content(blob, element.content_type, element.filename)


def _opened(element: DataElement) -> IO[bytes]:
    try:
        return blobs.open_blob(element.blob_key)
    except FileNotFoundError:
        reason = Phrase("its content is missing.")
        raise DataNotCopyable(element_id=element.pk, reason=reason) from None


def _cleared(
    definition: AppDefinition, element: DataElement, *, without: tuple[str, ...]
) -> bytes:
    """Return a form without some fields, in the format that it has."""
    try:
        form = form_data.read_element(definition, element)
    except DomainError as error:
        raise DataNotCopyable(element_id=element.pk, reason=error.detail) from None
    if form is None:
        reason = Phrase(
            "the data type {data_type} has no data model.", data_type=element.data_type
        )
        raise DataNotCopyable(element_id=element.pk, reason=reason)
    filling.clear(form.document, without, form.model)
    return form.to_bytes(element.content_type)


def _incoming(content: bytes) -> Incoming:
    return Incoming(BytesIO(content), max_bytes=len(content))
