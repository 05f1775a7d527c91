"""The receipt of an instance whose process has ended."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.receipts import keys_address
from receipts import services as receipts
from receipts.telling import disclosures_for


class DisclosureSerializer(serializers.Serializer[object]):
    """What the manifest commits to: the SHA-256 of its canonical form stands there."""

    salt = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(required=False)
    contentType = serializers.CharField(required=False, allow_null=True)


class ReceiptSerializer(serializers.Serializer[object]):
    """A receipt: a JWS in flattened JSON (RFC 7515 §7.2.2), and where its keys are."""

    payload = serializers.CharField(help_text="The manifest, base64url-encoded.")
    protected = serializers.CharField(help_text="The header, base64url-encoded.")
    signature = serializers.CharField()
    disclosures = DisclosureSerializer(
        many=True, help_text="Of the elements whose type takes a right of its own."
    )
    keys = serializers.URLField(help_text="The public keys, a JWKS.")


class ReceiptViewSet(AppViewSet):
    """The receipt of an instance."""

    actions = {"retrieve": "read"}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the receipt: what was sent in, signed in the moment in which it was.

        It is verified by `manage.py verify_receipt`, by the page `/receipts`, or by
        anything that reads a JWS. Of an element whose data type takes a right of its
        own to read, it has a commitment in place of size, type and hash; `disclosures`
        tell these to who has that right. A receipt that shows a hash which is not for
        the caller is refused.
        """
        instance = self.get_instance()
        receipt = receipts.receipt_of(instance.pk)
        disclosures = disclosures_for(
            receipt,
            may_read=lambda type_id: self.may_read_type(instance, type_id),
            closed=self.app.types_with_read_action,
        )
        protected, payload, signature = receipt.jws.split(".")
        return Response(
            {
                "payload": payload,
                "protected": protected,
                "signature": signature,
                "disclosures": disclosures,
                "keys": keys_address(),
            }
        )
