"""Calling the app's own code: the one place where it runs, and where it may go wrong.

What a hook raises or returns becomes a problem here, whatever it is. A hook that makes
the server call a hook again is stopped: it would never end.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from django.conf import settings

from apps_registry.definition import AppDefinition
from common.errors import DomainError, Issue
from process.hook_limit import HookOverdue, run_limited
from process.hook_refusals import (
    REFUSALS_OF_ACTIONS,
    DataRefusedByApp,
    HookFailed,
    HookTimedOut,
    InstantiationRefusedByApp,
    QueryPrefillRefusedByApp,
    StepRefusedByApp,
    action_error,
)
from process.hook_registry import HooksUnusable, hooks_of
from process.hooks import (
    ActionResult,
    AppHooks,
    ClientAction,
    HookIssue,
    HookRefused,
    InstanceChanges,
    NewContent,
    RefusalKind,
    ServiceTaskResult,
)
from process.payment_hooks import Order, OrderLine
from process.signing_hooks import Signee

log = structlog.get_logger()
T = TypeVar("T")

_SLOW_SECONDS = 1.0
_ABANDONED = "DataProcessorAbandon"  # what clients know such issues by
_running: ContextVar[str] = ContextVar("running_app_hook", default="")


def has(definition: AppDefinition, hook: str) -> bool:
    """Whether the app overrides this hook; raises HookFailed if it cannot be loaded."""
    hooks = _hooks(definition.app_id, hook)
    return hooks is not None and _overrides(hooks, hook)


def has_any(definition: AppDefinition, hooks: Collection[str]) -> bool:
    """Whether the app overrides one of these; raises HookFailed as ``has`` does."""
    found = _hooks(definition.app_id, next(iter(hooks)))
    return found is not None and any(_overrides(found, hook) for hook in hooks)


def handled_action(definition: AppDefinition, action: str | None) -> str | None:
    """Return the id of the app's user action of this name, None when it has none."""
    return None if action is None else named(definition, "user_actions", action)


def named(definition: AppDefinition, names: str, wanted: str) -> str | None:
    """Return the one of the app's ``names`` that is wanted, None when it has none."""
    known = all_named(definition, names)
    if not known:  # as of most apps, and each step asks some times
        return None
    folded = wanted.lower()
    return next((one for one in known if one.lower() == folded), None)


def all_named(definition: AppDefinition, names: str) -> Collection[str]:
    """Return what the app's code names: its user actions, or its lists of a kind."""
    hooks = _hooks(definition.app_id, names)
    found: Collection[str] = () if hooks is None else getattr(hooks, names)
    return found


def call(
    definition: AppDefinition,
    hook: str,
    context: Callable[[], object],
    *,
    refusal: type[DomainError] | Mapping[RefusalKind, type[DomainError]],
    accept: Callable[[Any], T],  # whatever the app's code returns
) -> T | None:
    """Call a hook and return what ``accept`` makes of its answer, None without a hook.

    ``context`` makes the hook's argument. ``accept`` raises TypeError for what the hook
    may not return. Raises ``refusal`` or HookFailed.
    """
    hooks = _hooks(definition.app_id, hook)
    if hooks is None or not _overrides(hooks, hook):
        return None
    argument = context()
    limit: float = settings.ALTINN_HOOK_SECONDS
    began = time.monotonic()
    mark = _running.set(hook)
    try:
        return run_limited(
            lambda: accept(getattr(hooks, hook)(argument)),
            limit,
            app_id=definition.app_id,
            hook=hook,
        )
    except HookRefused as error:
        raise _refusal(refusal, error) from error
    except HookOverdue as error:
        log.exception("app_hook_overdue", app_id=definition.app_id, hook=hook)
        raise HookTimedOut(
            app_id=definition.app_id, hook=hook, seconds=f"{limit:g}"
        ) from error
    except (Exception, SystemExit) as error:
        # The app's code may raise anything at all.
        log.exception("app_hook_failed", app_id=definition.app_id, hook=hook)
        raise HookFailed(app_id=definition.app_id, hook=hook) from error
    finally:
        _running.reset(mark)
        seconds = round(time.monotonic() - began, 2)
        if seconds > _SLOW_SECONDS:
            log.warning(
                "app_hook_slow", app_id=definition.app_id, hook=hook, seconds=seconds
            )


# --- what hooks may return ------------------------------------------------------------
def nothing(answer: object) -> None:
    """Accept no answer."""
    if answer is not None:
        raise TypeError(f"the hook returned {type(answer).__name__} and may not")


def changes(answer: object) -> InstanceChanges:
    """Accept changes of the instance, or None for none."""
    if answer is None:
        return InstanceChanges()
    if not isinstance(answer, InstanceChanges):
        raise TypeError(f"the hook returned {type(answer).__name__}")
    for values in (answer.data_values, answer.presentation_texts):
        for name, value in values.items():
            if not isinstance(name, str) or not isinstance(value, str | None):
                raise TypeError(f"{name!r} is set to {type(value).__name__}, no text")
    return answer


def truth(answer: object) -> bool:
    """Accept True or False."""
    if not isinstance(answer, bool):
        raise TypeError(f"the hook returned {type(answer).__name__}, no bool")
    return answer


def text(answer: object) -> str | None:
    """Accept a text, or None."""
    if not isinstance(answer, str | None):
        raise TypeError(f"the hook returned {type(answer).__name__}, no text")
    return answer


