"""A token of Maskinporten, ID-porten or Altinn Studio, exchanged for one of ours."""

import structlog
from django.http import HttpResponse
from rest_framework.request import Request

from api import issuer
from api.authentication import bearer_token
from api.permissions import ANYONE
from api.problems import TokenMissing
from api.sessions import token_answer
from api.throttling import ExchangeThrottle
from api.views import FaceViewSet
from common.errors import Gone
from parties.exchange import provider_kind
from parties.tokens import TokenRefused

log = structlog.get_logger()

ENTERPRISE_HEADER = "X-Altinn-EnterpriseUser-Authentication"


class EnterpriseUserGone(Gone):
    """Enterprise users do not log in with a password any more.

    Use a system user instead.
    """

    code = "enterprise-user-gone"
    detail = (
        "The header {header} is not taken any more: enterprise users have no log-in."
        " Use a system user."
    )


class ExchangeViewSet(FaceViewSet):
    """Exchanges."""

    # The token is another issuer's, and looked at by the exchange alone.
    authentication_classes = ()
    throttle_classes = (ExchangeThrottle,)
    actions = {"exchange": ANYONE}
    parameters = {"exchange": ("test",)}

    def exchange(
        self, request: Request, *, provider: str, **kwargs: object
    ) -> HttpResponse:
        """Answer a token of ours for the caller of the Bearer token.

        It ends when that one ends. The token is plain text, or a JSON string where
        JSON is asked for by name. `test=true` makes the agency `digdir` the org `ttd`.
        """
        provider_kind(provider)
        if ENTERPRISE_HEADER in request.headers:
            raise EnterpriseUserGone(header=ENTERPRISE_HEADER)
        token = bearer_token(request)
        if token is None:
            raise TokenMissing
        for_tests = self.query.flag("test") is True
        try:
            ours = issuer.exchanged(token, provider=provider, for_tests=for_tests)
        except TokenRefused as error:
            log.info("exchange_refused", provider=provider, reason=error.reason)
            raise
        return token_answer(request, ours)
