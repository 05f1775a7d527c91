"""Signing a browser in as a test identity, and the page that lists them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from api import cookies, issuer
from api.sandbox import identities
from api.sandbox.errors import TestParameterInvalid, TestPartyUnknown
from api.sandbox.guard import sandbox_view
from api.sandbox.identities import OWNER_SCOPES
from api.sandbox.parameters import Asked
from apps_registry import addresses, catalogue
from apps_registry.models import Application, Org
from authorization.models import SystemUser
from common.errors import DomainError
from parties.choices import PartyType
from parties.identity import Principal
from parties.models import Party, Profile

_USER_SCOPE = f"{identities.USER_SCOPE} {identities.INSTANCE_SCOPES}"
_OTHER_NAMES = {"user": "userId", "party": "partyId", "level": "authenticationLevel"}
_LISTED = 200
_WITH_ALL = "altinn.urls"
_WITHOUT_APPS = ("altinn.urlconf_platform", "altinn.urlconf_storage")


@sandbox_view("POST")
def log_in(request: HttpRequest) -> HttpResponse:
    """Set a browser's cookies to a test identity, and go where it came from.

    ``user`` or ``org`` says who; ``party`` is the party to act for, ``level`` the
    user's level, and ``app`` the application to go to. With ``action=reauthenticate``
    the browser stays where it is.
    """
    asked = Asked.of(request.POST).called(_OTHER_NAMES)
    party_id = asked.number("partyId")
    if asked.text("org"):
        claims = identities.service_owner(asked, scope=OWNER_SCOPES)
    else:
        claims = identities.user(asked.without("partyId"), scope=_USER_SCOPE)
    if party_id is not None and not Party.objects.filter(pk=party_id).exists():
        raise TestPartyUnknown(party=party_id)
    target = _target(request, asked)
    answer = (
        HttpResponse(status=204)
        if asked.text("action").lower() == "reauthenticate"
        else HttpResponseRedirect(target)
    )
    token = issuer.token_issuer().issue(claims)
    cookies.set_token(answer, request, token)
    own_party = claims.get("urn:altinn:partyid")
    if selected := party_id or own_party:
        cookies.set_party(answer, request, int(str(selected)))
    return answer


@sandbox_view("POST")
def log_out(request: HttpRequest) -> HttpResponse:
    """Remove the cookies."""
    answer = HttpResponseRedirect(_safe_next(request))
    cookies.clear(answer, request, cookies.TOKEN_COOKIE, cookies.PARTY_COOKIE)
    return answer


@sandbox_view("GET")
def tokens_page(request: HttpRequest) -> HttpResponse:
    """Show whom the sandbox knows, with a way to sign in as each and to get a token."""
    organisations = Party.objects.filter(type=PartyType.ORGANISATION).order_by("id")
    systems = SystemUser.objects.select_related("party").order_by("system_id", "id")
    caller = _signed_in(request)
    context = {
        "profiles": Profile.objects.with_party().order_by("id")[:_LISTED],
        "orgs": Org.objects.order_by("code"),
        "organisations": organisations[:_LISTED],
        "system_users": systems[:_LISTED],
        "applications": Application.objects.served().select_related("org"),
        "signed_in": caller and str(caller),
        "onward": _onward(request, caller) if caller else [],
        "next": request.GET.get("next", ""),
        "base": settings.ALTINN_BASE_URL,
    }
    return render(request, "sandbox/tokens.html", context)


@sandbox_view("GET")
def version(request: HttpRequest) -> HttpResponse:
    """Tell clients of the local test platform that they speak with one."""
    return HttpResponse("2", content_type="text/plain")


def _signed_in(request: HttpRequest) -> Principal | None:
    """Return the identity whose token the browser has."""
    try:
        token = cookies.token_in(request.COOKIES)
        return issuer.token_verifier().verify(token)
    except DomainError:
        return None


def _onward(request: HttpRequest, caller: Principal) -> list[tuple[str, str]]:
    """Return where one who is signed in can look, by address; on the base host."""
    if getattr(request, "urlconf", "") != _WITH_ALL:
        return []
    instances = "/storage/api/v1/instances"
    if caller.org:
        own = [
            (f"{instances}?org={caller.org}", f"instances of {caller.org}"),
            ("/events/api/v1/subscriptions", "subscriptions"),
        ]
    else:
        parties = f"/authorization/api/v1/parties?userId={caller.user_id}"
        of_party = f"{instances}?instanceOwner.partyId={caller.party_id}"
        own = [
            (of_party, f"instances of party {caller.party_id}"),
            (parties, "parties that you may act for"),
        ]
    return [*own, ("/storage/api/v1/applications", "applications")]


def _target(request: HttpRequest, asked: Asked) -> str:
    """Return where to go; raises AppNotFound or TestParameterInvalid for the app."""
    app_id = asked.text("app").strip("/")
    if not app_id:
        return _safe_next(request)
    org, slash, app = app_id.partition("/")
    if not slash:
        raise TestParameterInvalid(name="app", value=app_id, expected="org/app")
    definition = catalogue.definition_of(org, app)
    path = f"/{definition.org}/{definition.app}"
    if getattr(request, "urlconf", "") in _WITHOUT_APPS:
        return addresses.application_base(definition.org) + path
    return path


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
