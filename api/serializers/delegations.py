"""Rights to an instance that an application gives or takes back, as the wire has them.

Who and what is named by URNs: a ``type`` and a ``value``.
"""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from apps_registry import xacml_ast as ast
from authorization.instance_delegation import IDENTIFIERS

MOST_RIGHTS: Final = 100


class UrnSerializer(serializers.Serializer[object]):
    """A URN without its value, and the value."""

    type = serializers.CharField(max_length=128)
    value = serializers.CharField(max_length=128)


class PartyUrnSerializer(serializers.Serializer[object]):
    """A party, user or system user."""

    type = serializers.ChoiceField(choices=[(name, name) for name in IDENTIFIERS])
    value = serializers.CharField(max_length=128)


class ActionUrnSerializer(serializers.Serializer[object]):
    """An action."""

    type = serializers.ChoiceField(choices=[(ast.ACTION_ID, ast.ACTION_ID)])
    value = serializers.CharField(max_length=64)


class RightSerializer(serializers.Serializer[object]):
    """An action, and where: `urn:altinn:org`, `…:app`, `…:resource`, `…:task`."""

    resource = serializers.ListField(child=UrnSerializer(), max_length=8)
    action = ActionUrnSerializer()


class RightResultSerializer(RightSerializer):
    """A right, and what became of it."""

    status = serializers.ChoiceField(
        choices=[
            (word, word)
            for word in ("Delegated", "NotDelegated", "Revoked", "NotRevoked")
        ]
    )


class _FromTo(serializers.Serializer[object]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the member whose name is a word of Python's."""
        return {"from": PartyUrnSerializer(), **super().get_fields()}


class InstanceDelegationSerializer(_FromTo):
    """Rights from the instance owner to somebody."""

    to = PartyUrnSerializer()
    rights = serializers.ListField(
        child=RightSerializer(), min_length=1, max_length=MOST_RIGHTS
    )


class InstanceDelegationResultSerializer(_FromTo):
    """What became of the rights."""

    to = PartyUrnSerializer()
    resourceId = serializers.CharField()
    instanceId = serializers.CharField()
    rights = RightResultSerializer(many=True)


def result_document(
    body: Mapping[str, Any], *, resource: str, instance: str, words: list[str]
) -> dict[str, object]:
    """Return the body as it was sent, with a word on each of its rights."""
    rights = zip(body["rights"], words, strict=True)
    return {
        "from": body["from"],
        "to": body["to"],
        "resourceId": resource,
        "instanceId": instance,
        "rights": [{**right, "status": word} for right, word in rights],
    }
