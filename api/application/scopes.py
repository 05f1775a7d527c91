"""Scopes that an application asks for itself, before its policy (§2.4, §1.8)."""

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from api.languages import languages
from api.permissions import PORTAL_SCOPE
from apps_registry.api_scopes import ApiScopes, ScopePair
from apps_registry.definition import AppDefinition
from common.errors import Forbidden
from parties.identity import Principal, PrincipalKind


class ApiScopeMissing(Forbidden):
    """The application asks for a scope of its own, and the token lacks it.

    Ask for one of ``acceptedScopes`` with the next token. The detail is the
    application's own text, where it has one.
    """

    code = "api-scope-missing"
    title = "Forbidden"
    detail = "{message}"


def require_api_scope(
    app: AppDefinition, principal: Principal, request: Request, *, reads: bool = False
) -> None:
    """Raise ApiScopeMissing unless the token has what the application asks for.

    Reading needs the scope for reading, everything else the one for writing; ``reads``
    says that a call is reading whatever its method.
    """
    if app.api_scopes is None:
        return
    pair, accepted = _asked(app.api_scopes, principal)
    scope = pair.read if reads or request.method in SAFE_METHODS else pair.write
    if not scope or not principal.scopes.isdisjoint({scope, *accepted}):
        return
    message = next(
        (
            pair.messages[language]
            for language in languages(request)
            if language in pair.messages
        ),
        "Insufficient scope",
    )
    raise ApiScopeMissing(
        message=message, members={"acceptedScopes": [scope, *accepted]}
    )


def _asked(scopes: ApiScopes, principal: Principal) -> tuple[ScopePair, list[str]]:
    if principal.kind is PrincipalKind.SERVICE_OWNER:
        return scopes.service_owners, []
    return scopes.users, [PORTAL_SCOPE]
