"""What the platform API's document says of authentication."""

from api.operations import Operation, Table
from api.platform.authentication.exchange import ExchangeViewSet
from api.platform.authentication.openid import (
    DiscoverySerializer,
    KeySetSerializer,
    OpenIdViewSet,
)
from api.platform.authentication.session import LogoutViewSet, SessionViewSet

_TOKEN = {"type": "string"}

OPERATIONS: Table = {
    SessionViewSet: {
        "refresh": Operation(
            "session_refresh",
            "Authentication",
            {(200, "text/plain"): _TOKEN, (200, "application/json"): _TOKEN},
            problems=("session-ended",),
        ),
    },
    ExchangeViewSet: {
        "exchange": Operation(
            "session_exchange",
            "Authentication",
            {(200, "text/plain"): _TOKEN, (200, "application/json"): _TOKEN},
            problems=(
                "provider-unknown",
                "token-missing",
                "invalid-token",
                "altinn-scope-missing",
                "enterprise-user-gone",
                "rate-limited",
            ),
        ),
    },
    LogoutViewSet: {
        "logout": Operation(
            "session_logout", "Authentication", {302: None}, anonymous=True
        ),
    },
    OpenIdViewSet: {
        "discovery": Operation(
            "openid_discovery",
            "Authentication",
            {200: DiscoverySerializer, 304: None},
            headers=("If-None-Match",),
            anonymous=True,
        ),
        "receipt_keys": Operation(
            "openid_receipt_keys",
            "Authentication",
            {200: KeySetSerializer, 304: None},
            headers=("If-None-Match",),
            anonymous=True,
        ),
        "keys": Operation(
            "openid_keys",
            "Authentication",
            {200: KeySetSerializer, 304: None},
            headers=("If-None-Match",),
            anonymous=True,
        ),
    },
}