def content(answer: object) -> bytes | None:
    """Accept bytes, or None."""
    if not isinstance(answer, bytes | None):
        raise TypeError(f"the hook returned {type(answer).__name__}, no bytes")
    return answer


def issues(answer: Iterable[object]) -> tuple[HookIssue, ...]:
    """Accept issues."""
    return _all_of(HookIssue, answer)


def order(answer: object) -> Order:
    """Accept what is to be paid."""
    if not isinstance(answer, Order):
        raise TypeError(f"the hook returned {type(answer).__name__}, no Order")
    for line in answer.lines:
        if not isinstance(line, OrderLine):
            raise TypeError(f"an order line is {type(line).__name__}")
    return answer


def signees(answer: Iterable[object]) -> tuple[Signee, ...]:
    """Accept signees."""
    return _all_of(Signee, answer)


def result(answer: object) -> ActionResult:
    """Accept the result of a user action, or None for a plain success."""
    if answer is None:
        return ActionResult()
    if not isinstance(answer, ActionResult):
        raise TypeError(f"the hook returned {type(answer).__name__}, no ActionResult")
    changes(answer.changes)
    text(answer.redirect_url)
    for one in answer.client_actions:
        if not isinstance(one, ClientAction):
            raise TypeError(f"a client action is {type(one).__name__}")
        for word in (one.id, *one.metadata, *one.metadata.values()):
            if not isinstance(word, str):
                raise TypeError(f"{word!r} in a client action is no text")
    if not isinstance(answer.forms, Mapping):
        raise TypeError(f"forms are {type(answer.forms).__name__}, no mapping")
    return answer


def service_result(answer: object) -> ServiceTaskResult:
    """Accept the result of a service task, or None for a plain success."""
    if answer is None:
        return ServiceTaskResult()
    if not isinstance(answer, ServiceTaskResult):
        raise TypeError(f"the hook returned {type(answer).__name__}")
    changes(answer.changes)
    text(answer.action)
    for one in answer.contents:
        if not isinstance(one, NewContent):
            raise TypeError(f"a content is {type(one).__name__}, no NewContent")
        if not isinstance(one.content, bytes) or not one.content:
            raise ValueError(f"the content for {one.data_type} is empty or no bytes")
        for word in (one.data_type, one.content_type, *one.metadata.values()):
            if not isinstance(word, str):
                raise TypeError(f"{word!r} of a content is no text")
        text(one.filename)
    return answer


def _all_of(kind: type[T], answer: Iterable[object]) -> tuple[T, ...]:
    """Accept objects of one class; a generator is run to its end here."""
    found: list[T] = []
    for one in answer:
        if not isinstance(one, kind):
            raise TypeError(
                f"the hook returned {type(one).__name__}, no {kind.__name__}"
            )
        found.append(one)
    return tuple(found)


def issue_document(issue: HookIssue, *, source: str) -> dict[str, object]:
    """Return the wire's ValidationIssue."""
    said: dict[str, object] = {
        "customTextKey": issue.text_key,
        "customTextParameters": issue.parameters,
    }
    return {
        "severity": int(issue.severity),
        "dataElementId": None if issue.element_id is None else str(issue.element_id),
        "field": issue.field,
        "code": issue.code,
        "description": issue.description,
        "source": source,
        **{name: value for name, value in said.items() if value is not None},
    }


def class_name_of(definition: AppDefinition) -> str:
    """Return the full name of the app's class, which its issues stand under."""
    found = type(_hooks(definition.app_id, "validation"))
    return f"{found.__module__}.{found.__qualname__}"


def _hooks(app_id: str, hook: str) -> AppHooks | None:
    """Return the app's code; raises RuntimeError inside of a hook, HookFailed."""
    try:
        hooks = hooks_of(app_id)
    except HooksUnusable as error:
        log.exception("app_hooks_unusable", app_id=app_id)
        raise HookFailed(app_id=app_id, hook=hook) from error
    if hooks is not None and (outer := _running.get()):
        raise RuntimeError(f"{hook} of {app_id} would run inside of {outer}")
    return hooks


def _overrides(hooks: AppHooks, hook: str) -> bool:
    return getattr(type(hooks), hook) is not getattr(AppHooks, hook)


def _refusal(
    kind: type[DomainError] | Mapping[RefusalKind, type[DomainError]],
    error: HookRefused,
) -> DomainError:
    chosen = (
        kind
        if isinstance(kind, type)
        else kind.get(error.kind, kind[RefusalKind.CONFLICT])
    )
    source = _ABANDONED if chosen is DataRefusedByApp else "AppHooks"
    documents = [issue_document(one, source=source) for one in error.issues]
    members: dict[str, object] = {"appCode": error.code}
    if chosen is InstantiationRefusedByApp:
        members |= {
            "valid": False,
            "message": error.detail,
            "customTextKey": error.text_key,
            "customTextParameters": error.parameters,
            "validParties": [],
        }
    elif chosen is DataRefusedByApp:
        members["uploadValidationIssues"] = documents
    elif chosen is QueryPrefillRefusedByApp:
        members["issue"] = next(iter(documents), None)
    elif chosen is StepRefusedByApp:
        members["validationIssues"] = documents
    elif issubclass(chosen, tuple(REFUSALS_OF_ACTIONS.values())):
        members["error"] = action_error(error.code, error.detail)
        members["clientActions"] = None
    found = [
        Issue(one.field or str(one.element_id or ""), one.code, one.description)
        for one in error.issues
    ]
    return chosen(issues=found, members=members, reason=error.detail)
