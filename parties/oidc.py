"""Signing in by OpenID Connect: the authorization code flow, at one provider.

PKCE with S256, state and nonce are always used; issuer and audience are exact. Only
what the ID token says is believed, after its signature.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from joserfc.errors import (
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
)

from common.egress import egress
from common.errors import Forbidden, Unavailable
from parties.claims import ClaimInvalid
from parties.key_sets import KEY_TYPES, Key
from parties.oidc_config import OidcConfig
from parties.oidc_http import SendFailed, Session
from parties.published import (
    DocumentUnusable,
    fetch_discovery,
    fetch_document,
    usable_keys,
)
from parties.signed_tokens import (
    SignedToken,
    TokenRefused,
    check_header,
    check_signature,
    encoded,
    key_named,
    kid_of,
    read_token,
)

# authlib takes a megabyte, and many a worker never signs anybody in.
if TYPE_CHECKING:
    from authlib.oauth2.client import OAuth2Client

METADATA_SECONDS = 3600.0
FAILURE_SECONDS = 10.0  # who asks meanwhile is told at once, and waits for nothing
KEY_COOLDOWN_SECONDS = 60.0  # an unknown kid must not make a request each time
SKEW_SECONDS = 10
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SIGN_IN_SECONDS = 600.0  # how long a person may take at the provider


class SignInRefused(Forbidden):
    """The sign-in through the organisation's identity provider was refused.

    Nothing was changed, and nobody is signed in. Start again from the login page; if
    it happens again, show the reason to the administrator of this server.
    """

    code = "sign-in-refused"
    detail = "You are not signed in: {reason}"


class ProviderUnavailable(Unavailable):
    """The organisation's identity provider does not answer as it must.

    Try again in a while. The administrator of this server finds the reason in its log.
    """

    code = "identity-provider-unavailable"
    detail = (
        "The identity provider cannot be used just now: {reason} Try again in"
        " {retry_after} seconds."
    )

    def __init__(self, reason: str, *, left: float = FAILURE_SECONDS) -> None:
        """Say how many seconds are left until another try is worth it."""
        super().__init__(reason=reason, retry_after=ceil(left))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that has begun; it is kept in the browser's session and used once."""

    state: str
    nonce: str
    verifier: str
    begun: float
    next: str

    @classmethod
    def new(cls, next_page: str) -> "Attempt":
        """Return an attempt with secrets of its own."""
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        return cls(state, nonce, secrets.token_urlsafe(48), time.time(), next_page)


@dataclass(slots=True)
class _LastFailure:
    """Why a document could not be fetched; for a while it is not asked for again."""

    reason: str = ""
    at: float = float("-inf")

    def note(self, error: DocumentUnusable) -> ProviderUnavailable:
        """Remember it, and return what to raise."""
        self.reason = f"{error.reason}."
        self.at = time.monotonic()
        return ProviderUnavailable(self.reason)

    def ensure_over(self) -> None:
        """Raise ProviderUnavailable while the document is not to be asked for."""
        left = FAILURE_SECONDS - (time.monotonic() - self.at)
        if left > 0:
            raise ProviderUnavailable(self.reason, left=left)


