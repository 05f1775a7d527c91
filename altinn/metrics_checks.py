"""System checks of the secrets by which metrics are read."""

import re
from collections.abc import Sequence
from typing import Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_SHORTEST_SECRET: Final = 32
# As RFC 6750 writes a Bearer token.
_BEARER_TOKEN: Final = re.compile(rf"(?=.{{{_SHORTEST_SECRET}}})[A-Za-z0-9._~+/-]+=*")


@register(Tags.security)
def check_metrics_key(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that the key of metrics cannot be guessed."""
    if 0 < len(settings.ALTINN_METRICS_API_KEY) < _SHORTEST_SECRET:
        return [
            Error(
                f"ALTINN_METRICS_API_KEY has fewer than {_SHORTEST_SECRET} characters.",
                hint="Give a long random one, or unset it: then nobody reads metrics.",
                id="altinn.E012",
            )
        ]
    return []


@register(Tags.security)
def check_metrics_token(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that the token of metrics can be sent, and cannot be guessed."""
    token = settings.ALTINN_METRICS_TOKEN
    if token and not _BEARER_TOKEN.fullmatch(token):
        return [
            Error(
                f"ALTINN_METRICS_TOKEN has fewer than {_SHORTEST_SECRET} characters, or"
                " some that no Bearer token has.",
                hint="Give a long random one of letters, digits, '-' and '_', or unset"
                " it: then nobody reads metrics.",
                id="altinn.E013",
            )
        ]
    return []
