"""What the tests of the exchange share: calling it, and what its tokens say."""

from collections.abc import Mapping
from typing import Any

from api import issuer
from parties.tokens import stated_claims
from tests.api.foreign_tokens import EXCHANGE
from tests.client import PLATFORM_HOST, Api


def exchange(provider: str, token: str, query: str = "", **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    return Api(PLATFORM_HOST).get(f"{EXCHANGE}/{provider}{query}", headers=sent)


def exchanged(provider: str, token: str, query: str = "") -> Mapping[str, object]:
    """Exchange a token; return what the new one says."""
    answer = exchange(provider, token, query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    new = answer.content.decode()
    assert issuer.token_verifier().verify(new)
    return stated_claims(new)


def altinns(claims: Mapping[str, object]) -> dict[str, object]:
    return {n: v for n, v in claims.items() if n.startswith("urn:")}
