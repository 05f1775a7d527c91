"""User actions: what a button in a task asks for, done by the app's own code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from apps_registry.definition import AppDefinition
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Forbidden, NotFound, Unauthenticated
from common.transactions import atomic
from data_elements.models import DataElement
from instances import services as instances
from instances.models import Instance
from parties.identity import Principal
from process import engine, hook_calls, task_hooks
from process.action_forms import ActionForms
from process.form_writes import Written
from process.hook_refusals import REFUSALS_OF_ACTIONS, action_error
from process.hook_views import caller_of, data_views, instance_view
from process.hooks import ActionResult, ActionView
from process.positions import state_of
from process.task_registry import performed_by_server, type_of
from process.task_types import Step
from signing.errors import (
    NothingToSign,
    OnBehalfOfNotPermitted,
    SignedContentUnreadable,
    SigningMisconfigured,
)


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of an action, and the forms that it changed."""

    result: ActionResult
    forms: Mapping[DataElement, Written] = field(default_factory=dict)


class ActionNotPermitted(Forbidden):
    """The policy, or the app's own code, does not let the caller do this here."""

    code = "user-action-not-permitted"
    title = "Forbidden"
    detail = "The caller may not perform the action {action} in the task {task}."


class ActionHandlerMissing(NotFound):
    """The application has no code for this action.

    The app's hooks name the actions that they perform in ``user_actions``.
    """

    code = "user-action-unknown"
    detail = "Action handler with id {action} not found"


class OnBehalfOfUnauthorized(Unauthenticated):
    """The caller may not sign on behalf of that organisation.

    It must be one that is to sign in this task, and the caller must hold one of its key
    roles, such as managing director or chair of the board.
    """

    code = "user-action-on-behalf-of"
    detail = "The caller may not sign on behalf of the organisation {organisation}."


def run(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    elements: Sequence[DataElement],
    action: str,
    button_id: str | None = None,
    metadata: Mapping[str, str] | None = None,
    on_behalf_of: str | None = None,
) -> Performed:
    """Perform the action in the task that the instance stands in.

    Raises ActionNotPermitted, ActionHandlerMissing, InstanceLocked, InstanceChanged,
    HookFailed, OnBehalfOfUnauthorized, the engine's conflicts and what signing or the
    app's code refuses with; nothing is changed then.
    """
    task = engine.current_task(definition.process, state_of(instance))
    permitted = authorization.decide_many(
        roles, resource=instance.resource, actions=(action,)
    )
    if not permitted[action] or not task_hooks.permits(
        roles.principal,
        definition=definition,
        instance=instance,
        task=task,
        action=action,
    ):
        raise ActionNotPermitted(action=action, task=task.id)
    roles.relied_on.append((instance.resource, action))
    now = timezone.now()
    if built_in := performed_by_server(definition, task, action):
        step = Step(roles.principal, definition, instance, task, lambda: elements, now)
        return Performed(
            _perform_built_in(step, action=built_in, on_behalf_of=on_behalf_of)
        )
    handled = hook_calls.handled_action(definition, action)
    if handled is None:
        message = ActionHandlerMissing.detail.format(action=action)
        error = action_error("ActionNotFound", message)
        raise ActionHandlerMissing(action=action, members={"error": error})
    with atomic():
        return perform(
            roles.principal,
            instance=instance,
            definition=definition,
            elements=elements,
            action=handled,
            button_id=button_id,
            metadata=metadata,
            now=now,
        )


def _perform_built_in(
    step: Step, *, action: str, on_behalf_of: str | None
) -> ActionResult:
    """Do what the task's type does; a refusal bears the wire's ``error``."""
    try:
        with atomic():
            instances.hold_unchanged(step.principal, instance=step.instance)
            return type_of(step.definition, step.task).perform(
                step, action=action, on_behalf_of=on_behalf_of
            )
    except OnBehalfOfNotPermitted as refused:
        error = action_error("UnauthorizedOnBehalfOf", refused.detail)
        raise OnBehalfOfUnauthorized(
            organisation=on_behalf_of or "", members={"error": error}
        ) from refused
    except (SigningMisconfigured, NothingToSign, SignedContentUnreadable) as refused:
        error = action_error("SignDataElementsFailed", refused.detail)
        refused.members.setdefault("error", error)
        raise


def perform(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    elements: Sequence[DataElement],
    action: str,
    now: datetime,
    button_id: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Performed:
    """Let the app's code act on an instance that nobody else can change meanwhile.

    It is part of the caller's transaction.
    """
    instances.hold_unchanged(principal, instance=instance)
    forms = ActionForms(
        principal, definition=definition, instance=instance, elements=elements
    )
    result = hook_calls.call(
        definition,
        "perform_action",
        lambda: ActionView(
            caller=caller_of(principal),
            instance=instance_view(instance),
            task=instance.current_task or "",
            action=action,
            data=data_views(definition, elements),
            button_id=button_id,
            metadata=dict(metadata or {}),
            read_form=forms.copy_of,
        ),
        refusal=REFUSALS_OF_ACTIONS,
        accept=forms.accept,
    )
    done = result or ActionResult()
    task_hooks.apply_changes(
        principal, instance=instance, changes=done.changes, now=now
    )
    return Performed(done, forms.write())
