"""How people come into the admin: by password, or through an OpenID provider."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from api.problems import status_of
from common.errors import DomainError, NotFound
from parties.memberships import signed_in_account
from parties.oidc import (
    Attempt,
    Provider,
    ProviderUnavailable,
    SignInRefused,
    provider_of,
)
from parties.oidc_config import configured

log = structlog.get_logger()

_ATTEMPT = "openid-attempt"
_SIGNED_IN = "openid-signed-in"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class NoProvider(NotFound):
    """No OpenID provider is configured here. Sign in with user name and password."""

    code = "identity-provider-not-configured"
    detail = "No OpenID provider is configured; sign in with user name and password."


@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, and remember in its session what to expect."""
    attempt = Attempt.new(_safe_next(request))
    try:
        url = _provider().authorization_url(attempt, redirect_uri=_way_back())
    except DomainError as error:
        return _refused(request, error)
    request.session[_ATTEMPT] = asdict(attempt)
    return HttpResponseRedirect(url)


@require_GET
@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """Sign in who comes back from the provider, if all of it is as it must be."""
    kept = request.session.pop(_ATTEMPT, None)  # once, whatever comes of it
    try:
        if kept is None:
            raise SignInRefused(
                reason="No sign-in is under way in this browser, or it was used before."
            )
        attempt, provider = Attempt(**kept), _provider()
        claims = provider.claims(attempt, request.GET.dict(), redirect_uri=_way_back())
        user = signed_in_account(provider.config, claims)
        if user is None:
            raise SignInRefused(
                reason="The provider knows you, but nothing that it says gives you"
                " access here. Ask the administrator of this server for it."
            )
    except DomainError as error:
        return _refused(request, error)
    login(request, user, backend=_BACKEND)  # under a new session key
    request.session[_SIGNED_IN] = True
    log.info("signed_in", user=user.pk)
    return HttpResponseRedirect(attempt.next)


def sign_out_url(request: HttpRequest) -> str:
    """Return where somebody who came from the provider signs out there too."""
    if not request.session.get(_SIGNED_IN):
        return ""
    try:
        page = settings.ALTINN_BASE_URL + reverse("admin:index")
        return _provider().sign_out_url(return_to=page)
    except DomainError:
        return ""


def provider_name() -> str:
    """Return what the login page calls the provider, empty for none."""
    config = configured()
    return config.name if config else ""


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]
) -> HttpResponse:
    """Answer who has guessed too often, whether or not there is such an account."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = {"title": "Too many attempts", "minutes": -(-seconds // 60)}
    answer = render(
        request,
        "admin/locked_out.html",
        {**_site_context(request), **context},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    answer["Retry-After"] = str(seconds)
    return answer


def _provider() -> Provider:
    config = configured()
    if config is None:
        raise NoProvider
    return provider_of(config)


def _way_back() -> str:
    """Return the address that is registered with the provider; never from a header."""
    return str(settings.ALTINN_BASE_URL + reverse("admin:openid_callback"))


def _safe_next(request: HttpRequest) -> str:
    """Return the page of the admin to go to; any other address becomes the first."""
    target = request.GET.get("next", "")
    home = reverse("admin:index")
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if ours and target.startswith(home) else home


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    log.info("sign_in_refused", code=error.code, reason=error.detail)
    title = "Not signed in"
    if isinstance(error, ProviderUnavailable):
        log.warning("identity_provider_unavailable", reason=error.detail)
    context = {**_site_context(request), "title": title, "problem": error}
    answer = render(
        request, "admin/sign_in_refused.html", context, status=status_of(error)
    )
    if "retry_after" in error.context:
        answer["Retry-After"] = str(error.context["retry_after"])
    return answer


def _site_context(request: HttpRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "has_permission": False}
