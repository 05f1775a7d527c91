"""Who may call what: action tables, and 403 or 404 decided in this one file.

A view says, for each of its actions, what right it takes; an action that says nothing
is refused. The right itself is decided by the app's compiled policy. Where the matrix
of authorization.md §6 looks first, an unknown instance is a 404; where it asks the
policy first, it is the same 403 as a forbidden one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from api import audit
from api.authentication import PLATFORM_HEADER, platform_caller
from api.explanations import explain_refusal, explanation_document, unexplained
from api.problems import TokenMissing
from api.rows import InstanceRow
from apps_registry.definition import AppDefinition
from authorization import services as authorization
from authorization.resources import Resource
from authorization.services import RoleLookup
from common.errors import Forbidden, Unauthenticated
from common.times import parse_time
from instances.errors import InstanceNotFound
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from process.positions import actions_in_task

_Found = TypeVar("_Found", Instance, InstanceRow)
ANYONE: Final = "anyone"  # no token is needed
AUTHENTICATED: Final = "authenticated"  # any valid token; the view decides the rest
PORTAL_SCOPE: Final = "altinn:portal/enduser"  # the portal's own, of end users
PLATFORM: Final = "platform"  # a component of the platform, with a token of its own
# The same, and whoever else calls has not said who he is: 401 (D-07).
PLATFORM_ALONE: Final = "platform-alone"
DESIGNER: Final = "designer"  # the tool with which applications are made and deployed
PRIVILEGED: Final = frozenset({PLATFORM, PLATFORM_ALONE, DESIGNER})
# A component of the platform, or any valid token; the view decides the rest.
AUTHENTICATED_OR_PLATFORM: Final = "authenticated-or-platform"
# Any action of the task that the instance stands in, or `reject`.
CURRENT_TASK: Final = "current-task"
Right = str | tuple[str, ...]  # one of the above, an action, or several of which any


class NotPermitted(Forbidden):
    """The application's policy does not permit this to the caller.

    It takes a role for the instance owner, or another right, that the token's subject
    does not have in the instance's present state. The member ``explanation`` lists what
    would permit it, where the caller may know; one of those ways is enough.
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
    detail = "Only the service owner {org} may do this; send a token of that owner."


class PlatformTokenMissing(Forbidden):
    """Only components of the platform call this, and a user's token is none of theirs.

    They send a platform access token in the header ``PlatformAccessToken``.
    """

    code = "platform-token-missing"
    detail = "This call needs a platform access token in the header {header}."


class PlatformTokenRequired(Unauthenticated):
    """Only components of the platform call this; every other token counts as none.

    They send a platform access token in the header ``PlatformAccessToken``. Service
    owners ask for decisions at ``/authorization/api/v1/authorize`` instead.
    """

    code = "platform-token-required"
    detail = "This call needs a platform access token in the header {header}."


class DesignerOnly(Forbidden):
    """Only the tool with which applications are made and deployed may do this.

    Its token is one of Altinn Studio, exchanged; a sandbox gives one too. Whoever runs
    the server can import the application's folder instead.
    """

    code = "designer-only"
    detail = (
        "This call needs a designer token, which this caller's is not: exchange one of"
        " Altinn Studio at /authentication/api/v1/exchange/altinnstudio."
    )


class PolicyPermission(BasePermission):
    """Refuse anonymous callers, and actions that the view's table does not name."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Let through what may look for the object; the view decides on it then."""
        table: Mapping[str, Right] = getattr(view, "actions", {})
        action = getattr(view, "action", None)
        if action is None:
            return True  # no handler of this view: DRF answers 405
        required = AUTHENTICATED if action == "metadata" else table.get(action)
        if required == ANYONE:
            return True
        if required in (PLATFORM, PLATFORM_ALONE):
            return _is_platform(request, alone=required == PLATFORM_ALONE)
        if required == AUTHENTICATED_OR_PLATFORM and is_platform(request):
            return True
        if not isinstance(request.user, Principal):
            raise TokenMissing
        if required == DESIGNER and not request.user.is_designer:
            raise DesignerOnly
        return required is not None


