"""Calls that bear an ``Idempotency-Key``: carried out once, answered as often as asked.

The view's work runs in a transaction that is held open until its answer is kept in it,
so after a crash either both are there or neither is. What is refused is not kept: it
changed nothing, and may be mended and sent again with the same key.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import platform_caller
from api.fingerprints import Fingerprint
from api.permissions import require, require_scope
from api.uploads import body_stream, has_body
from authorization import services as authorization
from authorization.resources import Resource
from authorization.services import RoleLookup
from common.transactions import held
from data_elements.blobs import Readable
from idempotency import services as idempotency
from idempotency.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    IdempotentAnswerDropped,
)
from idempotency.services import Answer, Claim, Kept
from parties.identity import Principal, PrincipalKind

if TYPE_CHECKING:
    from api.views import FaceViewSet

KEY: Final = "Idempotency-Key"
KEY_VARIABLE: Final = "HTTP_IDEMPOTENCY_KEY"
REPLAYED: Final = "Idempotency-Replayed"
METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
KEY_PROBLEMS: Final = (
    "idempotency-key-in-use",
    "idempotency-key-invalid",
    "idempotency-key-reused",
    "idempotent-answer-dropped",
)
_LONGEST: Final = 255
_HEADERS: Final = ("Content-Type", "Location", "ETag")
_RENEW_AFTER: Final = idempotency.LEASE.total_seconds() / 3

Handler = Callable[..., HttpResponseBase]


def once(
    view: "FaceViewSet", handler: Handler, request: Request, **kwargs: object
) -> HttpResponseBase:
    """Carry the call out, or answer as an earlier one with its key was answered.

    Raises IdempotencyKeyInvalid, IdempotencyKeyInUse, IdempotencyKeyReused,
    IdempotentAnswerDropped, and NotPermitted, LevelTooLow or ScopeMissing where the
    caller has lost what it took.
    """
    claimed = idempotency.claim(
        caller=_caller(request),
        address=_address(request._request),
        key=_key(request.headers[KEY]),
    )
    if isinstance(claimed, Kept):
        return _replayed(view, request, claimed)
    try:
        return _carried_out(view, handler, claimed, request, kwargs)
    except BaseException:
        idempotency.release(claimed)  # what was done is rolled back by now
        raise


def _carried_out(
    view: "FaceViewSet",
    handler: Handler,
    claim: Claim,
    request: Request,
    kwargs: dict[str, object],
) -> HttpResponseBase:
    sent = request._request
    with ExitStack() as stack:
        fingerprint = stack.enter_context(
            Fingerprint(sent, caller=_level(request), on_read=_Renewal(claim))
        )
        # A body that the view does not read is read before anything is locked.
        stack.enter_context(held(before=lambda: fingerprint.of_all(_body(sent))))
        response = handler(request, **kwargs)
        idempotency.keep(
            claim,
            fingerprint=fingerprint.of_all(_body(sent)),
            answer=_answer(view, response),
            rights=_rights(view.roles),
        )
    return response


def _replayed(view: "FaceViewSet", request: Request, kept: Kept) -> HttpResponse:
    sent, level = request._request, _level(request)
    with Fingerprint(sent, caller=level, on_read=lambda: None) as fingerprint:
        if fingerprint.of_all(_body(sent)) != kept.fingerprint:
            raise IdempotencyKeyReused
    for right in kept.rights:  # in the state of then, and by what the caller has now
        if "anyOfScopes" in right:
            require_scope(view.roles, *right["anyOfScopes"])
        else:
            resource = Resource(**right["on"])
            require(view.roles, resource=resource, action=right["action"])
    answer = kept.answer
    if answer.body is None:
        location = answer.headers.get("Location")
        raise IdempotentAnswerDropped(
            status=answer.status, members={"location": location} if location else {}
        )
    replay = HttpResponse(answer.body, status=answer.status)
    if "Content-Type" not in answer.headers:
        del replay["Content-Type"]
    for name, value in answer.headers.items():
        replay[name] = value
    replay[REPLAYED] = "true"
    return replay


def _answer(view: "FaceViewSet", response: HttpResponseBase) -> Answer:
    """Return the answer as it goes out; it is rendered here, inside the transaction."""
    if isinstance(response, Response):
        negotiated = view.request.accepted_renderer, view.request.accepted_media_type
        response.accepted_renderer, response.accepted_media_type = negotiated
        context = view.get_renderer_context()
        response.renderer_context = context  # type: ignore[attr-defined]  # as DRF does
        response.render()
    headers = {name: response[name] for name in _HEADERS if name in response}
    if view.tag and response.status_code in (200, 201):
        headers["ETag"] = view.tag
    body = response.content if isinstance(response, HttpResponse) else None
    return Answer(response.status_code, headers, body)


def _rights(roles: RoleLookup) -> list[dict[str, object]]:
    """Return the rights that the call took, without those that it has ended itself.

    Who signs last has no right to sign after that, and is told all the same that it is
    signed. A scope is a right of the token: the next one may have fewer.
    """
    now = RoleLookup(roles.principal) if roles.asked_delegations else roles
    scopes: list[dict[str, object]] = [
        {"anyOfScopes": list(accepted)}
        for accepted in dict.fromkeys(roles.scopes_relied_on)
    ]
    return scopes + [
        {"action": action, "on": asdict(resource)}
        for resource, action in dict.fromkeys(roles.relied_on)
        if authorization.decide(now, resource=resource, action=action).permitted
    ]


def _body(sent: HttpRequest) -> Readable:
    """Return what is left of the body, hashed as it is read."""
    return body_stream(sent) if has_body(sent) else BytesIO()


def _key(header: str) -> str:
    """Return the key: a text in quotes, as the draft standard has it, or without."""
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not (0 < len(key) <= _LONGEST and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid
    return key


def _caller(request: Request) -> str:
    """Name who calls: another caller's key is another key."""
    user = request.user
    parts: list[object] = [platform_caller(request)]
    if isinstance(user, Principal):
        parts += [user.kind.value, user.user_id, user.org, user.org_number]
        parts += [user.system_user_id, user.app]
    return repr(parts)


def _level(request: Request) -> str:
    """Name how strongly a user is logged in: the policy is not asked again."""
    user = request.user
    if isinstance(user, Principal) and user.kind is PrincipalKind.USER:
        return f"level {user.level}"
    return ""


def _address(sent: HttpRequest) -> str:
    host_org = getattr(sent, "host_org", "")
    return f"{sent.method} {host_org} {sent.path.rstrip('/')}"


class _Renewal:
    """Renews a claim while a body comes in."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._last = monotonic()

    def __call__(self) -> None:
        """Tell that the run is alive, if that was not told lately."""
        if monotonic() - self._last > _RENEW_AFTER:
            self._last = monotonic()
            idempotency.renew(self._claim)
