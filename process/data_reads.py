"""Data of an instance as the application hands it out: its own code is asked first."""

from apps_registry.definition import AppDefinition
from data_elements.models import DataElement
from parties.identity import Principal
from process import form_reads, hook_calls
from process.form_data import Form
from process.hook_refusals import ReadRefusedByApp
from process.hook_views import access_view, caller_of, instance_view
from process.hooks import FormRead


def check_read(
    principal: Principal, *, definition: AppDefinition, element: DataElement
) -> None:
    """Ask the app whether it hands the content out; raises ReadRefusedByApp."""
    hook_calls.call(
        definition,
        "check_data_read",
        lambda: access_view(principal, definition, element),
        refusal=ReadRefusedByApp,
        accept=hook_calls.nothing,
    )


def as_read(
    principal: Principal,
    *,
    definition: AppDefinition,
    element: DataElement,
    form: Form,
    language: str,
) -> Form:
    """Return the form as the app's own code has it told; what is stored stays.

    Raises ReadRefusedByApp and HookFailed.
    """
    return form_reads.as_read(
        definition,
        form,
        lambda copied: FormRead(
            caller=caller_of(principal),
            instance=instance_view(element.instance),
            data_type=element.data_type,
            element_id=element.pk,
            form=copied.document,
            language=language,
        ),
    )
