"""An application's home page for browsers; programs get its document there.

Both have the application's own address: the original proposal's document is asked for
by programs, Altinn's home page by browsers, and ``Accept`` tells them apart.
"""

import json
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import get_random_string
from rest_framework import exceptions
from rest_framework.request import Request

from api import cookies
from api.application.base import AppViewSet
from api.application.metadata import metadata_response
from api.authentication import TokenAuthentication
from api.languages import language_of, say_language
from api.permissions import ANYONE
from apps_registry import stateless
from apps_registry.app_settings import front_end_settings
from apps_registry.presentation import presentation_of
from common.errors import Invalid
from common.times import wire_time
from forms.prefill import prefill_of
from parties.identity import Principal

_WORDS = {
    "nb": {
        "signed_in": "Du er logget inn som",
        "signed_out": "Du er ikke logget inn, og denne serveren har ingen innlogging.",
        "offered": "Skjematjenesten har ingen egne sider her. Bruk den gjennom API-et:",
        "api": "API-dokumentasjon for tjenesten",
        "metadata": "Opplysninger om tjenesten",
    },
    "nn": {
        "signed_in": "Du er logga inn som",
        "signed_out": "Du er ikkje logga inn, og denne tenaren har inga innlogging.",
        "offered": "Skjematenesta har ingen eigne sider her. Bruk ho gjennom API-et:",
        "api": "API-dokumentasjon for tenesta",
        "metadata": "Opplysningar om tenesta",
    },
    "en": {
        "signed_in": "You are signed in as",
        "signed_out": "You are not signed in, and this server has no log-in.",
        "offered": "The form service has no pages of its own here. Use it by its API:",
        "api": "API documentation of the service",
        "metadata": "About the service",
    },
}
_SANDBOX_LOGIN = "/Home/Tokens"


class NotStateless(Invalid):
    """The application begins with instances, so a query fills nothing in."""

    code = "app-not-stateless"
    detail = "You can only use query params with a stateless task."


class QueryParametersUnknown(Invalid):
    """None of the parameters is one that the application fills a form in with."""

    code = "query-params-unknown"
    detail = "Found no valid query params."


class HomeViewSet(AppViewSet):
    """The application's own address."""

    actions = {"retrieve": ANYONE, "query_parameters": ANYONE}

    def retrieve(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Read the application's metadata; a browser is shown its home page.

        Whoever is not signed in is sent to log in, unless the application is for
        anybody.
        """
        if "text/html" not in request.headers.get("Accept", ""):
            return metadata_response(request, self.app)
        caller = _signed_in(request)
        if caller is None and not stateless.is_for_anybody(self.app):
            login = self._login_address(request)
            if login:
                return HttpResponseRedirect(login)
        return self._page(request, caller)

    def query_parameters(self, request: Request, **kwargs: object) -> HttpResponse:
        """Keep what the query fills a stateless form in with, and go to the form.

        The page puts it into the browser's `sessionStorage`, from where the form's
        client sends it as `prefill`.
        """
        if stateless.layout_set_of(self.app) is None:
            raise NotStateless
        given = request.query_params
        now = wire_time(timezone.now())
        kept = [
            {
                "dataModelName": data_type.id,
                "appId": self.app.app_id,
                "prefillFields": fields,
                "created": now,
            }
            for data_type in self.app.data_types.values()
            if (file := prefill_of(self.app, data_type)) is not None
            and (
                fields := {
                    target: given[name]
                    for name, target in file.queries.items()
                    if name in given
                }
            )
        ]
        if not kept:
            raise QueryParametersUnknown
        nonce = get_random_string(24)
        context = {
            "kept": json.dumps(kept),
            "home": f"/{self.app.org}/{self.app.app}",
            "nonce": nonce,
        }
        page = render(request._request, "application/query_parameters.html", context)
        page["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; base-uri 'none'"
        )
        return page

    def _page(self, request: Request, caller: Principal | None) -> HttpResponse:
        if caller is not None:
            request.user = caller  # type: ignore[assignment]  # as authentication does
        language = language_of(request, self.app)
        plain = request._request
        # What is done from here by cookie needs the anti-forgery header.
        token = get_token(plain)
        context = {
            "words": _WORDS.get(language, _WORDS["nb"]),
            "language": language,
            "app": self.app,
            "title": presentation_of(self.app).title(language),
            "caller": caller,
            "sandbox": settings.ALTINN_SANDBOX,
        }
        page = render(plain, "application/home.html", context)
        say_language(page, language)
        cookies.set_anti_forgery(page, plain, token)
        return page

    def _login_address(self, request: Request) -> str:
        """Return where a browser logs in and comes back from; empty for nowhere."""
        plain = request._request
        here = f"/{self.app.org}/{self.app.app}"
        login = settings.ALTINN_LOGIN_URL
        if not login and settings.ALTINN_SANDBOX:
            return f"{_SANDBOX_LOGIN}?{urlencode({'next': here})}"
        if not login:
            return ""
        environment = settings.ALTINN_ENVIRONMENT
        parameters = {"goto": _whole(plain, here)}
        known = front_end_settings(self.app, environment=environment)
        if provider := known.get("appOidcProvider"):
            parameters["iss"] = provider
        if request.query_params.get("dontChooseReportee", "").lower() == "true":
            parameters["DontChooseReportee"] = "true"
        return f"{login}{'&' if '?' in login else '?'}{urlencode(parameters)}"


def _signed_in(request: Request) -> Principal | None:
    """Return whose token the browser has; a bad one is as none."""
    try:
        found = TokenAuthentication().authenticate(request)
    except exceptions.AuthenticationFailed:
        return None
    return None if found is None else found[0]


def _whole(request: HttpRequest, path: str) -> str:
    return f"{request.scheme}://{request.get_host()}{path}"
