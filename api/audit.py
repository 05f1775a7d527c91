"""The audit trail: a record of every refusal, and of every use of a privileged call.

It says who asked for what on what, and how it ended, in the structured log, under the
request's trace id. Identity numbers and tokens are masked as in every line of the log.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import structlog
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.client_address import client_network
from authorization.context import Context, Unanswerable
from authorization.decisions import Result
from authorization.evaluator import Outcome
from authorization.resources import Resource
from common.actors import Actor
from parties.identity import Principal, PrincipalKind

audit = structlog.get_logger(
    "altinn.audit", log="audit"
)  # altinn/logging.py never silences it

_COMPONENT = "platform_caller"
_HEADER = "HTTP_PLATFORMACCESSTOKEN"  # without it no component calls
_ACTION, _RESOURCE = "asked_action", "asked_resource"
_FORBIDDEN: Final = 403
_LONGEST: Final = 200  # of what a decision request may state in thousands


def note_component(name: str) -> None:
    """Remember that a component of the platform calls, for every line of the log."""
    structlog.contextvars.bind_contextvars(**{_COMPONENT: name})


def note_refusal(resource: Resource, action: str) -> None:
    """Remember what the policy refused, for the record of the call."""
    structlog.contextvars.bind_contextvars(
        **{_ACTION: action, _RESOURCE: _named(resource)}
    )


def record_call(
    request: Request, answer: HttpResponseBase, *, action: str, privileged: bool
) -> None:
    """Record the call if it was refused, or privileged, or a component's."""
    status = answer.status_code
    if status != _FORBIDDEN and not privileged and _HEADER not in request.META:
        return
    noted = structlog.contextvars.get_contextvars()
    if status != _FORBIDDEN and not privileged and _COMPONENT not in noted:
        return
    document = getattr(answer, "data", None)
    code = document.get("code") if isinstance(document, Mapping) else None
    audit.info(
        "refused" if status >= 400 else "privileged_use",
        subject=noted.get(_COMPONENT) or subject_name(request.user),
        action=noted.get(_ACTION, action),
        resource=noted.get(_RESOURCE, request.path),
        result=code or str(status),
        method=request.method,
    )


def record_decisions(
    contexts: Iterable[Context | Unanswerable], results: Iterable[Result]
) -> None:
    """Record each decision of the decision point that permits nothing."""
    for context, result in zip(contexts, results, strict=True):
        if result.outcome is Outcome.PERMIT:
            continue
        asked = {}
        if isinstance(context, Context):
            asked = {
                "subject": subject_name(context.subject),
                "action": context.action[:_LONGEST],
                "resource": _named(context.resource)[:_LONGEST],
            }
        audit.info("decision_refused", result=result.outcome.wire, **asked)


def actor_of(request: Request) -> Actor:
    """Return who calls and from where, for what the database keeps of a change."""
    noted = structlog.contextvars.get_contextvars()
    return Actor(
        account=noted.get(_COMPONENT) or subject_name(request.user),
        address=client_network(request._request),
        trace_id=str(getattr(request._request, "trace_id", "")),
    )


def subject_name(caller: object) -> str:
    """Name a caller by kind and id, never by name or identity number."""
    if not isinstance(caller, Principal):
        return "anonymous"
    if caller.kind is PrincipalKind.SYSTEM_USER:
        return f"{caller.kind.value} {caller.system_user_id}"
    if caller.kind is PrincipalKind.UNKNOWN:
        return caller.app or caller.kind.value
    return f"{caller.kind.value} {caller.org or caller.id}"


def _named(resource: Resource) -> str:
    owner = resource.instance_id or resource.party_id
    return f"{resource.org}/{resource.app}" + (f"/{owner}" if owner else "")
