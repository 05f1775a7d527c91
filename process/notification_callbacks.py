"""Whether a notification about an instance is still to be sent, asked before it is.

The server sends none itself. An application's own code, or a system of its owner, that
orders one of Altinn gives the address of ``callback_address`` as its condition; what is
asked there is answered to whoever has the code in it.
"""

import time
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from apps_registry import addresses
from apps_registry.definition import AppDefinition
from common.errors import Unauthenticated
from instances.models import Instance
from process import hook_calls
from process.hook_refusals import DataRefusedByApp
from process.hook_subjects import InstanceView
from process.hook_views import instance_view

_LIFETIME: Final = timedelta(days=31)
_SKEW: Final = timedelta(minutes=5)
_ALGORITHM: Final = "HS256"
_LONGEST: Final = 4096
_TIMES = jwt.JWTClaimsRegistry(
    leeway=int(_SKEW.total_seconds()), exp={"essential": True}
)


class NotificationCodeWrong(Unauthenticated):
    """The code is none of the application's for this instance, or its time is over.

    The server's operator sets the secrets in ``ALTINN_NOTIFICATION_CODES``.
    """

    code = "notification-code-wrong"
    detail = "The code is none of {app_id}'s for this instance."


class NoNotificationCode(Exception):
    """There is no secret to sign a code with; an operator's mistake, nobody's input."""


class _Secret(NamedTuple):
    id: str
    key: OctKey


def callback_address(instance: InstanceView) -> str:
    """Return where a notification about the instance asks whether it is still wanted.

    The code in it is valid for 31 days. Raises NoNotificationCode when
    ``ALTINN_NOTIFICATION_CODES`` has none of the application.
    """
    org, _, app = instance.app_id.partition("/")
    secret = next(iter(_secrets(instance.app_id)), None)
    if secret is None:
        raise NoNotificationCode(
            f"ALTINN_NOTIFICATION_CODES has no secret of {instance.app_id}"
        )
    now = int(time.time())
    claims = {
        "jti": str(instance.id),
        "secret_id": secret.id,
        "iat": now,
        "exp": now + int(_LIFETIME.total_seconds()),
    }
    code = jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, secret.key)
    return (
        f"{addresses.application_base(org)}/{org}/{app}/api/v1"
        f"/notification-webhook-listener/{instance.owner.party_id}/{instance.id}"
        f"?code={code}"
    )


def ensure_code(app_id: str, *, guid: UUID, code: str) -> None:
    """Raise NotificationCodeWrong unless the code is the application's for the guid."""
    secrets = _secrets(app_id)
    # One that names no secret was signed with the first.
    if not any(
        _is_signed(code, secret, guid, unnamed=secrets[0].id) for secret in secrets
    ):
        raise NotificationCodeWrong(app_id=app_id)


def is_wanted(definition: AppDefinition, *, instance: Instance | None) -> bool:
    """Return what the application's own code says; else whether the process goes on.

    Wanted, too, where there is no such instance: it may have been purged since, and
    Altinn sends then. Raises DataRefusedByApp and HookFailed.
    """
    if instance is None:
        return True
    said = hook_calls.call(
        definition,
        "should_send_notification",
        lambda: instance_view(instance),
        refusal=DataRefusedByApp,
        accept=hook_calls.truth,
    )
    return instance.process_ended is None if said is None else said


def _is_signed(code: str, secret: _Secret, guid: UUID, *, unnamed: str) -> bool:
    """Whether the secret signed the code for the instance, and its time is not over.

    ``unnamed`` is the id of the secret of a code that names none.
    """
    if len(code) > _LONGEST:
        return False
    try:
        claims = jwt.decode(code, secret.key, algorithms=[_ALGORITHM]).claims
        _TIMES.validate(claims)
        about = UUID(str(claims.get("jti")))
    except (JoseError, ValueError):
        return False
    return about == guid and claims.get("secret_id", unnamed) == secret.id


def _secrets(app_id: str) -> list[_Secret]:
    """Return the application's secrets, in their order; an empty one opens nothing."""
    found = []
    for entry in settings.ALTINN_NOTIFICATION_CODES:
        name, _, rest = entry.partition("=")
        secret_id, _, secret = rest.partition(":")
        if name == app_id and secret_id and secret:
            found.append(_Secret(secret_id, OctKey.import_key(secret)))
    return found
