"""What a reader is told of a form: as it is, or as the app's own code has it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

from apps_registry.definition import AppDefinition
from forms import json_data
from process import hook_calls
from process.form_data import Form
from process.hook_refusals import ReadRefusedByApp
from process.hooks import FormRead

_HOOK = "on_data_read"


def is_by_app(definition: AppDefinition) -> bool:
    """Whether the app's own code has a word in what readers are told."""
    return hook_calls.has(definition, _HOOK)


def as_read(
    definition: AppDefinition, form: Form, read: Callable[[Form], FormRead]
) -> Form:
    """Return the form that is told; what is stored stays as it is.

    Raises ReadRefusedByApp and HookFailed.
    """
    found = hook_calls.call(
        definition,
        _HOOK,
        lambda: read(replace(form, document=deepcopy(form.document))),
        refusal=ReadRefusedByApp,
        accept=lambda answer: json_data.by_hook(answer, form.model.type),
    )
    return form if found is None else replace(form, document=found)
