"""Who may look persons up, and how often: the same on both faces."""

from typing import Final

from django.conf import settings
from rest_framework.request import Request

from api.callers import require_user
from api.client_address import NOWHERE, client_network
from api.permissions import LevelTooLow
from parties.identity import Principal, PrincipalKind
from parties.lookup_limits import Allowance

_LEAST_LEVEL: Final = 2
# Organisation numbers are public; whoever asks for a hundred that are not is guessing.
_ORGANISATION_MISSES: Final = 100
_OWNER_MISSES: Final = 100


def require_person_lookup(principal: Principal) -> int:
    """Return the caller's user id; raises UserOnly and LevelTooLow."""
    user_id = require_user(principal)
    if principal.level < _LEAST_LEVEL:
        raise LevelTooLow(
            level=_LEAST_LEVEL,
            has=principal.level,
            members={"RequiredAuthenticationLevel": str(_LEAST_LEVEL)},
        )
    return user_id


def user_allowance(user_id: int) -> Allowance:
    """Return what one user has for persons, whichever way the look-ups come."""
    return Allowance(f"user:{user_id}", settings.ALTINN_LOOKUP_MISSES_PER_USER)


def address_allowance(request: Request) -> list[Allowance]:
    """Return what all callers of one address have; nothing where none is known."""
    network = client_network(request._request)
    most = settings.ALTINN_LOOKUP_MISSES_PER_ADDRESS
    return [Allowance(f"address:{network}", most)] if network != NOWHERE else []


def organisation_allowance(principal: Principal) -> Allowance:
    """Return what one caller has for organisations."""
    caller = f"organisations:{principal.kind.value}:{principal.id}"
    return Allowance(caller, _ORGANISATION_MISSES)


def owner_allowance(principal: Principal, *, of_person: bool) -> Allowance:
    """Return what one caller has for instance owners named by number.

    A user has the same as for look-ups. Other callers send in for many, and have more.
    """
    if not of_person:
        return organisation_allowance(principal)
    if principal.kind is PrincipalKind.USER and principal.user_id is not None:
        return user_allowance(principal.user_id)
    caller = f"persons:{principal.kind.value}:{principal.id}"
    return Allowance(caller, _OWNER_MISSES)
