"""What is kept out of PDF: as the settings of pages say, and the app's own code."""

from collections.abc import Mapping
from copy import deepcopy

from apps_registry.definition import AppDefinition
from common.errors import Invalid
from data_elements.models import DataElement
from forms.task_data import settings_of_set
from instances.models import Instance
from parties.identity import Principal
from process import form_data, hook_calls
from process.errors import FormNotEvaluable
from process.hook_refusals import DataRefusedByApp
from process.hook_views import caller_of, instance_view
from process.pdf_hooks import PdfLayout, PdfQuery


def layout_for(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: str,
    layout_set: str | None,
    element: DataElement | None,
) -> PdfLayout:
    """Return what is kept out of the PDF of pages that show an element.

    Raises DataRefusedByApp, HookFailed and, where there is code to ask, BlobMissing,
    FormTooLarge and FormNotEvaluable.
    """
    stated = _stated(definition, layout_set)
    chosen = hook_calls.call(
        definition,
        "format_pdf",
        lambda: PdfQuery(
            caller=caller_of(principal),
            instance=instance_view(instance),
            task=task,
            layout_set=layout_set,
            data_type="" if element is None else element.data_type,
            form=_form(definition, task, element),
            layout=stated,
        ),
        refusal=DataRefusedByApp,
        accept=_accepted,
    )
    return stated if chosen is None else chosen


def _stated(definition: AppDefinition, layout_set: str | None) -> PdfLayout:
    settings = {} if layout_set is None else settings_of_set(definition, layout_set)
    return PdfLayout(
        _excluded(settings.get("pages")), _excluded(settings.get("components"))
    )


def _excluded(section: object) -> tuple[str, ...]:
    names = section.get("excludeFromPdf") if isinstance(section, Mapping) else None
    return tuple(str(one) for one in names) if isinstance(names, list) else ()


def _form(
    definition: AppDefinition, task: str, element: DataElement | None
) -> Mapping[str, object]:
    if element is None:
        return {}
    try:
        form = form_data.read_element(definition, element)
    except Invalid as error:
        raise FormNotEvaluable(
            task=task, reason=f"{element.pk} does not fit its model: {error}"
        ) from None
    return {} if form is None else deepcopy(form.document)


def _accepted(answer: object) -> PdfLayout | None:
    if answer is None:
        return None
    if not isinstance(answer, PdfLayout):
        raise TypeError(f"the hook returned {type(answer).__name__}, no PdfLayout")
    for names in (answer.excluded_pages, answer.excluded_components):
        if isinstance(names, str) or not all(isinstance(one, str) for one in names):
            raise TypeError(f"{names!r:.200} are no names")
    return answer
