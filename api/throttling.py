"""How often one address may call what costs, or what could be used to try things out.

Each process counts by itself: with four workers, four times as many calls pass.
"""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from api.client_address import client_network


class ExchangeThrottle(SimpleRateThrottle):
    """Token exchanges of one address, successful or not."""

    scope = "exchange"

    def get_rate(self) -> str:
        """Return the rate in DRF's spelling."""
        return f"{settings.ALTINN_EXCHANGES_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Count by the address of the caller, or its network."""
        return self.cache_format % {
            "scope": self.scope,
            "ident": client_network(request._request),
        }
