"""What an application's own code changes of an instance's data beside what a call does.

It is asked once, in the transaction of the call, when everything else is written.
"""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from apps_registry.definition import AppDefinition
from data_elements import blobs, rows
from data_elements.models import DataElement
from instances.models import Instance
from parties.identity import Principal
from process import hook_calls, task_hooks
from process.action_forms import ActionForms
from process.form_writes import Written
from process.hook_refusals import DataRefusedByApp
from process.hook_views import caller_of, data_views, instance_view
from process.hooks import ChangeKind, DataChanges, DataEdits, ElementChange

_HOOK = "on_data_changes"


def follow(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    changed: Iterable[DataElement],
    kind: ChangeKind,
) -> Mapping[DataElement, Written]:
    """Write what the app's code has to follow the change; return the forms changed.

    ``changed`` are the elements that the call was about, which have what is written
    then, too. Part of the caller's transaction. Raises DataRefusedByApp, HookFailed,
    DataElementLocked and what changing the instance raises.
    """
    if not hook_calls.has(definition, _HOOK):
        return {}
    about = {one.pk: one for one in changed}
    if not about:
        return {}
    elements = [about.get(one.pk, one) for one in rows.elements_of(instance.pk)]
    forms = ActionForms(
        principal, definition=definition, instance=instance, elements=elements
    )
    edits = hook_calls.call(
        definition,
        _HOOK,
        lambda: DataChanges(
            caller=caller_of(principal),
            instance=instance_view(instance),
            changes=tuple(
                ElementChange(one.pk, one.data_type, kind) for one in about.values()
            ),
            data=data_views(definition, elements),
            read_form=forms.copy_of,
        ),
        refusal=DataRefusedByApp,
        accept=lambda answer: _edits(answer, forms),
    )
    if edits is None:
        return {}
    now = timezone.now()
    with blobs.all_or_none():
        task_hooks.apply_changes(
            principal, instance=instance, changes=edits.changes, now=now
        )
        return forms.write()


def _edits(answer: object, forms: ActionForms) -> DataEdits | None:
    """Accept edits whose forms fit their models, or None for none."""
    if answer is None:
        return None
    if not isinstance(answer, DataEdits):
        raise TypeError(f"the hook returned {type(answer).__name__}, no DataEdits")
    hook_calls.changes(answer.changes)
    forms.keep(answer.forms)
    return answer
