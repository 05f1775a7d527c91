"""How Authlib's client posts to the OpenID provider: through the one way out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from common.egress import EgressError, egress

# See parties/oidc.py.
if TYPE_CHECKING:
    from authlib.oauth2.auth import ClientAuth


class SendFailed(Exception):
    """The provider could not be asked: not allowed, no connection, slow, too much."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read whole; as Authlib's client expects an answer."""

    status_code: int
    content: bytes

    def json(self) -> object:
        """Return the document; raises ValueError when it is none."""
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        """Raise SendFailed unless the answer is a success; a redirect is none."""
        if not 200 <= self.status_code < 300:
            raise SendFailed(f"it answered with status {self.status_code}")


class Session:
    """What Authlib's client posts through."""

    def post(
        self,
        url: str,
        *,
        data: Mapping[str, str],
        headers: Mapping[str, str],
        auth: "ClientAuth",
        **kwargs: object,
    ) -> Answer:
        """Post a form, with the client's credentials; raises SendFailed."""
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        try:
            answer = egress().request("POST", url, headers=sent, content=body.encode())
        except EgressError as error:
            raise SendFailed(error.reason) from None
        return Answer(answer.status, answer.body)
