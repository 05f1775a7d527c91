"""Who may call what: action tables, and 403 or 404 decided in this one file.

A view says, for each of its actions, what right it takes; an action that says nothing
is refused. The right itself is decided by the app's compiled policy. Where the matrix
of authorization.md §6 looks first, an unknown instance is a 404; where it asks the
policy first, it is the same 403 as a forbidden one.
"""

from collections.abc import Mapping
from typing import Final

import structlog
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from api.authentication import PLATFORM_HEADER, platform_caller
from api.problems import TokenMissing
from authorization import services as authorization
from authorization.resources import Resource
from authorization.services import RoleLookup
from common.errors import Forbidden
from instances.errors import InstanceNotFound
from instances.models import Instance
from parties.identity import Principal

ANYONE: Final = "anyone"  # no token is needed
AUTHENTICATED: Final = "authenticated"  # any valid token; the view decides the rest
PLATFORM: Final = "platform"  # a component of the platform, with a token of its own


class NotPermitted(Forbidden):
    """The application's policy does not permit this to the caller.

    It takes a role for the instance owner, or another right, that the token's subject
    does not have in the instance's present state.
    """

    code = "not-permitted"
    detail = (
        "The policy of the application does not permit {action} to this caller here."
    )


class LevelTooLow(Forbidden):
    """The policy permits this at a higher authentication level.

    Log in more strongly.
    """

    code = "authentication-level-too-low"
    detail = "This takes authentication level {level}; the token has {has}."


class ScopeMissing(Forbidden):
    """The token lacks the scope that this call takes.

    Ask for it with the next token.
    """

    code = "scope-missing"
    detail = "This call takes the scope {scope}; the token does not have it."


class OwnerOnly(Forbidden):
    """Only the organisation that owns the application may do this."""

    code = "owner-only"
    detail = "Only the service owner {org} may do this."


class PlatformTokenMissing(Forbidden):
    """Only components of the platform call this, and a user's token is none of theirs.

    They send a platform access token in the header ``PlatformAccessToken``.
    """

    code = "platform-token-missing"
    detail = "This call needs a platform access token in the header {header}."


class PolicyPermission(BasePermission):
    """Refuse anonymous callers, and actions that the view's table does not name."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Let through what may look for the object; the view decides on it then."""
        table: Mapping[str, str] = getattr(view, "actions", {})
        action = getattr(view, "action", None)
        if action is None:
            return True  # no handler of this view: DRF answers 405
        required = AUTHENTICATED if action == "metadata" else table.get(action)
        if required == ANYONE:
            return True
        if required == PLATFORM:
            return _is_platform(request)
        if not isinstance(request.user, Principal):
            raise TokenMissing
        return required is not None


def _is_platform(request: Request) -> bool:
    caller = platform_caller(request)
    if caller is not None:
        structlog.contextvars.bind_contextvars(platform_caller=str(caller))
        return True
    if not isinstance(request.user, Principal):
        raise TokenMissing
    raise PlatformTokenMissing(header=PLATFORM_HEADER)


def require(roles: RoleLookup, *, resource: Resource, action: str) -> None:
    """Raise NotPermitted or LevelTooLow unless the policy permits the action."""
    decision = authorization.decide(roles, resource=resource, action=action)
    if decision.permitted:
        return
    if decision.required_level is not None:
        raise LevelTooLow(
            level=decision.required_level,
            has=roles.principal.level,
            members={"RequiredAuthenticationLevel": str(decision.required_level)},
        )
    raise NotPermitted(action=action)


def require_on_instance(
    roles: RoleLookup,
    *,
    instance: Instance | None,
    action: str,
    look_first: bool,
    address: str,
) -> Instance:
    """Return the instance at the address, if the caller may do the action on it.

    ``instance`` is None when there is none at that whole address, a wrong party id
    included.
    """
    if instance is None:
        if look_first:
            raise InstanceNotFound(instance_id=address)
        raise NotPermitted(action=action)
    require(roles, resource=instance.resource, action=action)
    return instance


def require_owner(principal: Principal, *, org: str) -> None:
    """Raise OwnerOnly unless the caller is the service owner."""
    if not principal.owns(org):
        raise OwnerOnly(org=org)