class Provider:
    """The provider; what it publishes is kept for an hour. Thread-safe."""

    def __init__(self, config: OidcConfig) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._metadata: Mapping[str, object] = {}
        self._metadata_until = float("-inf")
        self._metadata_failure = _LastFailure()
        self._keys: Mapping[str, Key] = {}
        self._keys_at = float("-inf")
        self._keys_failure = _LastFailure()

    def authorization_url(self, attempt: Attempt, *, redirect_uri: str) -> str:
        """Return where the browser goes to sign in; raises ProviderUnavailable."""
        client = self._client(redirect_uri)
        url, _ = client.create_authorization_url(
            self._endpoint("authorization_endpoint"),
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
        return str(url)

    def claims(
        self, attempt: Attempt, answer: Mapping[str, str], *, redirect_uri: str
    ) -> Mapping[str, object]:
        """Return the claims of who signed in, from the query of the way back.

        Raises SignInRefused, or ProviderUnavailable.
        """
        self._check_answer(attempt, answer)
        tokens = self._tokens(attempt, answer["code"], redirect_uri)
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise SignInRefused(reason="The provider sent no ID token.")
        return self._verified(id_token, attempt, tokens.get("access_token"))

    def sign_out_url(self, *, return_to: str) -> str:
        """Return where a person signs out of the provider too; empty for nowhere.

        The ID token is left out of the address, which is written into logs.
        """
        try:
            endpoint = self._endpoint("end_session_endpoint")
        except ProviderUnavailable:
            return ""
        query = {"client_id": self.config.client_id}
        query["post_logout_redirect_uri"] = return_to
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    # --- the way back -----------------------------------------------------------------
    def _check_answer(self, attempt: Attempt, answer: Mapping[str, str]) -> None:
        if not hmac.compare_digest(
            attempt.state.encode(), answer.get("state", "").encode()
        ):
            raise SignInRefused(
                reason="The provider answered to another sign-in than this browser's."
            )
        if not 0 <= time.time() - attempt.begun <= SIGN_IN_SECONDS:
            raise SignInRefused(reason="The sign-in took too long; start it again.")
        promised = self._document().get(
            "authorization_response_iss_parameter_supported"
        )
        issuer = answer.get("iss", "" if promised is True else self.config.issuer)
        if issuer != self.config.issuer:
            raise SignInRefused(reason="Another provider answered (iss).")
        if "error" in answer:
            raise SignInRefused(
                reason=f"The provider refused it ({answer['error'][:80]})."
            )
        if not answer.get("code"):
            raise SignInRefused(reason="The provider sent no code.")

    def _tokens(
        self, attempt: Attempt, code: str, redirect_uri: str
    ) -> Mapping[str, object]:
        from authlib.oauth2.base import OAuth2Error

        try:
            return dict(
                self._client(redirect_uri).fetch_token(
                    self._endpoint("token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
            )
        except OAuth2Error as error:
            raise SignInRefused(
                reason=f"The provider did not take the code ({str(error.error)[:80]})."
            ) from None
        except (SendFailed, ValueError) as error:
            raise ProviderUnavailable(f"{error}.") from None

    def _verified(
        self, id_token: str, attempt: Attempt, access_token: object
    ) -> Mapping[str, object]:
        from authlib.oidc.core import CodeIDToken

        try:
            signed = self._signed(id_token)
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {"iss": {"essential": True, "value": self.config.issuer}},
                {
                    "nonce": attempt.nonce,
                    "client_id": self.config.client_id,
                    "access_token": access_token,
                },
            )
            # Others to whom the token was issued as well could have handed it on.
            if claims.get("aud") not in (
                self.config.client_id,
                [self.config.client_id],
            ):
                raise InvalidClaimError("aud")
            claims.validate(leeway=SKEW_SECONDS)
            if not 0 < len(claims["sub"]) <= 255:
                raise InvalidClaimError("sub")
        except ExpiredTokenError:
            raise SignInRefused(reason="The ID token has expired.") from None
        except (InvalidClaimError, MissingClaimError) as error:
            raise SignInRefused(
                reason=f"The ID token's {error.claim} is not what it must be."
            ) from None
        except TokenRefused:
            raise SignInRefused(
                reason="The ID token is not signed by the provider."
            ) from None
        except (ClaimInvalid, JoseError, ValueError, TypeError):
            raise SignInRefused(reason="The ID token cannot be read.") from None
        return dict(claims)

    def _signed(self, id_token: str) -> SignedToken:
        """Take the token apart, whose signature holds.

        Raises TokenRefused or ClaimInvalid.
        """
        signed = read_token(encoded(id_token))
        check_header(signed.header)
        kid = kid_of(signed.header, KEY_TYPES)
        keys = self._key_set()
        if kid is not None and kid not in keys:  # the provider may have a new key
            keys = self._key_set(max_age=KEY_COOLDOWN_SECONDS)
        check_signature(signed, key_named(kid, keys))
        return signed

    def _client(self, redirect_uri: str) -> "OAuth2Client":
        from authlib.oauth2.client import OAuth2Client

        supported = self._document().get("token_endpoint_auth_methods_supported")
        method = None
        if not self.config.client_secret:
            method = "none"
        elif isinstance(supported, list) and "client_secret_basic" not in supported:
            method = "client_secret_post"
        return OAuth2Client(
            Session(),
            client_id=self.config.client_id,
            client_secret=self.config.client_secret,
            token_endpoint_auth_method=method,
            scope=self.config.scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    # --- what the provider publishes --------------------------------------------------
    def _document(self) -> Mapping[str, object]:
        with self._lock:
            if time.monotonic() < self._metadata_until:
                return self._metadata
            self._metadata_failure.ensure_over()
            try:
                self._metadata = self._discovered()
            except DocumentUnusable as error:
                raise self._metadata_failure.note(error) from None
            self._metadata_until = time.monotonic() + METADATA_SECONDS
            return self._metadata

    def _discovered(self) -> Mapping[str, object]:
        issuer = self.config.issuer
        url = f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
        document = fetch_discovery(url, egress(), iss=issuer)
        methods = document.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise DocumentUnusable("it does not know PKCE with S256")
        for name in _ENDPOINTS:  # one that lacks any is not kept for an hour
            self._checked(document, name)
        return document

    def _endpoint(self, name: str) -> str:
        try:
            return self._checked(self._document(), name)
        except DocumentUnusable as error:
            raise ProviderUnavailable(f"{error.reason}.") from None

    def _checked(self, document: Mapping[str, object], name: str) -> str:
        """Return an address that a document has; raises DocumentUnusable."""
        url = document.get(name)
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
        except ValueError:
            parts = urlsplit("")
        secure = parts.scheme == "https" or (
            parts.scheme == "http" and not self.config.is_secure
        )
        if not secure or not parts.hostname or parts.username or parts.fragment:
            raise DocumentUnusable(f"it publishes no usable {name}")
        return parts.geturl()

    def _key_set(self, *, max_age: float = METADATA_SECONDS) -> Mapping[str, Key]:
        """Return the provider's keys, fetched anew where they are older, in seconds."""
        uri = self._endpoint("jwks_uri")
        with self._lock:
            if time.monotonic() - self._keys_at <= max_age:
                return self._keys
            self._keys_failure.ensure_over()
            try:
                self._keys = usable_keys(fetch_document(uri, egress()), KEY_TYPES)
            except DocumentUnusable as error:
                raise self._keys_failure.note(error) from None
            self._keys_at = time.monotonic()
            return self._keys


_providers: dict[OidcConfig, Provider] = {}


def provider_of(config: OidcConfig) -> Provider:
    """Return the provider of a configuration; a process has one."""
    if config not in _providers:
        _providers.clear()
        _providers[config] = Provider(config)
    return _providers[config]
