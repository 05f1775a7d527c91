"""Test tokens and logins (authorization.md §1.11): the sandbox's own, 404 elsewhere.

With them a vendor tries everything that production does, as anybody whom the sandbox's
register knows. A system check refuses to start production with the sandbox on.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from api import issuer
from api.authentication import COOKIE
from api.problems import MethodNotAllowed, response
from apps_registry.models import Application, Org
from common.errors import DomainError, Invalid, NotFound
from parties.models import Profile
from parties.tokens import TokenRefused, service_owner_claims, user_claims

_View = Callable[..., HttpResponse]
_LEVELS = ("0", "1", "2", "3", "4")
_USER_SCOPE = "altinn:portal/enduser altinn:instances.read altinn:instances.write"
_ORG_SCOPE = "altinn:serviceowner/instances.read altinn:serviceowner/instances.write"
_PARTY_COOKIE = "AltinnPartyId"


class TestUserUnknown(NotFound):
    """The sandbox has no user of this id. ``/Home/Tokens`` lists those it has."""

    code = "test-user-unknown"
    detail = "The sandbox has no user {user_id}; /Home/Tokens lists those it has."


class TestOrgUnknown(NotFound):
    """The sandbox has no service owner of this code.

    ``/Home/Tokens`` lists those it has.
    """

    code = "test-org-unknown"
    detail = (
        "The sandbox has no service owner {org!r}; /Home/Tokens lists those it has."
    )


class TestParameterInvalid(Invalid):
    """A parameter of a test token cannot be read."""

    code = "test-parameter-invalid"
    detail = "The value {value!r} of {name} is not {expected}."


def _sandbox_only(*methods: str) -> Callable[[_View], _View]:
    """Answer 404 where the sandbox is off, and problems as problem documents."""

    def decorate(view: _View) -> _View:
        @wraps(view)
        def guarded(request: HttpRequest, **values: str) -> HttpResponse:
            if not settings.ALTINN_SANDBOX:
                raise Http404(request.path)
            if request.method not in methods:
                error = MethodNotAllowed(method=request.method, path=request.path)
                answer = response(error, request)
                answer["Allow"] = ", ".join(methods)
                return answer
            try:
                return view(request, **values)
            except DomainError as error:
                return response(error, request)

        return guarded

    return decorate


@_sandbox_only("GET", "HEAD")
def user_token(request: HttpRequest, user_id: str) -> HttpResponse:
    """Answer a token for a test user.

    ``authenticationLevel`` (2) and ``scope`` can be set.
    """
    level = _level(request, default=2)
    scope = request.GET.get("scope", _USER_SCOPE)
    return _token(_user_claims(_profile(user_id), level=level, scope=scope))


@_sandbox_only("GET", "HEAD")
def auth_user(request: HttpRequest) -> HttpResponse:
    """Answer a token for the test user in ``userId``."""
    return user_token(request, user_id=request.GET.get("userId", ""))


@_sandbox_only("GET", "HEAD")
def org_token(request: HttpRequest, org: str) -> HttpResponse:
    """Answer a token for a test service owner.

    ``scopes``, ``orgNumber`` and level can be set.
    """
    row = _org(org)
    scope = request.GET.get("scopes") or request.GET.get("scope") or _ORG_SCOPE
    claims = service_owner_claims(
        org=row.code,
        org_number=request.GET.get("orgNumber") or row.org_number,
        scope=scope,
        level=_level(request, default=3),
    )
    return _token(claims)


@_sandbox_only("GET", "HEAD")
def auth_service_owner(request: HttpRequest) -> HttpResponse:
    """Answer a token for the test service owner in ``org``."""
    return org_token(request, org=request.GET.get("org", ""))


@_sandbox_only("POST")
def log_in(request: HttpRequest) -> HttpResponse:
    """Set a browser's cookie to a test identity's token, and go where it came from."""
    if org := request.POST.get("org", ""):
        row = _org(org)
        claims = service_owner_claims(
            org=row.code, org_number=row.org_number, scope=_ORG_SCOPE, level=3
        )
    else:
        profile = _profile(request.POST.get("userId", ""))
        claims = _user_claims(profile, level=2, scope=_USER_SCOPE)
    answer = HttpResponseRedirect(_safe_next(request))
    token = issuer.token_issuer().issue(claims)
    answer.set_cookie(
        COOKIE, token, httponly=True, secure=request.is_secure(), samesite="Lax"
    )
    if party := claims.get("urn:altinn:partyid"):
        answer.set_cookie(_PARTY_COOKIE, str(party), samesite="Lax")
    return answer


@_sandbox_only("POST")
def log_out(request: HttpRequest) -> HttpResponse:
    """Remove the cookie."""
    answer = HttpResponseRedirect(_safe_next(request))
    answer.delete_cookie(COOKIE, samesite="Lax")
    answer.delete_cookie(_PARTY_COOKIE, samesite="Lax")
    return answer


@_sandbox_only("GET", "HEAD")
def tokens_page(request: HttpRequest) -> HttpResponse:
    """Show whom the sandbox knows, with a way to sign in as each and to get a token."""
    context = {
        "profiles": Profile.objects.with_party().order_by("id")[:200],
        "orgs": Org.objects.order_by("code"),
        "applications": Application.objects.served().select_related("org"),
        "signed_in": _signed_in(request),
        "next": request.GET.get("next", ""),
        "base": settings.ALTINN_BASE_URL,
    }
    return render(request, "sandbox/tokens.html", context)


@_sandbox_only("GET", "HEAD")
def version(request: HttpRequest) -> HttpResponse:
    """Tell clients of the local test platform that they speak with one."""
    return HttpResponse("2", content_type="text/plain")


def _signed_in(request: HttpRequest) -> str:
    """Return the name of the identity whose token the browser has, empty for none."""
    try:
        return str(issuer.token_verifier().verify(request.COOKIES.get(COOKIE, "")))
    except TokenRefused:
        return ""


def _profile(user_id: str) -> Profile:
    if not (user_id.isascii() and user_id.isdigit() and len(user_id) < 10):
        raise TestUserUnknown(user_id=user_id)
    profile = Profile.objects.with_party().filter(pk=int(user_id)).first()
    if profile is None:
        raise TestUserUnknown(user_id=user_id)
    return profile


def _org(code: str) -> Org:
    # PostgreSQL refuses even to look for a NUL character.
    row = None if "\0" in code else Org.objects.filter(code=code).first()
    if row is None:
        raise TestOrgUnknown(org=code)
    return row


def _user_claims(profile: Profile, *, level: int, scope: str) -> dict[str, object]:
    return user_claims(
        user_id=profile.pk,
        party_id=profile.party_id,
        username=profile.user_name,
        level=level,
        party_uuid=str(profile.party.uuid or ""),
        scope=scope,
    )


def _level(request: HttpRequest, *, default: int) -> int:
    text = request.GET.get("authenticationLevel", str(default))
    if text not in _LEVELS:
        raise TestParameterInvalid(
            name="authenticationLevel", value=text, expected="a level from 0 to 4"
        )
    return int(text)


def _token(claims: dict[str, object]) -> HttpResponse:
    token = issuer.token_issuer().issue(claims)
    return HttpResponse(token, content_type="text/plain; charset=utf-8")


def _safe_next(request: HttpRequest) -> str:
    """Return where to go: only to a page of this very host."""
    target = request.POST.get("next", "")
    allowed = {request.get_host()}
    if url_has_allowed_host_and_scheme(target, allowed_hosts=allowed):
        parts = urlsplit(target)
        # Two slashes at the beginning would name another host.
        path = "/" + parts.path.lstrip("/")
        return path + (f"?{parts.query}" if parts.query else "")
    return "/Home/Tokens"