def is_platform(request: Request) -> bool:
    """Whether a component of the platform calls; raises TokenRefused on a bad token."""
    caller = platform_caller(request)
    if caller is not None:
        audit.note_component(str(caller))
    return caller is not None


def _is_platform(request: Request, *, alone: bool) -> bool:
    if is_platform(request):
        return True
    if alone:
        raise PlatformTokenRequired(header=PLATFORM_HEADER)
    if not isinstance(request.user, Principal):
        raise TokenMissing
    raise PlatformTokenMissing(header=PLATFORM_HEADER)


def require(
    roles: RoleLookup, *, resource: Resource, action: str, app_stated: bool = False
) -> None:
    """Raise NotPermitted or LevelTooLow unless the policy permits the action.

    The refusal explains itself as far as the caller may know; ``app_stated`` says that
    the call itself names the instance's app.
    """
    decision = authorization.decide(roles, resource=resource, action=action)
    if decision.permitted:
        roles.relied_on.append((resource, action))
        return
    audit.note_refusal(resource, action)
    explanation = explain_refusal(
        roles, resource=resource, action=action, app_stated=app_stated
    )
    if decision.required_level is not None:
        raise LevelTooLow(
            level=decision.required_level,
            has=roles.principal.level,
            members={
                "RequiredAuthenticationLevel": str(decision.required_level),
                "explanation": explanation,
            },
        )
    raise NotPermitted(action=action, members={"explanation": explanation})


def require_any(
    roles: RoleLookup,
    *,
    resource: Resource,
    actions: Sequence[str],
    app_stated: bool = False,
) -> None:
    """Raise what ``require`` raises for the first, unless any of them is permitted."""
    # In their order: what decides the first is looked up at once, the rest if need be.
    for action in actions if len(actions) > 1 else ():
        if authorization.decide(roles, resource=resource, action=action).permitted:
            roles.relied_on.append((resource, action))
            return
    require(roles, resource=resource, action=actions[0], app_stated=app_stated)


def require_on_instance(
    roles: RoleLookup,
    *,
    instance: _Found | None,
    action: Right,
    look_first: bool,
    address: Callable[[], str],
    app: AppDefinition | None = None,
) -> _Found:
    """Return the instance at the address, if the caller may do the action on it.

    ``instance`` is None when there is none at that whole address, a wrong party id
    included; ``address`` says which that is, ``app`` is the one that it names, if it
    does. One that its owner party is to see later is as none.
    """
    if instance is not None and is_kept_from(roles.principal, instance):
        instance = None
    if instance is not None:
        stated, resource = app is not None, instance.resource
        actions = action
        if action == CURRENT_TASK and isinstance(instance, Instance):
            actions = actions_in_task(instance)
        if isinstance(actions, str):
            actions = (actions,)
        require_any(roles, resource=resource, actions=actions, app_stated=stated)
        return instance
    if look_first:
        raise InstanceNotFound(instance_id=address())
    if not isinstance(action, str):
        action = action[0]
    # The same as for an instance that is there: the look-ups of a decision, the words.
    roles.look_up_nobody()
    if app is None:
        raise NotPermitted(action=action, members={"explanation": unexplained(action)})
    named = Resource(org=app.org, app=app.app)
    explanation = explanation_document(action, named)
    raise NotPermitted(action=action, members={"explanation": explanation})


def is_kept_from(principal: Principal, instance: Instance | InstanceRow) -> bool:
    """Whether the instance is not yet for anybody but service owners."""
    if principal.kind is PrincipalKind.SERVICE_OWNER:
        return False
    later = instance.visible_after
    if isinstance(later, str):
        later = parse_time(later)
    return later is not None and later > timezone.now()


def require_scope(roles: RoleLookup, *accepted: str) -> None:
    """Raise ScopeMissing unless the token has any of the scopes."""
    if roles.principal.scopes.isdisjoint(accepted):
        raise ScopeMissing(scope=" or ".join(accepted))
    roles.scopes_relied_on.append(accepted)


def require_owner(principal: Principal, *, org: str) -> None:
    """Raise OwnerOnly unless the caller is the service owner."""
    if not principal.owns(org):
        raise OwnerOnly(org=org)
