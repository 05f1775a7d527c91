"""The order of a form's pages: what the app's own code says, else its settings."""

from collections.abc import Mapping, Sequence

from apps_registry import public_files
from apps_registry.definition import AppDefinition, DataType
from forms import json_data
from instances.models import Instance
from parties.identity import Principal
from process import form_data, hook_calls
from process.hook_refusals import DataRefusedByApp
from process.hook_views import caller_of, instance_view
from process.hooks import PageQuery


def pages(
    principal: Principal,
    *,
    definition: AppDefinition,
    data_type: DataType,
    layout_set: str | None,
    current: str,
    form: object,
    instance: Instance | None,
) -> Sequence[str]:
    """Return the names of the pages that are shown, in their order.

    Raises AppFileNotFound for a layout set that there is none of, FormJsonRefused,
    DataRefusedByApp and HookFailed.
    """
    declared = public_files.page_order(definition, layout_set)
    model = form_data.model_for(definition, data_type)
    if model is not None:
        form = json_data.read_object(form, model.type, pointer="", strict=False)
    chosen = hook_calls.call(
        definition,
        "order_pages",
        lambda: PageQuery(
            caller=caller_of(principal),
            instance=None if instance is None else instance_view(instance),
            data_type=data_type.id,
            layout_set=layout_set,
            current_page=current,
            form=form if isinstance(form, Mapping) else {},
            pages=tuple(declared),
        ),
        refusal=DataRefusedByApp,
        accept=_page_names,
    )
    return declared if chosen is None else chosen


def _page_names(answer: object) -> Sequence[str] | None:
    if answer is None:
        return None
    if isinstance(answer, str) or not isinstance(answer, Sequence):
        raise TypeError(f"the hook returned {type(answer).__name__}, no list of pages")
    for one in answer:
        if not isinstance(one, str):
            raise TypeError(f"{one!r} is no name of a page")
    return [*answer]
