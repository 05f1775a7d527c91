"""OpenID discovery and the key set of our own issuer (authorization.md §1.6)."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import issuer
from api.permissions import ANYONE
from api.public_documents import public_response
from api.views import FaceViewSet
from parties.keys import public_jwks
from parties.openid import discovery_document
from receipts import services as receipts


class DiscoverySerializer(serializers.Serializer[object]):
    """Where the issuer's endpoints are, and what it supports."""

    issuer = serializers.CharField()
    authorization_endpoint = serializers.CharField()
    token_endpoint = serializers.CharField()
    jwks_uri = serializers.CharField()
    end_session_endpoint = serializers.CharField()
    response_types_supported = serializers.ListField(child=serializers.CharField())
    subject_types_supported = serializers.ListField(child=serializers.CharField())
    id_token_signing_alg_values_supported = serializers.ListField(
        child=serializers.CharField()
    )


class KeySerializer(serializers.Serializer[object]):
    """A public key of the issuer."""

    kty = serializers.CharField()
    use = serializers.CharField()
    kid = serializers.CharField()
    alg = serializers.CharField()
    n = serializers.CharField()
    e = serializers.CharField()


class KeySetSerializer(serializers.Serializer[object]):
    """The public keys that tokens, or receipts, are verified with."""

    keys = KeySerializer(many=True)


class OpenIdViewSet(FaceViewSet):
    """The issuer's own documents."""

    actions = {"discovery": ANYONE, "keys": ANYONE, "receipt_keys": ANYONE}

    def discovery(self, request: Request, **kwargs: object) -> Response:
        """Describe the issuer."""
        name = issuer.issuer_name()
        document = discovery_document(
            name,
            jwks_uri=f"{name}.well-known/openid-configuration/jwks",
            authorization_endpoint=f"{name}authorize",
            token_endpoint=f"{name}token",
            end_session_endpoint=f"{name}logout",
        )
        return public_response(request, document)

    def keys(self, request: Request, **kwargs: object) -> Response:
        """List the public keys."""
        return public_response(request, public_jwks(*issuer.ring().published()))

    def receipt_keys(self, request: Request, **kwargs: object) -> Response:
        """List the public keys of receipts, those that sign no more included."""
        return public_response(request, receipts.public_keys())
